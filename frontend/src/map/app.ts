import type { maplibregl } from '../shared/basemap'
import type { Layers } from './sources'
import type { MapState } from './state'
import type { MapFacts } from './types'
import type { Spot } from './placecard'

/** What is laid over the layers for a moment: a found place, a suggestion, a drawn area, a boundary before it is saved. */
export type Role = 'ring' | 'way' | 'area' | 'part' | 'overlap' | 'gap' | 'picked' | 'old'

/** What the parts of the page may ask of it. */
export interface App {
  readonly map: maplibregl.Map
  readonly state: MapState
  readonly layers: Layers
  readonly facts: MapFacts
  readonly stage: HTMLElement
  /** Draw panel and overlay anew, once a frame. */
  render(): void
  /** Write the state into the address. */
  save(): void
  open(tab: string): void
  /** Bring a point, or a box, into sight beside the panel. */
  show(lon: number, lat: number, zoom?: number): void
  fit(box: [number, number, number, number]): void
  /** Replace what is laid over the map in a role. */
  mark(role: Role, features: GeoJSON.Feature[]): void
  /** A sentence for screen reader and eye. */
  say(text: string): void
  /** What is known at a place that has no card of its own. */
  placeCard(spot: Spot): void
}

/** A part of the page with a tab of its own in the panel. */
export interface Tool {
  /** The panel's content. */
  panel(): unknown
  /** What stands over the map while the tool is in use. */
  over?(): unknown
  opened?(): void
  closed?(): void
  /** True when the click on the map was the tool's. */
  click?(event: maplibregl.MapMouseEvent): boolean
  escape?(): boolean
}

export const point = (lon: number, lat: number, properties: Record<string, unknown> = {}): GeoJSON.Feature =>
  ({ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties })

export const shape = (geometry: GeoJSON.Geometry, properties: Record<string, unknown> = {}): GeoJSON.Feature => ({ type: 'Feature', geometry, properties })

/** The box around any geometry. */
export function boxOf(geometry: GeoJSON.Geometry): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90]
  const walk = (at: unknown): void => {
    if (!Array.isArray(at)) return
    const [lon, lat] = at as unknown[]
    if (typeof lon === 'number' && typeof lat === 'number') {
      box[0] = Math.min(box[0], lon)
      box[1] = Math.min(box[1], lat)
      box[2] = Math.max(box[2], lon)
      box[3] = Math.max(box[3], lat)
    } else for (const inner of at) walk(inner)
  }
  if (geometry.type === 'GeometryCollection') for (const one of geometry.geometries) walk((one as GeoJSON.Polygon).coordinates)
  else walk(geometry.coordinates)
  return box
}
