import 'maplibre-gl/dist/maplibre-gl.css'
import * as maplibregl from 'maplibre-gl'
import worker from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { Protocol } from 'pmtiles'

maplibregl.setWorkerUrl(worker)
maplibregl.addProtocol('pmtiles', new Protocol().tile)

/** The small map of the phone: loaded only when asked for, so that an order shows at once on a bad line. */
export function showMap(box: HTMLElement, target: { lon: number; lat: number }, self: { lon: number; lat: number } | null): maplibregl.Map {
  const map = new maplibregl.Map({
    container: box, style: `/map/style.json?theme=${document.documentElement.dataset.bsTheme ?? 'light'}`, center: [target.lon, target.lat], zoom: 14.5,
    attributionControl: false, dragRotate: false, localIdeographFontFamily: "'PingFang SC','Noto Sans CJK SC',sans-serif",
  })
  const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--l-${name}`).trim()
  new maplibregl.Marker({ color: colour('danger') }).setLngLat([target.lon, target.lat]).addTo(map)
  if (self) {
    new maplibregl.Marker({ color: colour('accent'), scale: 0.8 }).setLngLat([self.lon, self.lat]).addTo(map)
    map.fitBounds(new maplibregl.LngLatBounds().extend([target.lon, target.lat]).extend([self.lon, self.lat]), { padding: 50, maxZoom: 16, animate: false })
  }
  return map
}
