import { html } from 'lit-html'
import { icon } from '../shared/dom'
import { lang, t } from '../shared/words'
import type { App } from './app'
import { Pen } from './pen'

const EARTH_M = 6_371_008.8
const RAD = Math.PI / 180

/** Metres along the sphere between two positions. */
export function distance_m(a: GeoJSON.Position, b: GeoJSON.Position): number {
  const [lon1 = 0, lat1 = 0] = a
  const [lon2 = 0, lat2 = 0] = b
  const half = Math.sin(((lat2 - lat1) * RAD) / 2) ** 2 + Math.cos(lat1 * RAD) * Math.cos(lat2 * RAD) * Math.sin(((lon2 - lon1) * RAD) / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)))
}

export const length_m = (line: GeoJSON.Position[]): number => line.slice(1).reduce((sum, at, index) => sum + distance_m(line[index] as GeoJSON.Position, at), 0)

/** Square metres of a ring on a sheet around its middle: right to 0.1 % for anything up to a county's size. */
export function area_m2(ring: GeoJSON.Position[]): number {
  const middle = ring.reduce((sum, at) => sum + (at[1] ?? 0), 0) / Math.max(1, ring.length)
  const [kx, ky] = [EARTH_M * RAD * Math.cos(middle * RAD), EARTH_M * RAD]
  const [x0 = 0, y0 = 0] = ring[0] ?? []
  let twice = 0
  for (let at = 0; at + 1 < ring.length; at++) {
    const [ax = 0, ay = 0] = ring[at] ?? []
    const [bx = 0, by = 0] = ring[at + 1] ?? []
    twice += (ax - x0) * kx * (by - y0) * ky - (bx - x0) * kx * (ay - y0) * ky
  }
  return Math.abs(twice) / 2
}

const number = new Intl.NumberFormat(lang === 'en' ? 'en-GB' : 'zh-CN', { maximumFractionDigits: 2 })
export const distanceText = (metres: number): string => (metres < 1000 ? t('map.metres', { n: Math.round(metres) }) : t('map.kilometres', { n: number.format(metres / 1000) }))
export const areaText = (m2: number): string => (m2 < 100_000 ? t('map.square_metres', { n: number.format(Math.round(m2)) }) : t('map.square_kilometres', { n: number.format(m2 / 1e6) }))

/** Distance along a drawn line, or the size of a drawn area. */
export class Measure {
  private readonly pen: Pen
  private what: 'linestring' | 'polygon' = 'linestring'
  private result = ''

  constructor(private readonly app: App, private readonly ended: () => void) {
    this.pen = new Pen(app.map, { done: (geometry) => this.read(geometry), moving: (geometry) => this.read(geometry), changed: () => app.render() })
    this.pen.start(this.what)
  }

  private read(geometry: GeoJSON.Geometry): void {
    this.result = geometry.type === 'LineString' ? distanceText(length_m(geometry.coordinates)) : geometry.type === 'Polygon' ? areaText(area_m2(geometry.coordinates[0] ?? [])) : ''
    this.app.render()
  }

  view(): unknown {
    return html`<section class="map-hint" aria-label=${t('map.bar_measure')}>
      <select aria-label=${t('map.measure_what')} @change=${(event: Event) => this.begin((event.target as HTMLSelectElement).value as 'linestring' | 'polygon')}>
        <option value="linestring">${t('map.measure_line')}</option><option value="polygon">${t('map.measure_area')}</option></select>
      <output class="num" role="status"><b>${this.result || t('map.measure_hint')}</b></output>
      <button type="button" class="button is-small" ?disabled=${!this.pen.canUndo} @click=${() => this.pen.undo()}>${icon('arrow-back-up')}${t('map.undo_corner')}</button>
      <button type="button" class="button is-small" @click=${() => this.begin(this.what)}>${t('map.again')}</button>
      <button type="button" class="icon-button" title=${t('action.close_panel')} @click=${() => { this.stop(); this.ended() }}>${icon('x')}<span class="sr">${t('action.close_panel')}</span></button></section>`
  }

  private begin(what: 'linestring' | 'polygon'): void {
    this.what = what
    this.result = ''
    this.pen.start(what)
    this.app.render()
  }

  stop(): void { this.pen.stop() }
}
