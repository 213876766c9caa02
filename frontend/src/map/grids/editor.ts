import { html, nothing, type TemplateResult } from 'lit-html'
import { get, newKey, post, Problem, problemText } from '../../shared/api'
import type { maplibregl } from '../../shared/basemap'
import { icon } from '../../shared/dom'
import { loading, trouble } from '../../shared/parts'
import { toast } from '../../shared/toast'
import type { Vocabulary } from '../../shared/types'
import { t } from '../../shared/words'
import { boxOf, shape, type App, type Tool } from '../app'
import { Pen } from '../pen'
import { Draft, gridsOn } from './draft'
import { draftForm } from './forms'
import { snapTo } from './snap'
import type { GridRow, GridsAnswer, Mode, Version } from './types'

const ROOM_KINDS = new Set(['station', 'central_room', 'village_room', 'town_room', 'room'])
const ACTS: [Exclude<Mode, ''>, string][] = [['open', 'polygon'], ['redraw', 'edit'], ['split', 'scissors'], ['merge', 'arrows-join'], ['close', 'circle-x']]

/** Grids drawn, redrawn, divided, joined and closed from a day on, by hand on the map or by a form. */
export class GridEditor implements Tool {
  kind = 'police'
  answer: GridsAnswer | null = null
  rooms: { code: string; name: string }[] = []
  draft: Draft | null = null
  pen: Pen | null = null
  failure = ''
  busy = false
  private chosen = new Set<string>()
  private filter = ''
  /** Of which day the list is; empty is today. */
  private day = ''
  private history: Version[] = []
  private key = newKey()

  constructor(readonly app: App) {}

  opened(): void {
    if (!this.app.layers.on.includes('grids')) { this.app.layers.toggle('grids', true); this.app.save() }
    void this.load()
    if (!this.rooms.length) void get<Vocabulary>('/vocabulary').then(({ agencies }) => {
      this.rooms = (agencies ?? []).filter((one) => ROOM_KINDS.has(one.kind ?? '')).map(({ code, name }) => ({ code, name }))
      this.app.render()
    }, () => undefined)
  }

  closed(): void {
    this.day = ''
    this.cancel()
    this.chosen.clear()
    this.mark()
  }

  async load(): Promise<void> {
    try {
      this.answer = await gridsOn<GridsAnswer>(this.kind, this.draft?.from ?? this.day)
      this.failure = ''
      // What was ticked in a list that is no longer shown is not chosen in this one.
      const shown = new Set(this.rows.map((row) => row.id))
      this.chosen = new Set([...this.chosen].filter((id) => shown.has(id)))
    } catch (failure) {
      this.failure = problemText(failure)
    }
    this.mark()
    this.app.render()
  }

  get rows(): GridRow[] { return this.answer?.items ?? [] }
  private get picked(): GridRow[] { return this.rows.filter((row) => this.chosen.has(row.id)) }

  private mark(): void {
    if (this.draft) { this.draft.show(); return }
    for (const role of ['part', 'overlap', 'gap', 'ring'] as const) this.app.mark(role, [])
    this.app.mark('picked', this.picked.map((row) => shape(row.geometry, { label: row.name })))
    // The layer shows today; the boundaries of another day are traced over it.
    this.app.mark('old', this.day ? this.rows.map((row) => shape(row.geometry, row.valid_from > this.app.facts.today ? { label: row.name } : {})) : [])
  }

  /** A click chooses the grid; while several are being joined it adds and removes. While the pen draws, it is the pen's. */
  click(event: maplibregl.MapMouseEvent): boolean {
    if (this.pen) return true
    if (this.draft && this.draft.mode !== 'merge') return true
    const hit = this.rows.find((row) => holds(row, event.lngLat))
    if (hit) this.pick(hit.id, this.draft?.mode === 'merge' || event.originalEvent.shiftKey || event.originalEvent.ctrlKey)
    return true
  }

  pick(id: string, also: boolean): void {
    const had = this.chosen.has(id)
    if (!also) this.chosen.clear()
    if (had && also) this.chosen.delete(id)
    else this.chosen.add(id)
    this.history = []
    if (this.draft?.mode === 'merge') {
      this.draft.rows = this.picked
      void this.attempt(() => this.draft?.join())
    }
    this.mark()
    this.app.render()
  }

  escape(): boolean {
    const was = this.draft !== null
    this.cancel()
    return was
  }

  cancel(): void {
    this.pen?.stop()
    this.pen = null
    this.draft = null
    this.failure = ''
    this.mark()
    this.app.render()
  }

