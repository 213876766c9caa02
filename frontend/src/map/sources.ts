import { get, Problem } from '../shared/api'
import { maplibregl } from '../shared/basemap'
import { now_ms } from '../shared/time'
import type { Unit } from '../shared/types'
import { lookOf, namesOf, sourceOf, type Look } from './looks'
import { nameAt } from './names'
import type { MapState } from './state'
import type { LayerDef } from './types'

/** What a layer can say of itself. `undated`: a past moment is shown and this layer has none. `partial`: the server has just started
 * and has read only what is open; `cut`: more than can be drawn. */
export type Standing = 'off' | 'loading' | 'ready' | 'empty' | 'error' | 'offline' | 'stale' | 'undated' | 'far' | 'partial' | 'cut'
export interface Status { standing: Standing; count: number | null; text: string }

const UNITS_EVERY_MS = 3000
/** Tiles are asked for anew at most this often, however many news come. */
const FRESH_EVERY_MS = 2500
const MOST_NAMES = 2000
const LOOK_MS = 1500
const COUNTED_MS = 4000
/** A server that has just started is asked again until it has read everything. */
const AGAIN_MS = 2000
const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

/** The data of every layer on the map: its source, its look, whether it is whole and fresh. */
export class Layers {
  readonly looks = new Map<string, Look>()
  readonly status = new Map<string, Status>()
  private readonly failed = new Map<string, string>()
  private readonly lacks = new Map<string, string>()
  private again = 0
  private readonly versions = new Map<string, number>()
  private readonly units = new Map<string, Unit>()
  private readonly names = new Map<string, GeoJSON.FeatureCollection>()
  private readonly dirty = new Set<string>()
  private unitsAt = ''
  private unitsDirty = false
  private ready = false
  private timer = 0
  line: 'live' | 'stale' | 'lost' = 'live'

  constructor(readonly map: maplibregl.Map, readonly state: MapState, readonly defs: LayerDef[], private readonly changed: () => void) {
    map.on('error', (event) => this.wrong(event as unknown as { sourceId?: string; error?: Error & { status?: number } }))
    map.on('sourcedata', (event) => {
      if (!event.sourceId?.startsWith('L-')) return
      if (event.isSourceLoaded && event.tile) this.failed.delete(event.sourceId.slice(2))
      if (event.tile && event.sourceId !== sourceOf('units')) this.recount()
    })
    map.on('moveend', () => this.recount())
    map.on('idle', () => this.count())
    map.on('sourcedataloading', (event) => { if (event.sourceId?.startsWith('L-')) this.tell(event.sourceId.slice(2)) })
    window.setInterval(() => { if (!document.hidden && (Date.now() < this.countUntil_ms || this.on.some((code) => this.waits(code)))) this.count() }, LOOK_MS)
    if (defs.some((def) => !def.whole)) this.askAgain()
    void this.watchUnits()
  }

  /** Tiles that came while the server was still reading, or was refused for it, are asked for once more. */
  private askAgain(): void {
    if (this.again) return
    this.again = window.setTimeout(() => {
      this.again = 0
      if (document.hidden || !this.ready) { this.askAgain(); return }
      const waiting = this.on.filter((code) => this.lacks.get(code) === 'loading' || this.failed.has(code) || this.defs.find((def) => def.code === code)?.whole === false)
      void get<{ items: LayerDef[] }>('/map/layers').then(({ items }) => {
        for (const def of this.defs) def.whole = items.find((one) => one.code === def.code)?.whole ?? true
        if (this.defs.some((def) => !def.whole)) this.askAgain()
      }, () => { this.askAgain() })
      for (const code of waiting) this.versions.set(code, (this.versions.get(code) ?? 0) + 1)
      this.ask(waiting)
    }, AGAIN_MS)
  }

  private countUntil_ms = 0

  /** A map on which units move is never idle: what came or was moved is counted all the same, and once more when it has been drawn. */
  private recount(): void { this.countUntil_ms = Date.now() + COUNTED_MS }

  /** A layer that came, but the map has not been idle since: a slow machine says what is there all the same. */
  private waits(code: string): boolean {
    return (this.status.get(code)?.count ?? null) === null && this.came(code)
  }

  private came(code: string): boolean {
    const id = sourceOf(code)
    return this.map.getSource(id) !== undefined && this.map.isSourceLoaded(id)
  }

  get on(): string[] { return this.state.layers ?? [] }

