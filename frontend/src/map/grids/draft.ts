import { get, post } from '../../shared/api'
import type { App } from '../app'
import { point, shape } from '../app'
import { areaText } from '../measure'
import { t } from '../../shared/words'
import type { Checked, GridRow, Land, Mode, PartRow } from './types'

/** What is being drawn, and what the server says of it before anything is saved. */
export class Draft {
  mode: Mode = ''
  rows: GridRow[] = []
  code = ''
  name = ''
  from: string
  room = ''
  line: GeoJSON.LineString | null = null
  checked: Checked | null = null
  parts: PartRow[] = []
  whole: { geometry: Land; area_m2: number; rooms: { code: string; name: string }[] } | null = null
  private turn = 0

  constructor(private readonly app: App, readonly kind: string, from: string) {
    this.from = from
  }

  /** The server lays the polygon on neighbours and roads and names overlaps and gaps; `fit` takes and gives land until it fits. */
  async check(polygon: Land, fit = false): Promise<void> {
    const turn = ++this.turn
    const checked = await post<Checked>('/grids/check', { kind: this.kind, code: this.mode === 'redraw' ? this.rows[0]?.code ?? '' : '', shape: polygon, valid_from: this.from, fit })
    if (turn !== this.turn) return
    this.checked = checked
    this.show()
  }

  async divide(line: GeoJSON.LineString): Promise<void> {
    const [row] = this.rows
    if (!row) return
    const answer = await post<{ parts: PartRow[] }>(`/grids/${row.id}/parts`, { line })
    this.line = line
    this.parts = answer.parts
    this.show()
  }

  async join(): Promise<void> {
    this.whole = null
    if (this.rows.length > 1) {
      this.whole = await post<NonNullable<Draft['whole']>>('/grids/whole', { grids: this.rows.map((row) => row.id) })
      const [first] = this.rows
      this.code ||= first?.code ?? ''
      this.name ||= first?.name ?? ''
      this.room = this.whole.rooms.length === 1 ? '' : this.room
    }
    this.show()
  }

  get ready(): boolean {
    if (this.mode === 'split') return this.parts.length > 1 && this.parts.every((part) => part.code.trim() && part.name.trim())
    if (this.mode === 'merge') return this.whole !== null && Boolean(this.code.trim() && this.name.trim()) && (this.whole.rooms.length < 2 || this.room !== '')
    if (this.mode === 'close') return this.rows.length === 1
    const named = this.mode === 'redraw' || Boolean(this.code.trim() && this.name.trim())
    return named && this.checked !== null && !this.checked.overlaps.length
  }

  /** Saves what was drawn; the same draft sent twice is done once (`key`). */
  save(key: string): Promise<unknown> {
    const [row] = this.rows
    const from = { valid_from: this.from }
    if (this.mode === 'split' && row) {
      const parts = this.parts.map(({ code, name, answered_by: room }) => ({ code: code.trim(), name: name.trim(), answered_by: room ?? '' }))
      return post(`/grids/${row.id}/split`, { ...from, line: this.line, version: row.version, parts }, key)
    }
    if (this.mode === 'merge') {
      return post('/grids/merge', { ...from, grids: this.rows.map((one) => one.id), versions: this.rows.map((one) => one.version), code: this.code.trim(), name: this.name.trim(), answered_by: this.room }, key)
    }
    if (this.mode === 'close' && row) return post(`/grids/${row.id}/close`, { valid_to: this.from, version: row.version }, key)
    if (this.mode === 'redraw' && row) return post(`/grids/${row.id}/redraw`, { ...from, shape: this.checked?.shape, version: row.version }, key)
    return post('/grids', { ...from, kind: this.kind, code: this.code.trim(), name: this.name.trim(), shape: this.checked?.shape }, key)
  }

  /** Overlaps red, gaps amber, what would be saved green, what is chosen blue. */
  show(): void {
    const { app } = this
    const made: [Land, string][] = this.mode === 'split' ? this.parts.map((part, at) => [part.geometry, `${at + 1} · ${part.name}\n${areaText(part.area_m2)}`])
      : this.mode === 'merge' ? (this.whole ? [[this.whole.geometry, areaText(this.whole.area_m2)]] : []) : this.checked ? [[this.checked.shape, areaText(this.checked.area_m2)]] : []
    const quiet = this.checked?.overlaps.length
    app.mark('part', made.map(([geometry, label]) => shape(geometry, quiet ? {} : { label })))
    app.mark('overlap', (this.checked?.overlaps ?? []).map((one) => shape(one.geometry, { label: t('map.grid_overlap', { name: one.name, area: areaText(one.area_m2) }) })))
    app.mark('gap', (this.checked?.gaps ?? []).map((one) => shape(one.geometry, { label: t('map.grid_gap', { area: areaText(one.area_m2) }) })))
    // While its corners are moved the old boundary is a thin line: what counts is the new one.
    app.mark('picked', this.mode === 'redraw' ? [] : this.rows.map((row) => shape(row.geometry)))
    app.mark('old', this.mode === 'redraw' ? this.rows.map((row) => shape(row.geometry)) : [])
  }

  /** Where the server refused: the place is shown. */
  refused(facts: Record<string, unknown>): void {
    if (typeof facts.lon === 'number' && typeof facts.lat === 'number') {
      this.app.mark('ring', [point(facts.lon, facts.lat, { label: String(facts.other_name ?? '') })])
      this.app.show(facts.lon, facts.lat, 15)
    }
  }
}

export const gridsOn = <T>(kind: string, day: string): Promise<T> => get<T>(`/grids?kind=${kind}${day ? `&on=${day}` : ''}`)

/** A dividing line without a hand on the map: across the grid's box, north–south or east–west, at a share of its width. */
export function lineAcross(geometry: Land, way: 'ns' | 'ew', percent: number): GeoJSON.LineString {
  const flat = (geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()).flat()
  const lons = flat.map((at) => at[0] ?? 0)
  const lats = flat.map((at) => at[1] ?? 0)
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)]
  const over = 0.001
  if (way === 'ns') {
    const lon = west + ((east - west) * percent) / 100
    return { type: 'LineString', coordinates: [[lon, south - over], [lon, north + over]] }
  }
  const lat = south + ((north - south) * percent) / 100
  return { type: 'LineString', coordinates: [[west - over, lat], [east + over, lat]] }
}

/** Corners written as “lon,lat”, one a line or separated by semicolons; a ring is closed by itself. `null` when they cannot be read. */
export function corners(text: string): GeoJSON.Position[] | null {
  const found = text.split(/[\n;；]+/).map((line) => line.trim()).filter(Boolean).map((line) => line.split(/[,，\s]+/).map(Number))
  const fine = found.every((at) => at.length === 2 && at.every(Number.isFinite) && Math.abs(at[0] ?? 999) <= 180 && Math.abs(at[1] ?? 999) <= 90)
  return fine && found.length >= 2 ? found : null
}
