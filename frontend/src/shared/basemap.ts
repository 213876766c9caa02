import 'maplibre-gl/dist/maplibre-gl.css'
import * as maplibregl from 'maplibre-gl'
import worker from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { Protocol } from 'pmtiles'
import { lang } from './words'

maplibregl.setWorkerUrl(worker)
maplibregl.addProtocol('pmtiles', new Protocol().tile)

/** Text on the map is drawn with the machine's own fonts: no glyph files are loaded. */
export const LOCAL_FONTS = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',sans-serif"
/** What a style names; the machine's fonts stand in for it. */
export const FONT = ['Noto Sans Regular']

let scope: Element = document.documentElement

/** A colour of the design language, read from the page so that map and page never disagree. */
export const token = (name: string): string => getComputedStyle(scope).getPropertyValue(`--l-${name}`).trim() || '#888'

/** Do something in the colours of an element's theme: paper is printed light whatever the screen shows. */
export function inThemeOf<T>(element: Element, make: () => T): T {
  scope = element
  try {
    return make()
  } finally {
    scope = document.documentElement
  }
}

export const theme = (): 'light' | 'dark' => (document.documentElement.dataset.bsTheme === 'dark' ? 'dark' : 'light')

/** The style of the ground: `plain` without grids and rooms, `base` a configured base map's code (empty: our own roads). */
export const styleUrl = (options: { plain?: boolean; base?: string; theme?: string } = {}): string =>
  `/map/style.json?theme=${options.theme ?? theme()}&lang=${lang}${options.plain ? '&plain=1' : ''}${options.base ? `&base=${encodeURIComponent(options.base)}` : ''}`

/** A flat map that never turns, drawn from our own files. */
export function newMap(box: HTMLElement, options: Partial<maplibregl.MapOptions>): maplibregl.Map {
  const map = new maplibregl.Map({
    container: box, attributionControl: false, fadeDuration: 0, localIdeographFontFamily: LOCAL_FONTS,
    dragRotate: false, pitchWithRotate: false, maxPitch: 0, ...options,
  })
  map.touchZoomRotate.disableRotation()
  return map
}

export { maplibregl }