  /** Lays pictures, sources and style layers over a fresh style, in the order of the list: areas below points. */
  dress(): void {
    this.ready = true
    this.defs.forEach((def, at) => {
      const look = lookOf(def, at)
      this.looks.set(def.code, look)
      for (const [name, made] of look.pictures) if (!this.map.hasImage(name)) this.map.addImage(name, made.data, { pixelRatio: 2 })
    })
    for (const def of this.drawn()) this.show(def)
    this.changed()
  }

  undress(): void { this.ready = false }

  /** Areas first, lines, then points: what lies above can be touched. Coverage lies below all. */
  private drawn(): LayerDef[] {
    const rank = (def: LayerDef): number => (def.code === 'coverage' ? -1 : { polygon: 0, line: 1, point: 2 }[def.geometry])
    return [...this.defs].filter((def) => this.on.includes(def.code)).sort((a, b) => rank(a) - rank(b) || a.order - b.order)
  }

  private hidden(def: LayerDef): boolean { return this.state.at !== '' && !def.dated }

  /** The same layers on another sheet: the one that is printed. */
  layOn(sheet: maplibregl.Map, looks: Map<string, Look>): void {
    for (const def of this.drawn()) {
      if (this.hidden(def)) continue
      for (const [name, made] of looks.get(def.code)?.pictures ?? []) if (!sheet.hasImage(name)) sheet.addImage(name, made.data, { pixelRatio: 2 })
      this.addSource(sheet, def)
      for (const layer of looks.get(def.code)?.layers ?? []) sheet.addLayer(layer)
    }
  }

  /** The layers that are drawn now, from below to above. */
  get shown(): LayerDef[] { return this.drawn().filter((def) => !this.hidden(def)) }

  private addSource(map: maplibregl.Map, def: LayerDef): void {
    const id = sourceOf(def.code)
    if (def.code === 'units') map.addSource(id, { type: 'geojson', data: this.unitData(), promoteId: 'id' })
    else if (def.geometry !== 'point') map.addSource(namesOf(def.code), { type: 'geojson', data: this.names.get(def.code) ?? EMPTY })
    if (def.code !== 'units') map.addSource(id, { type: 'vector', tiles: [this.tiles(def)], minzoom: 0, maxzoom: 17, promoteId: 'id' })
  }

  private show(def: LayerDef): void {
    const id = sourceOf(def.code)
    if (!this.ready || this.map.getSource(id) || this.hidden(def)) return
    this.addSource(this.map, def)
    void this.nameAreas(def)
    const order = this.drawn().map((one) => one.code)
    const above = order.slice(order.indexOf(def.code) + 1).flatMap((code) => this.looks.get(code)?.layers ?? []).find((layer) => this.map.getLayer(layer.id))
    const before = above?.id ?? (this.map.getLayer('page-first') ? 'page-first' : undefined)
    for (const layer of this.looks.get(def.code)?.layers ?? []) this.map.addLayer(layer, before)
  }

  private hide(code: string): void {
    for (const layer of this.looks.get(code)?.layers ?? []) if (this.map.getLayer(layer.id)) this.map.removeLayer(layer.id)
    for (const id of [sourceOf(code), namesOf(code)]) if (this.map.getSource(id)) this.map.removeSource(id)
    this.failed.delete(code)
  }

  /** The same words for tiles and for the collection. */
  query(def: LayerDef): URLSearchParams {
    const asked = new URLSearchParams()
    for (const filter of def.filters) {
      const codes = this.state.chosen(def.code, filter.name)
      if (codes.length) asked.set(filter.name, codes.join(','))
    }
    if (def.dated && this.state.at) asked.set('at', this.state.at)
    if (this.state.age_s && def.dated && def.geometry === 'point') asked.set('max_age_s', String(this.state.age_s))
    return asked
  }

  /** Areas with names are few: their names are asked for once, with the same filters. */
  private async nameAreas(def: LayerDef): Promise<void> {
    if (def.geometry === 'point' || def.code === 'coverage') return
    const asked = this.query(def)
    asked.set('limit', String(MOST_NAMES))
    try {
      const answer = await fetch(`${def.items}?${asked.toString()}`, { credentials: 'same-origin' })
      if (!answer.ok) return
      this.names.set(def.code, nameAt((await answer.json()) as GeoJSON.FeatureCollection))
    } catch {
      // Without names the borders still stand; the layer says itself when it cannot be read.
      return
    }
    const source = this.map.getSource(namesOf(def.code)) as maplibregl.GeoJSONSource | undefined
    void source?.setData(this.names.get(def.code) ?? EMPTY)
  }

