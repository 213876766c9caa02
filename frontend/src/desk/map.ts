import 'maplibre-gl/dist/maplibre-gl.css'
import * as maplibregl from 'maplibre-gl'
import worker from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { Protocol } from 'pmtiles'
import { stageOf, overdueOrder } from '../shared/stage'
import type { Matter, Unit } from '../shared/types'
import { lang } from '../shared/words'
import { layers, unitPictures } from './layers'
import { Pace } from './pace'
import type { Change, Store } from './store'

maplibregl.setWorkerUrl(worker)
maplibregl.addProtocol('pmtiles', new Protocol().tile)

/** Moving points reach the map at most this often: smooth to the eye, calm for the worker. */
const FLUSH_MS = 1000
const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }
const LOCAL_FONTS = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',sans-serif"

interface Wishes { chooseMatter: (number: string) => void; chooseUnit: (id: string) => void; idle: () => void }

/** The map beside the queue: incidents, units, grids, rooms over the roads of our own. Fed by differences, never redrawn whole. */
export class DeskMap {
  readonly map: maplibregl.Map
  private ready = false
  private readonly inMap = { matters: new Set<string>(), units: new Set<string>() }
  private readonly dirty = { matters: new Set<string>(), units: new Set<string>() }
  private timer = 0
  private framed = false
  private picking: ((lon: number, lat: number) => void) | null = null
  private readonly pace = new Pace()