  begin(mode: Exclude<Mode, ''>): void {
    this.cancel()
    const draft = (this.draft = new Draft(this.app, this.kind, this.answer?.earliest ?? ''))
    draft.mode = mode
    draft.rows = mode === 'open' ? [] : this.picked
    this.key = newKey()
    const [row] = draft.rows
    if (mode === 'open' || mode === 'redraw' || mode === 'split') {
      this.pen = new Pen(this.app.map, {
        done: (geometry) => window.setTimeout(() => void this.drawn(geometry), 0), changed: () => this.app.render(),
        snap: snapTo(this.app.map, () => (mode === 'split' ? this.rows : this.rows.filter((one) => one.id !== row?.id))),
      })
      if (mode === 'open') this.pen.start('polygon')
      else if (mode === 'split') this.pen.start('linestring')
      else if (row?.geometry.type === 'Polygon') this.pen.edit(row.geometry)
      if (mode !== 'open' && row) this.app.fit(boxOf(row.geometry))
    }
    if (mode === 'merge') void this.attempt(() => draft.join())
    this.mark()
    this.app.say(t(`map.grid_how_${mode}`))
    this.app.render()
  }

  async drawn(geometry: GeoJSON.Polygon | GeoJSON.LineString): Promise<void> {
    const { draft } = this
    if (!draft) return
    if (geometry.type === 'LineString') await this.attempt(() => draft.divide(geometry))
    else await this.attempt(() => draft.check(geometry))
    if (draft.mode === 'open' && geometry.type === 'Polygon') this.pen?.edit(geometry)
  }

  /** Take and give land until the polygon fits its neighbours; the corners then show what came of it. */
  async fit(): Promise<void> {
    const { draft } = this
    if (!draft?.checked) return
    await this.attempt(() => draft.check(draft.checked?.shape as GridRow['geometry'], true))
    if (draft.checked?.shape.type === 'Polygon') this.pen?.edit(draft.checked.shape)
  }

  async attempt(act: () => Promise<unknown> | undefined): Promise<boolean> {
    this.failure = ''
    try {
      await act()
    } catch (failure) {
      this.failure = problemText(failure)
      if (failure instanceof Problem) this.draft?.refused(failure.facts)
    }
    this.app.render()
    return this.failure === ''
  }

  async save(): Promise<void> {
    const { draft } = this
    if (!draft || this.busy) return
    this.busy = true
    this.app.render()
    const saved = await this.attempt(() => draft.save(this.key))
    this.busy = false
    if (saved) {
      this.cancel()
      this.chosen.clear()
      toast(t('map.grid_saved', { day: draft.from }))
      this.app.layers.stir(['grids', 'coverage'])
      await this.load()
    } else this.key = newKey()
    this.app.render()
  }

  /** Another first day: the boundaries of that day are the neighbours. */
  async date(day: string): Promise<void> {
    if (!this.draft || !day) return
    this.draft.from = day
    await this.load()
    const shown = this.draft.checked?.shape
    if (shown) await this.attempt(() => this.draft?.check(shown))
  }

  over(): unknown {
    const { draft, pen } = this
    if (!draft) return nothing
    return html`<section class="map-hint" aria-label=${t('map.tab_grids')}><span>${t(`map.grid_how_${draft.mode}`)}</span>
      ${pen ? html`<button type="button" class="button is-small" data-grid-undo ?disabled=${!pen.canUndo} @click=${() => pen.undo()}>${icon('arrow-back-up')}${t('map.undo_corner')}</button>
        ${pen.drawing ? html`<button type="button" class="button is-small is-primary" data-grid-finish @click=${() => pen.finish()}>${icon('check')}${t('map.draw_done')}</button>` : nothing}` : nothing}
      <button type="button" class="button is-small" @click=${() => this.cancel()}>${t('action.cancel')}</button></section>`
  }

  panel(): unknown {
    const { answer, draft } = this
    if (!answer) return this.failure ? trouble('error', '', this.failure, () => void this.load()) : loading(5)
    if (draft) return draftForm(this, draft)
    return html`${this.failure ? trouble('error', '', this.failure, () => void this.load()) : nothing}
      <div class="segments" role="group" aria-label=${t('map.grid_kind')}>${['police', 'social'].map((kind) => html`<label><input type="radio" name="grid-kind" value=${kind} .checked=${kind === this.kind} @change=${() => { this.kind = kind; this.chosen.clear(); void this.load() }}><span>${t(`map.grid_${kind}`)}</span></label>`)}</div>
      ${this.acts()}${this.list()}`
  }