  private tiles(def: LayerDef): string {
    const asked = this.query(def)
    const version = this.versions.get(def.code)
    if (version) asked.set('v', String(version))
    const query = asked.toString()
    return `${location.origin}${def.tiles}${query ? `?${query}` : ''}`
  }

  toggle(code: string, on: boolean): void {
    const codes = new Set(this.on)
    if (on) codes.add(code)
    else codes.delete(code)
    this.state.layers = this.defs.map((def) => def.code).filter((one) => codes.has(one))
    const def = this.defs.find((one) => one.code === code)
    if (!def) return
    if (on) this.show(def)
    else this.hide(code)
    this.tell(code)
    this.changed()
  }

  /** After another filter, age or moment: the same layers, other contents. */
  ask(codes: string[] = this.on): void {
    for (const code of codes) {
      const def = this.defs.find((one) => one.code === code)
      if (!def || !this.on.includes(code)) continue
      const source = this.map.getSource(sourceOf(code))
      if (this.hidden(def)) this.hide(code)
      else if (!source) this.show(def)
      else if (def.code === 'units') { this.unitsDirty = true; this.flushUnits(true) }
      else {
        (source as maplibregl.VectorTileSource).setTiles([this.tiles(def)])
        void this.nameAreas(def)
      }
      this.tell(code)
    }
    this.changed()
  }

  /** Something changed on the server: the tiles of these layers are asked for again, soon and together. */
  stir(codes: string[]): void {
    if (this.state.at) return
    for (const code of codes) if (this.on.includes(code)) this.dirty.add(code)
    if (!this.dirty.size || this.timer) return
    this.timer = window.setTimeout(() => {
      this.timer = 0
      if (!document.hidden && this.ready) {
        for (const code of this.dirty) this.versions.set(code, (this.versions.get(code) ?? 0) + 1)
        this.ask([...this.dirty])
        this.dirty.clear()
      }
    }, FRESH_EVERY_MS)
  }

  /** The news of the live line say which table changed. */
  heard(subject: string): void {
    const [floor, name] = subject.split('.')
    if (subject === 'places.grid') this.stir(['grids', 'coverage'])
    else if (floor === 'matters' || subject === 'operations.order') this.stir(this.defs.filter((def) => def.live && def.code !== 'units' && def.code !== 'coverage').map((def) => def.code))
    else if (floor === 'org') this.stir(['agencies'])
    else this.stir(this.defs.map((def) => def.code).filter((code) => code.startsWith(name ?? '?')))
  }

  setLine(line: 'live' | 'stale' | 'lost'): void {
    if (this.line === line) return
    this.line = line
    for (const code of this.on) this.tell(code)
    this.changed()
  }

  private wrong(event: { sourceId?: string; error?: Error & { status?: number } }): void {
    if (!event.sourceId?.startsWith('L-')) return
    const code = event.sourceId.slice(2)
    this.failed.set(code, event.error?.message ?? '')
    if (event.error?.status === 503) this.askAgain()
    this.tell(code)
    this.changed()
  }

  private tell(code: string): void {
    const def = this.defs.find((one) => one.code === code)
    if (!def) return
    const before = this.status.get(code)
    const made = { standing: this.standing(def, before?.count ?? null), count: before?.count ?? null, text: this.failed.get(code) ?? '' }
    if (before && before.standing === made.standing && before.text === made.text) return
    this.status.set(code, made)
    this.changed()
  }

  private standing(def: LayerDef, count: number | null): Standing {
    if (!this.on.includes(def.code)) return 'off'
    if (this.hidden(def)) return 'undated'
    if (!navigator.onLine) return 'offline'
    if (this.failed.has(def.code)) return 'error'
    if (this.map.getZoom() < def.min_zoom) return 'far'
    // What was seen before stays until the new is there: a layer that is freshened does not flicker.
    if (count === null) return 'loading'
    const lacks = this.lacks.get(def.code)
    if (lacks) return lacks === 'cut' ? 'cut' : 'partial'
    if (def.live && !this.state.at && this.line !== 'live') return this.line === 'lost' ? 'offline' : 'stale'
    return count ? 'ready' : 'empty'
  }

