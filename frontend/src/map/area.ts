import { html, nothing, type TemplateResult } from 'lit-html'
import { get, newKey, post, Problem, problemText } from '../shared/api'
import { icon } from '../shared/dom'
import { loading, trouble } from '../shared/parts'
import { toast } from '../shared/toast'
import { known, page, say, t } from '../shared/words'
import { boxOf, point, shape, type App, type Tool } from './app'
import { linkOf } from './card'
import { areaText } from './measure'
import { Pen, type Stroke } from './pen'
import type { AreaAnswer, Item } from './types'

interface GridRow { id: string; code: string; name: string; division: string | null; geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon }
type Land = GeoJSON.Polygon | GeoJSON.MultiPolygon

const STROKES: [Stroke, string][] = [['polygon', 'polygon'], ['rectangle', 'rectangle'], ['circle', 'circle']]
const SHOWN = 12

/** Draw an area, or choose one by words: what and who is in it, with the way to each, and as a file. */
export class AreaPanel implements Tool {
  private pen: Pen | null = null
  private stroke: Stroke | '' = ''
  private land: Land | null = null
  private answer: AreaAnswer | null = null
  private failure = ''
  private busy = false
  private purpose = ''
  private asksPurpose = false
  private grids: GridRow[] = []
  private readonly more = new Set<string>()

  constructor(private readonly app: App) {}

  opened(): void {
    this.showLand()
    if (!this.grids.length) void get<{ items: GridRow[] }>('/grids').then(({ items }) => { this.grids = items; this.app.render() }, () => undefined)
  }

  closed(): void {
    this.letGo()
    this.app.mark('area', [])
    this.app.mark('ring', [])
  }

  click(): boolean { return this.pen !== null }

  escape(): boolean {
    const was = this.pen !== null
    this.letGo()
    this.app.render()
    return was
  }

  private letGo(): void {
    this.pen?.stop()
    this.pen = null
    this.stroke = ''
  }

  private begin(stroke: Stroke): void {
    this.letGo()
    this.stroke = stroke
    this.app.mark('area', [])
    this.pen = new Pen(this.app.map, { done: (geometry) => this.drawn(geometry), changed: () => this.app.render() })
    this.pen.start(stroke)
    this.app.say(t(`map.draw_${stroke}`))
  }

  private drawn(geometry: GeoJSON.Geometry): void {
    // The pen is still inside its own event: it is put away when that has run out.
    window.setTimeout(() => {
      this.letGo()
      if (geometry.type === 'Polygon') this.take(geometry)
    }, 0)
  }

  private take(land: Land): void {
    this.land = land
    this.showLand()
    void this.ask()
  }

  private showLand(): void { this.app.mark('area', this.land ? [shape(this.land)] : []) }

  private body(): Record<string, unknown> {
    const { state, layers } = this.app
    // Layers of people are looked into only when they are switched on: then a purpose is asked for.
    const asked = layers.defs.filter((def) => def.code !== 'coverage' && (!def.people || layers.on.includes(def.code))).map((def) => def.code)
    return { geometry: this.land, layers: asked, ...(state.at ? { at: state.at } : {}), ...(this.purpose ? { purpose: this.purpose } : {}) }
  }

  private async ask(): Promise<void> {
    this.busy = true
    this.failure = ''
    this.app.render()
    try {
      this.answer = await post<AreaAnswer>('/map/area', this.body())
      this.asksPurpose = false
    } catch (failure) {
      this.answer = null
      this.asksPurpose = failure instanceof Problem && failure.code === 'read.purpose_missing'
      this.failure = problemText(failure)
    }
    this.busy = false
    this.app.render()
  }

  over(): unknown {
    if (!this.pen) return nothing
    return html`<section class="map-hint" aria-label=${t('map.tab_area')}><span>${t(`map.draw_${this.stroke}`)}</span>
      <button type="button" class="button is-small" ?disabled=${!this.pen.canUndo} @click=${() => this.pen?.undo()}>${icon('arrow-back-up')}${t('map.undo_corner')}</button>
      ${this.stroke === 'polygon' ? html`<button type="button" class="button is-small is-primary" @click=${() => this.pen?.finish()}>${icon('check')}${t('map.draw_done')}</button>` : nothing}
      <button type="button" class="button is-small" @click=${() => this.escape()}>${t('action.cancel')}</button></section>`
  }

