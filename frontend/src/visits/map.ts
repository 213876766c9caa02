import { maplibregl, newMap, styleUrl, token } from '../shared/basemap'

interface Spot { id: string; day: string; turn: number; title: string; at: [number, number]; state: string }
interface Week { home: [number, number] | null; stops: Spot[] }

/** The doors of the week in their order, each day its own line from the room and back. */
export function showWeek(box: HTMLElement, week: Week): void {
  const points = [...week.stops.map((stop) => stop.at), ...(week.home ? [week.home] : [])]
  if (points.length === 0) return
  const bounds = points.reduce((all, at) => all.extend(at), new maplibregl.LngLatBounds())
  const map = newMap(box, { style: styleUrl({ plain: true }), bounds, fitBoundsOptions: { padding: 40, maxZoom: 16 } })
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right')
  map.on('load', () => { drawLines(map, week) })
  if (week.home) pin(map, week.home, '', '⌂', 'is-home')
  const turns = new Map<string, number>()
  for (const stop of week.stops) {
    const turn = (turns.get(stop.day) ?? 0) + 1
    turns.set(stop.day, turn)
    pin(map, stop.at, `${stop.day.slice(5)} ${stop.title}`, String(turn), stop.state === 'met' ? 'is-met' : '', stop.id)
  }
}

function pin(map: maplibregl.Map, at: [number, number], title: string, sign: string, look: string, stop = ''): void {
  const element = document.createElement('div')
  element.className = `visit-pin ${look}`
  element.textContent = sign
  element.title = title
  if (stop) {
    element.addEventListener('click', () => {
      document.querySelector(`[data-stop="${stop}"]`)?.scrollIntoView({ block: 'center', behavior: 'smooth' })
    })
  }
  new maplibregl.Marker({ element }).setLngLat(at).addTo(map)
}

function drawLines(map: maplibregl.Map, week: Week): void {
  const days = new Map<string, [number, number][]>()
  for (const stop of week.stops) days.set(stop.day, [...(days.get(stop.day) ?? []), stop.at])
  const features = [...days].map(([day, line]) => ({
    type: 'Feature' as const,
    properties: { day },
    geometry: { type: 'LineString' as const, coordinates: week.home ? [week.home, ...line, week.home] : line },
  }))
  map.addSource('walks', { type: 'geojson', data: { type: 'FeatureCollection', features } })
  map.addLayer({
    id: 'walks', type: 'line', source: 'walks',
    paint: { 'line-color': token('accent'), 'line-width': 2, 'line-dasharray': [2, 2], 'line-opacity': 0.7 },
  })
}