  /** What is in sight, counted from what is drawn; a cluster counts as many as it stands for. */
  private count(): void {
    for (const def of this.defs) {
      if (!this.on.includes(def.code)) { this.status.delete(def.code); continue }
      const drawn = (this.looks.get(def.code)?.layers ?? []).map((layer) => layer.id).filter((id) => /-(mark|cluster|fill|line|beyond)$/.test(id) && this.map.getLayer(id))
      const seen = new Set<string>()
      let count = 0
      let lacks = ''
      // Units are known by themselves: asking the drawing for two thousand of them takes longer than looking at each.
      if (def.code === 'units') {
        const inSight = this.unitsAt ? this.unitsInSight() : null
        this.status.set(def.code, { standing: this.standing(def, inSight), count: inSight, text: this.failed.get(def.code) ?? '' })
        continue
      }
      for (const hit of drawn.length ? this.map.queryRenderedFeatures({ layers: drawn }) : []) {
        const n = Number(hit.properties.n ?? 1)
        lacks ||= String(hit.properties.lacks ?? '')
        const key = hit.id !== undefined && n === 1 ? String(hit.id) : JSON.stringify(hit.geometry)
        if (seen.has(key)) continue
        seen.add(key)
        count += n
      }
      this.lacks.set(def.code, lacks)
      if (lacks === 'loading') this.askAgain()
      // Nothing drawn is nothing there only when the tiles have come.
      const known = count || this.came(def.code) ? count : this.status.get(def.code)?.count ?? null
      this.status.set(def.code, { standing: this.standing(def, known), count: known, text: this.failed.get(def.code) ?? '' })
    }
    // A slow machine that follows moving units is seldom quite idle: what is asked for is there all the same.
    if (this.on.every((code) => this.status.get(code)?.standing !== 'loading')) this.map.getContainer().dataset.idle = 'true'
    this.changed()
  }

  private unitData(): GeoJSON.FeatureCollection {
    return { ...EMPTY, features: [...this.units.values()].map((unit) => this.unitFeature(unit)).filter((one) => one !== null) }
  }

  private unitsInSight(): number {
    const sight = this.map.getBounds()
    return this.unitData().features.filter((one) => sight.contains((one.geometry as GeoJSON.Point).coordinates as [number, number])).length
  }

  private unitFeature(unit: Unit): GeoJSON.Feature | null {
    if (unit.lon === null || unit.lat === null) return null
    const def = this.defs.find((one) => one.code === 'units')
    const known: Record<string, unknown> = { ...unit, agency: unit.agency?.code }
    for (const filter of def?.filters ?? []) {
      const wanted = this.state.chosen('units', filter.name)
      if (wanted.length && !wanted.includes(String(known[filter.name]))) return null
    }
    return {
      type: 'Feature', id: unit.id, geometry: { type: 'Point', coordinates: [unit.lon, unit.lat] },
      properties: { id: unit.id, call_sign: unit.call_sign, state: unit.order ? 'ordered' : unit.availability },
    }
  }

  unit(id: string): Unit | undefined { return this.units.get(id) }

  /** Positions are telemetry and no news: asked for by what changed since the last answer. */
  private async watchUnits(): Promise<void> {
    for (;;) {
      if (this.on.includes('units') && !this.state.at && !document.hidden) {
        try {
          const answer = await get<{ items: Unit[]; at?: string }>(`/units${this.unitsAt ? `?since=${encodeURIComponent(this.unitsAt)}` : ''}`)
          for (const unit of answer.items) this.units.set(unit.id, unit)
          this.unitsAt = answer.at ?? ''
          this.unitsDirty ||= answer.items.length > 0
          this.failed.delete('units')
          this.flushUnits()
        } catch (failure) {
          if (failure instanceof Problem && failure.status === 401) location.assign('/sign-in/')
          this.failed.set('units', failure instanceof Error ? failure.message : '')
        }
        this.tell('units')
      }
      await new Promise((done) => window.setTimeout(done, UNITS_EVERY_MS))
    }
  }

  private flushUnits(always = false): void {
    const source = this.ready ? this.map.getSource(sourceOf('units')) as maplibregl.GeoJSONSource | undefined : undefined
    if (!source || (!this.unitsDirty && !always)) return
    this.unitsDirty = false
    void source.setData(this.unitData())
  }

  /** Milliseconds since the epoch of the moment that is shown. */
  get shown_ms(): number { return this.state.at ? Date.parse(this.state.at) : now_ms() }
}