  panel(): TemplateResult {
    return html`<div class="strokes" role="group" aria-label=${t('map.draw')}>${STROKES.map(([stroke, picture]) => html`<button type="button" class="button" data-stroke=${stroke} aria-pressed=${this.stroke === stroke} @click=${() => this.begin(stroke)}>${icon(picture)}${t(`map.stroke_${stroke}`)}</button>`)}</div>
      <details class="by-words" ?open=${!this.land}><summary>${t('map.area_by_words')}</summary>${this.byWords()}</details>
      ${this.failure ? trouble('error', this.failure, this.asksPurpose ? t('map.purpose_what') : '', () => void this.ask()) : nothing}
      ${this.asksPurpose ? html`<form class="inline-form" @submit=${(event: Event) => { event.preventDefault(); void this.ask() }}><label class="field">${t('map.purpose')}<input .value=${this.purpose} required maxlength="120" @input=${(event: InputEvent) => { this.purpose = (event.target as HTMLInputElement).value }}></label><button class="button is-primary">${t('action.send')}</button></form>` : nothing}
      ${this.busy ? loading(4) : this.answer ? this.result(this.answer) : this.failure ? nothing : html`<p class="quiet">${t('map.area_hint')}</p>`}`
  }

  /** The same without a hand on the map: a grid or a division, or a circle around the middle. */
  private byWords(): TemplateResult {
    const divisions = [...new Set(this.grids.map((grid) => grid.division).filter((one): one is string => one !== null))].sort()
    return html`<form class="inline-form" @submit=${(event: SubmitEvent) => this.chooseWords(event)}>
      <label class="field">${t('map.area_grid')}<select name="grid"><option value="">${t('map.area_none')}</option>
        ${divisions.length > 1 ? html`<optgroup label=${t('map.area_division')}>${divisions.map((code) => html`<option value="d:${code}">${code}</option>`)}</optgroup>` : nothing}
        <optgroup label=${t('map.tab_grids')}>${this.grids.map((grid) => html`<option value="g:${grid.id}">${grid.name}（${grid.code}）</option>`)}</optgroup></select></label>
      <label class="field">${t('map.area_radius')}<input name="radius" type="number" min="50" max="20000" step="50" inputmode="numeric" placeholder="500"></label>
      <button class="button is-primary">${icon('search')}${t('map.area_ask')}</button></form>`
  }

  private chooseWords(event: SubmitEvent): void {
    event.preventDefault()
    const form = new FormData(event.target as HTMLFormElement)
    const grid = String(form.get('grid') ?? '')
    const radius = Number(form.get('radius'))
    const found = this.grids.filter((one) => (grid.startsWith('g:') ? one.id === grid.slice(2) : grid.startsWith('d:') && one.division === grid.slice(2)))
    if (found.length) {
      const land: Land = found.length === 1 ? (found[0] as GridRow).geometry
        : { type: 'MultiPolygon', coordinates: found.flatMap((one) => (one.geometry.type === 'Polygon' ? [one.geometry.coordinates] : one.geometry.coordinates)) }
      this.app.fit(boxOf(land))
      this.take(land)
    } else if (radius > 0) this.take(circle(this.app.map.getCenter(), radius))
  }

