import { maplibregl, newMap, styleUrl, token } from '../shared/basemap'

interface Closed { lon: number; lat: number; reason: string }

/** The small map beside the form that closes a road: a click, or Enter under the cross, is the place. The fields stay and can be typed. */
export function pickRoad(box: HTMLElement): void {
  const form = box.closest('form')
  const lon = form?.querySelector<HTMLInputElement>('[name=lon]')
  const lat = form?.querySelector<HTMLInputElement>('[name=lat]')
  if (!lon || !lat) return
  const closed = JSON.parse(box.dataset.closed || '[]') as Closed[]
  const county = JSON.parse(box.dataset.box || 'null') as [number, number, number, number] | null
  const given = Number(lon.value) && Number(lat.value) ? { center: [Number(lon.value), Number(lat.value)] as [number, number], zoom: 15 } : null
  const [first] = closed
  const start = given ?? (first ? { center: [first.lon, first.lat] as [number, number], zoom: 12.5 } : county ? { bounds: [[county[0], county[1]], [county[2], county[3]]] as [[number, number], [number, number]] } : {})
  const map = newMap(box, { style: styleUrl(), ...start })
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'bottom-right')
  for (const one of closed) new maplibregl.Marker({ color: token('amber'), scale: 0.7 }).setLngLat([one.lon, one.lat]).setPopup(new maplibregl.Popup().setText(one.reason)).addTo(map)
  const mark = new maplibregl.Marker({ color: token('accent'), draggable: true })
  const take = (at: maplibregl.LngLat): void => {
    mark.setLngLat(at).addTo(map)
    lon.value = at.lng.toFixed(6)
    lat.value = at.lat.toFixed(6)
  }
  const typed = (): void => {
    if (Math.abs(Number(lon.value)) <= 180 && Math.abs(Number(lat.value)) <= 85 && lon.value && lat.value) mark.setLngLat([Number(lon.value), Number(lat.value)]).addTo(map)
  }
  map.on('click', (event) => take(event.lngLat))
  mark.on('dragend', () => take(mark.getLngLat()))
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    take(map.getCenter())
  })
  for (const field of [lon, lat]) field.addEventListener('change', typed)
  typed()
  document.addEventListener('linli:theme', () => map.setStyle(styleUrl(), { diff: false }))
}
