import { FONT, maplibregl, token } from '../shared/basemap'
import type { Role } from './app'

const SOURCE = 'page'
const COLOUR: Record<Role, string> = { ring: 'accent', way: 'accent', area: 'accent', part: 'ok', overlap: 'danger', gap: 'amber', picked: 'accent', old: 'muted' }

/** The sheet of tracing paper over the map: everything that is shown for a moment and belongs to no layer. */
export class Overlay {
  private readonly held = new Map<Role, GeoJSON.Feature[]>()
  private ready = false

  constructor(private readonly map: maplibregl.Map) {}

  dress(): void {
    this.map.addSource(SOURCE, { type: 'geojson', data: this.data() })
    const colour: maplibregl.ExpressionSpecification = ['match', ['get', 'role'],
      ...Object.entries(COLOUR).flatMap(([role, name]) => [role, token(name)]), token('accent')] as unknown as maplibregl.ExpressionSpecification
    const barred: maplibregl.ExpressionSpecification = ['in', ['get', 'role'], ['literal', ['overlap', 'gap']]]
    this.map.addLayer({ id: 'page-first', type: 'fill', source: SOURCE, filter: ['==', ['geometry-type'], 'Polygon'], paint: {
      'fill-color': colour, 'fill-opacity': ['case', barred, 0.45, ['==', ['get', 'role'], 'picked'], 0.2, ['==', ['get', 'role'], 'old'], 0, 0.1] } })
    this.map.addLayer({ id: 'page-line', type: 'line', source: SOURCE, filter: ['!=', ['geometry-type'], 'Point'], paint: {
      'line-color': colour, 'line-width': ['match', ['get', 'role'], 'old', 1.5, 3] } })
    this.map.addLayer({ id: 'page-ring', type: 'circle', source: SOURCE, filter: ['==', ['geometry-type'], 'Point'], paint: {
      'circle-radius': 15, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': colour, 'circle-stroke-width': 3.5 } })
    this.map.addLayer({ id: 'page-label', type: 'symbol', source: SOURCE, filter: ['has', 'label'], layout: {
      'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 13, 'text-offset': [0, 1.4], 'text-anchor': 'top', 'text-allow-overlap': true },
      paint: { 'text-color': token('ink'), 'text-halo-color': token('surface'), 'text-halo-width': 2 } })
    this.ready = true
  }

  undress(): void { this.ready = false }

  /** The same marks on another sheet. */
  copy(from: Overlay): void {
    for (const [role, features] of from.held) this.held.set(role, features)
  }

  mark(role: Role, features: GeoJSON.Feature[]): void {
    if (!features.length && !this.held.get(role)?.length) return
    this.held.set(role, features.map((one) => ({ ...one, properties: { ...one.properties, role } })))
    if (this.ready) void (this.map.getSource(SOURCE) as maplibregl.GeoJSONSource).setData(this.data())
  }

  data(): GeoJSON.FeatureCollection {
    return { type: 'FeatureCollection', features: [...this.held.values()].flat() }
  }
}