  private result(answer: AreaAnswer): TemplateResult {
    const total = answer.layers.reduce((sum, layer) => sum + layer.total, 0)
    return html`<div class="area-head"><b>${areaText(answer.area_m2)}</b><span class="quiet">${t('map.area_total', { n: total })}</span>
        <button type="button" class="icon-button" title=${t('map.area_clear')} @click=${() => this.clear()}>${icon('x')}<span class="sr">${t('map.area_clear')}</span></button></div>
      <div class="strokes"><button type="button" class="button is-small" data-file="xlsx" @click=${() => void this.file('xlsx')}>${icon('file-spreadsheet')}XLSX</button>
        <button type="button" class="button is-small" data-file="geojson" @click=${() => void this.file('geojson')}>${icon('download')}GeoJSON</button></div>
      ${answer.layers.map((layer) => html`<section class="area-layer" data-layer=${layer.code}><h2>${say(layer)} <b class="num">${layer.total}${layer.complete ? '' : '+'}</b></h2>
        ${Object.keys(layer.by).length > 1 ? html`<p class="area-by">${Object.entries(layer.by).map(([name, count]) => html`<span class="tag">${this.word(layer.code, name)} <b class="num">${count}</b></span>`)}</p>` : nothing}
        ${layer.total ? html`<ul class="plain">${(this.more.has(layer.code) ? layer.items : layer.items.slice(0, SHOWN)).map((item) => this.row(layer.code, item))}</ul>` : html`<p class="quiet">${t('map.area_empty')}</p>`}
        ${layer.items.length > SHOWN && !this.more.has(layer.code) ? html`<button type="button" class="button is-small" @click=${() => { this.more.add(layer.code); this.app.render() }}>${t('map.area_more', { n: layer.items.length - SHOWN })}</button>` : nothing}
        ${this.more.has(layer.code) && layer.total > layer.items.length ? html`<p class="quiet">${t('map.area_rest', { n: layer.total - layer.items.length })}</p>` : nothing}</section>`)}`
  }

  /** A value of the property by which a layer is counted, in the words of its filter. */
  private word(code: string, value: string): string {
    const def = this.app.layers.defs.find((one) => one.code === code)
    for (const filter of def?.filters ?? []) {
      const choice = filter.choices.find((one) => one.code === value)
      if (choice) return say(choice)
    }
    return known(`map.value_kind_${value}`) ? t(`map.value_kind_${value}`) : value
  }

  private row(code: string, item: Item): TemplateResult {
    const href = linkOf({ def: { code }, properties: item.properties })
    const { title, name, call_sign: callSign, number } = item.properties
    const words = typeof title === 'object' && title ? say(title as { zh: string; en: string }) : String(title ?? name ?? callSign ?? number ?? item.id)
    return html`<li><button type="button" class="icon-button" title=${t('map.show_there')} @click=${() => this.point(item, words)}>${icon('map-pin')}<span class="sr">${t('map.show_there')}</span></button>
      ${href ? html`<a href=${href}>${words}</a>` : html`<span>${words}</span>`}${number && words !== number ? html`<small class="quiet num">${number}</small>` : nothing}</li>`
  }

  private point(item: Item, label: string): void {
    if (item.geometry.type === 'Point') {
      const [lon = 0, lat = 0] = item.geometry.coordinates
      this.app.mark('ring', [point(lon, lat, { label })])
      this.app.show(lon, lat, 15)
    } else {
      this.app.mark('ring', [shape(item.geometry, { label })])
      this.app.fit(boxOf(item.geometry))
    }
  }

  private clear(): void {
    this.land = null
    this.answer = null
    this.more.clear()
    this.showLand()
    this.app.mark('ring', [])
    this.app.render()
  }

  private async file(format: 'xlsx' | 'geojson'): Promise<void> {
    try {
      const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ''
      const response = await fetch(`${page.api}/map/area/export`, {
        method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf, 'Idempotency-Key': newKey() },
        body: JSON.stringify({ ...this.body(), format }),
      })
      if (!response.ok) throw new Error(t('error.server', { status: response.status }))
      const link = document.createElement('a')
      link.href = URL.createObjectURL(await response.blob())
      link.download = `${t('map.area_file')}.${format}`
      link.click()
      window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
    } catch (failure) {
      toast(problemText(failure), 'danger')
    }
  }
}

function circle(at: { lng: number; lat: number }, radius_m: number): GeoJSON.Polygon {
  const ring: GeoJSON.Position[] = []
  for (let n = 0; n <= 64; n++) {
    const angle = (n % 64) * ((Math.PI * 2) / 64)
    ring.push([at.lng + (Math.cos(angle) * radius_m) / (111_320 * Math.cos((at.lat * Math.PI) / 180)), at.lat + (Math.sin(angle) * radius_m) / 111_320])
  }
  return { type: 'Polygon', coordinates: [ring] }
}