  constructor(private readonly box: HTMLElement, private readonly store: Store, private readonly wishes: Wishes) {
    this.map = new maplibregl.Map({
      container: box, style: this.styleUrl(), center: [119.95, 30.65], zoom: 10, attributionControl: false, fadeDuration: 0,
      localIdeographFontFamily: LOCAL_FONTS, dragRotate: false, pitchWithRotate: false, maxPitch: 0,
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'bottom-right')
    this.map.addControl(new maplibregl.ScaleControl({}), 'bottom-left')
    this.map.on('style.load', () => this.dress())
    this.map.on('idle', () => { box.dataset.idle = 'true'; this.wishes.idle() })
    this.map.on('click', (event) => this.click(event))
    this.map.getCanvas().addEventListener('keydown', (event) => this.enter(event))
    document.addEventListener('linli:theme', () => {
      this.ready = false
      this.map.setStyle(this.styleUrl(), { diff: false })
    })
    store.listen((change) => this.changed(change))
  }

  private styleUrl(): string {
    return `/map/style.json?theme=${document.documentElement.dataset.bsTheme ?? 'light'}&lang=${lang}`
  }

  /** Lays our own layers over a fresh style and fills them. */
  private dress(): void {
    for (const name of ['matters', 'units', 'chosen', 'candidates']) this.map.addSource(name, { type: 'geojson', data: EMPTY, ...(name === 'chosen' ? {} : { promoteId: 'key' }) })
    for (const [name, picture] of unitPictures()) this.map.addImage(name, picture, { pixelRatio: 2 })
    for (const layer of layers()) this.map.addLayer(layer)
    this.inMap.matters.clear()
    this.inMap.units.clear()
    this.ready = true
    for (const number of this.store.matters.keys()) this.dirty.matters.add(number)
    for (const id of this.store.units.keys()) this.dirty.units.add(id)
    this.plan()
    this.mark(this.marked)
    this.candidates(this.offered)
  }

  private changed(change: Change): void {
    const numbers = change.all ? new Set([...this.store.matters.keys(), ...this.inMap.matters]) : change.matters
    for (const number of numbers) this.dirty.matters.add(number)
    for (const id of change.units) this.dirty.units.add(id)
    this.plan()
  }

  private plan(): void {
    if (!this.timer) this.timer = window.setTimeout(() => this.pace.rest('flush', () => this.flush()), FLUSH_MS)
  }

  private flush(): void {
    this.timer = 0
    if (!this.ready || document.hidden) return
    this.push('matters', this.dirty.matters, (key) => matterFeature(this.store.matters.get(key)))
    this.push('units', this.dirty.units, (key) => unitFeature(this.store.units.get(key)))
    if (!this.framed && this.store.units.size) this.frame()
  }

  private push(name: 'matters' | 'units', dirty: Set<string>, feature: (key: string) => GeoJSON.Feature | null): void {
    if (!dirty.size) return
    const present = this.inMap[name]
    const diff: Required<Pick<maplibregl.GeoJSONSourceDiff, 'add' | 'remove'>> = { add: [], remove: [] }
    for (const key of dirty) {
      const made = feature(key)
      if (made) {
        // Adding a key that exists replaces it: place and look change together.
        diff.add.push(made)
        present.add(key)
      } else if (present.delete(key)) diff.remove.push(key)
    }
    dirty.clear()
    void (this.map.getSource(name) as maplibregl.GeoJSONSource).updateData(diff)
  }

  /** Shows where the units are, once, when the desk opens; afterwards the map moves only when the person moves it. */
  private frame(): void {
    const bounds = new maplibregl.LngLatBounds()
    for (const unit of this.store.units.values()) if (unit.lon !== null && unit.lat !== null && onEarth(unit.lon, unit.lat)) bounds.extend([unit.lon, unit.lat])
    if (bounds.isEmpty()) return
    this.framed = true
    this.map.fitBounds(bounds, { padding: 60, maxZoom: 13, animate: false })
  }

  private marked: { lon: number; lat: number } | null = null

  /** Rings the chosen matter. */
  mark(at: { lon: number; lat: number } | null): void {
    this.marked = at
    this.pace.rest('mark', () => this.ring())
  }

  private ring(): void {
    const at = this.marked
    if (!this.ready) return
    const features: GeoJSON.Feature[] = at && onEarth(at.lon, at.lat) ? [point('chosen', at.lon, at.lat, {})] : []
    void (this.map.getSource('chosen') as maplibregl.GeoJSONSource).setData({ type: 'FeatureCollection', features })
  }

  /** Shows the numbered place candidates while an address is being typed. */
  candidates(places: { lon: number; lat: number; text: string }[]): void {
    this.offered = places
    this.pace.rest('candidates', () => this.lay())
  }

  private offered: { lon: number; lat: number; text: string }[] = []

  private lay(): void {
    if (!this.ready) return
    const features = this.offered.filter((place) => onEarth(place.lon, place.lat)).map((place, at) => point(`c${at}`, place.lon, place.lat, { text: place.text, best: at === 0 }))
    void (this.map.getSource('candidates') as maplibregl.GeoJSONSource).setData({ type: 'FeatureCollection', features })
  }

  private marks: maplibregl.Marker[] = []

  /** Officers in danger, above every other sign. */
  cries(places: { lon: number; lat: number; text: string }[]): void {
    for (const mark of this.marks) mark.remove()
    this.marks = places.filter((place) => onEarth(place.lon, place.lat)).map((place) => {
      const sign = document.createElement('div')
      sign.className = 'cry-mark'
      sign.textContent = '!'
      sign.title = place.text
      return new maplibregl.Marker({ element: sign }).setLngLat([place.lon, place.lat]).addTo(this.map)
    })
  }

  /** Brings a point into sight; stays still when it is already well inside. */
  show(lon: number, lat: number, left_px = 0): void {
    if (onEarth(lon, lat)) this.pace.rest('show', () => this.bring(lon, lat, left_px))
  }

  private bring(lon: number, lat: number, left_px: number): void {
    const at = this.map.project([lon, lat])
    const { clientWidth: width, clientHeight: height } = this.box
    const inside = at.x > left_px + 80 && at.x < width - 80 && at.y > 80 && at.y < height - 80
    if (inside && this.map.getZoom() > 12) return
    // A jump, not a flight: the eye finds the ring at once, and a slow machine paints one frame instead of twenty.
    this.map.jumpTo({ center: [lon, lat], zoom: Math.max(this.map.getZoom(), 13.5), padding: { left: left_px, top: 0, right: 0, bottom: 0 } })
  }

  /**
   * The next click on the map is a place; Escape calls it off. With `byKey` the map takes the focus: the arrow keys move it under the
   * cross in its middle, Enter takes the place there.
   */
  pick(done: (lon: number, lat: number) => void, byKey = false): void {
    this.picking = done
    this.box.classList.add('is-picking')
    this.box.classList.toggle('has-cross', byKey)
    if (byKey) this.map.getCanvas().focus()
  }

  private enter(event: KeyboardEvent): void {
    const done = this.picking
    if (!done || event.key !== 'Enter' || !this.box.classList.contains('has-cross')) return
    event.preventDefault()
    event.stopPropagation()
    const cross = document.getElementById('map-cross')?.getBoundingClientRect()
    const box = this.box.getBoundingClientRect()
    if (!cross) return
    const { lng, lat } = this.map.unproject([cross.left + cross.width / 2 - box.left, cross.top + cross.height / 2 - box.top])
    this.stopPicking()
    done(lng, lat)
  }

  stopPicking(): boolean {
    const was = this.picking !== null
    this.picking = null
    this.box.classList.remove('is-picking', 'has-cross')
    return was
  }

  private click(event: maplibregl.MapMouseEvent): void {
    const done = this.picking
    if (done) {
      this.stopPicking()
      done(event.lngLat.lng, event.lngLat.lat)
      return
    }
    const r = 6
    const area: [maplibregl.PointLike, maplibregl.PointLike] = [[event.point.x - r, event.point.y - r], [event.point.x + r, event.point.y + r]]
    const [hit] = this.map.queryRenderedFeatures(area, { layers: ['matters', 'units', 'units-far'] })
    if (!hit) return
    const key = String(hit.properties.key)
    if (hit.source === 'matters') this.wishes.chooseMatter(key)
    else this.wishes.chooseUnit(key)
  }
}

function point(key: string, lon: number, lat: number, properties: Record<string, unknown>): GeoJSON.Feature {
  return { type: 'Feature', id: key, geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { key, ...properties } }
}

/** True for a place on earth: one wrong pair of numbers must not take all other points off the map. */
const onEarth = (lon: number, lat: number): boolean => Math.abs(lat) <= 85 && Math.abs(lon) <= 180

function matterFeature(matter: Matter | undefined): GeoJSON.Feature | null {
  if (!matter || matter.lon === null || matter.lat === null || !onEarth(matter.lon, matter.lat)) return null
  const stage = stageOf(matter)
  const late = matter.late || overdueOrder(matter) !== null
  return point(matter.number, matter.lon, matter.lat, { stage, late, priority: matter.priority ?? 9, title: matter.title })
}

function unitFeature(unit: Unit | undefined): GeoJSON.Feature | null {
  if (!unit || unit.lon === null || unit.lat === null || !onEarth(unit.lon, unit.lat)) return null
  return point(unit.id, unit.lon, unit.lat, { call: unit.call_sign, state: unit.order ? 'ordered' : unit.availability, kind: unit.kind })
}