  private acts(): TemplateResult {
    const may = this.answer?.may
    const count = this.picked.length
    if (!may || !Object.values(may).some(Boolean)) return html`<p class="notice">${icon('info-circle')} ${t('map.grid_read_only')}</p>`
    const needs = { open: true, redraw: count === 1 && this.picked[0]?.geometry.type === 'Polygon', split: count === 1, merge: count > 0, close: count === 1 }
    return html`<div class="grid-acts" role="group" aria-label=${t('map.grid_acts')}>${ACTS.map(([mode, picture]) => html`<button type="button" class="button is-small" data-grid-act=${mode} ?disabled=${!may[mode] || !needs[mode]} @click=${() => this.begin(mode)}>${icon(picture)}${t(`map.grid_${mode}`)}</button>`)}</div>
      ${count ? nothing : html`<p class="quiet">${t('map.grid_choose')}</p>`}`
  }

  /** A change whose day has not come is taken back with all grids that it touches. */
  private async withdraw(row: GridRow): Promise<void> {
    if (this.busy) return
    this.busy = true
    const done = await this.attempt(() => post(`/grids/${row.id}/withdraw`, { version: row.version }))
    this.busy = false
    if (done) {
      toast(t('map.grid_withdrawn'))
      this.app.layers.stir(['grids', 'coverage'])
      await this.load()
    }
    this.app.render()
  }

  private list(): TemplateResult {
    const words = this.filter.trim().toLowerCase()
    const found = this.rows.filter((row) => !words || `${row.code} ${row.name} ${row.answered_by?.name ?? ''} ${row.answered_by?.officer ?? ''}`.toLowerCase().includes(words))
    return html`<label class="sr" for="grid-filter">${t('map.grid_filter')}</label><input id="grid-filter" type="search" placeholder=${t('map.grid_filter')} .value=${this.filter} @input=${(event: InputEvent) => { this.filter = (event.target as HTMLInputElement).value; this.app.render() }}>
      <label class="map-age"><span>${t('map.grid_on')}</span><input type="date" name="on" .value=${this.answer?.on ?? ''} @change=${(event: Event) => this.look((event.target as HTMLInputElement).value)}><span class="num">${t('map.grid_count', { n: found.length })}</span></label>
      <ul class="grid-list plain">${found.map((row) => html`<li data-grid=${row.code}><label><input type="checkbox" .checked=${this.chosen.has(row.id)} @change=${() => this.pick(row.id, true)}><span><b>${row.name}</b> <small class="num">${row.code}</small>
          <small>${row.answered_by ? [row.answered_by.name, row.answered_by.officer].filter(Boolean).join(' · ') : t('map.grid_nobody')}</small>
          ${row.next_from ? html`<small class="tag">${t('map.grid_changes', { day: row.next_from })}</small>` : nothing}</span></label>
        ${row.next_from && !row.active && row.next_from > this.app.facts.today && this.answer?.may.withdraw ? html`<button type="button" class="button is-small" data-grid-withdraw @click=${() => void this.withdraw(row)}>${icon('arrow-back-up')}${t('map.grid_withdraw')}</button>` : nothing}
        <button type="button" class="icon-button" title=${t('map.show_there')} @click=${() => this.app.fit(boxOf(row.geometry))}>${icon('map-pin')}<span class="sr">${t('map.show_there')}</span></button>
        <button type="button" class="icon-button" title=${t('map.grid_history')} @click=${() => void this.past(row)}>${icon('history')}<span class="sr">${t('map.grid_history')}</span></button>
        ${this.history[0]?.code === row.code ? html`<ol class="grid-history plain num">${this.history.map((one) => html`<li>${one.valid_from} – ${one.valid_to ?? t('map.grid_open_end')} · ${one.name} · ${(one.area_m2 / 1e6).toFixed(2)} km²</li>`)}</ol>` : nothing}</li>`)}</ul>`
  }

  private look(day: string): void {
    this.day = day === this.app.facts.today ? '' : day
    this.chosen.clear()
    void this.load()
  }

  private async past(row: GridRow): Promise<void> {
    if (this.history[0]?.code === row.code) this.history = []
    else await this.attempt(async () => { this.history = (await get<{ items: Version[] }>(`/grids/history?kind=${row.kind}&code=${encodeURIComponent(row.code)}`)).items })
    this.app.render()
  }
}

/** Whether a position lies in a grid: crossings of a ray, over all rings. */
function holds(row: GridRow, at: { lng: number; lat: number }): boolean {
  const rings = row.geometry.type === 'Polygon' ? row.geometry.coordinates : row.geometry.coordinates.flat()
  let inside = false
  for (const ring of rings) {
    for (let index = 0, before = ring.length - 1; index < ring.length; before = index++) {
      const [ax = 0, ay = 0] = ring[index] ?? []
      const [bx = 0, by = 0] = ring[before] ?? []
      if (ay > at.lat !== by > at.lat && at.lng < ((bx - ax) * (at.lat - ay)) / (by - ay) + ax) inside = !inside
    }
  }
  return inside
}
