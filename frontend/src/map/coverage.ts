import { html, nothing, type TemplateResult } from 'lit-html'
import { get, problemText } from '../shared/api'
import { icon } from '../shared/dom'
import { empty, loading, trouble } from '../shared/parts'
import { clock, span } from '../shared/time'
import { say, t } from '../shared/words'
import { boxOf, point, shape, type App, type Tool } from './app'
import type { Coverage, Suggestion } from './types'

/** Figures of a promise are asked for anew at most this often while the panel is open. */
const FRESH_MS = 30_000
const percent = (share: number | null): string => (share === null ? '—' : `${(share * 100).toFixed(1)} %`)

/** The promise of 300 s: how much of the area is within it now, where it is not, and what would restore it most cheaply. */
export class CoveragePanel implements Tool {
  private answer: Coverage | null = null
  private failure = ''
  private busy = false
  private timer = 0
  private chosen = -1

  constructor(private readonly app: App) {}

  opened(): void {
    if (!this.app.layers.on.includes('coverage')) { this.app.layers.toggle('coverage', true); this.app.save() }
    void this.load()
    this.timer = window.setInterval(() => { if (!document.hidden && !this.app.state.at) void this.load() }, FRESH_MS)
  }

  closed(): void {
    window.clearInterval(this.timer)
    this.chosen = -1
    this.app.mark('way', [])
  }

  private get basis(): string { return this.app.state.chosen('coverage', 'basis')[0] ?? 'units' }

  /** By the units that are free now, or by the rooms as if each had one at home; the cells on the map follow. */
  private count(basis: string): void {
    this.app.state.choose('coverage', 'basis', basis === 'units' ? [] : [basis])
    this.app.layers.ask(['coverage'])
    this.app.save()
    void this.load()
  }

  private async load(): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      const at = this.app.state.at
      this.answer = await get<Coverage>(`/map/coverage?basis=${this.basis}${at ? `&at=${encodeURIComponent(at)}` : ''}`)
      this.failure = ''
      this.app.layers.stir(['coverage'])
    } catch (failure) {
      this.failure = problemText(failure)
    }
    this.busy = false
    this.app.render()
  }

  panel(): unknown {
    const { answer } = this
    if (!answer) return this.failure ? trouble('error', '', this.failure, () => void this.load()) : loading(5)
    if (answer.why === 'no_roads') return empty(t('map.cover_no_roads'), t('map.cover_no_roads_what'), 'info-circle')
    const worst = answer.grids.filter((grid) => grid.share !== null && grid.share < 1).slice(0, 8)
    return html`${this.failure ? trouble('stale', '', this.failure, () => void this.load()) : nothing}
      <div class="map-age"><label for="cover-basis">${t('map.cover_basis')}</label><select id="cover-basis" @change=${(event: Event) => this.count((event.target as HTMLSelectElement).value)}>
        ${['units', 'rooms'].map((one) => html`<option value=${one} ?selected=${one === this.basis}>${t(`map.cover_basis_${one}`)}</option>`)}</select></div>
      ${answer.why === 'no_units' ? html`<p class="notice is-warning">${icon('alert-triangle')} ${t('map.cover_no_units')}</p>` : nothing}
      <div class="cover-figures"><div><span>${t('map.cover_addresses')}</span><b class="num">${percent(answer.share.addresses)}</b><small class="num">${answer.addresses.covered} / ${answer.addresses.all}</small></div>
        <div><span>${t('map.cover_road')}</span><b class="num">${percent(answer.share.road)}</b><small class="num">${t('map.cover_km', { a: (answer.road_m.covered / 1000).toFixed(0), b: (answer.road_m.all / 1000).toFixed(0) })}</small></div></div>
      <p class="quiet">${t('map.cover_what', { s: answer.target_s, at: clock(answer.at) })}</p>
      <h2>${t('map.cover_restore')}</h2>
      ${answer.restore.length ? html`<ol class="restore plain">${answer.restore.map((one, at) => this.suggestion(one, at))}</ol>` : html`<p class="quiet">${t(answer.why === 'no_units' ? 'map.cover_nobody' : 'map.cover_nothing')}</p>`}
      <h2>${t('map.cover_worst')}</h2>
      ${worst.length ? html`<ul class="worst plain">${worst.map((grid) => html`<li><button type="button" @click=${() => void this.grid(grid.id)}><span>${grid.name}</span><b class="num">${percent(grid.address_share ?? grid.share)}</b></button></li>`)}</ul>` : html`<p class="quiet">${t('map.cover_whole')}</p>`}`
  }

  private suggestion(one: Suggestion, at: number): TemplateResult {
    return html`<li><button type="button" aria-pressed=${at === this.chosen} @click=${() => this.show(one, at)}>${icon(one.move === 'unit' ? 'car' : 'home')}<span><b>${one.move === 'unit' ? t('map.cover_move', { unit: one.call_sign ?? '', place: one.to.name }) : t('map.cover_room', { place: one.to.name })}</b>
      <small>${say(one.reason)}</small><small class="num">${t('map.cover_gain', { n: one.gains.addresses, km: (one.gains.road_m / 1000).toFixed(1) })}${one.drive_s ? ` · ${t('map.cover_drive', { s: span(one.drive_s) })}` : ''} → ${percent(one.share_after.addresses ?? one.share_after.road)}</small></span>${icon('map-pin')}</button></li>`
  }

  /** On the map: from where it stands to where it would stand. */
  private show(one: Suggestion, at: number): void {
    this.chosen = at
    const marks = [point(one.to.lon, one.to.lat, { label: one.to.name })]
    const unit = one.unit ? this.app.layers.unit(one.unit) : undefined
    const from = one.from ?? (unit && unit.lon !== null && unit.lat !== null ? { lon: unit.lon, lat: unit.lat } : null)
    if (from) marks.push(shape({ type: 'LineString', coordinates: [[from.lon, from.lat], [one.to.lon, one.to.lat]] }))
    this.app.mark('way', marks)
    if (from) this.app.fit([Math.min(from.lon, one.to.lon), Math.min(from.lat, one.to.lat), Math.max(from.lon, one.to.lon), Math.max(from.lat, one.to.lat)])
    else this.app.show(one.to.lon, one.to.lat, 14)
    this.app.render()
  }

  private async grid(id: string): Promise<void> {
    try {
      const feature = (await (await fetch(`/ogc/collections/grids/items/${encodeURIComponent(id)}`, { credentials: 'same-origin' })).json()) as GeoJSON.Feature
      this.app.mark('way', [shape(feature.geometry, { label: String(feature.properties?.name ?? '') })])
      this.app.fit(boxOf(feature.geometry))
    } catch (failure) {
      this.app.say(problemText(failure))
    }
  }
}
