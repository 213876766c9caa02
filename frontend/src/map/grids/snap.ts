import type { SnapToCustom } from 'terra-draw'
import type { maplibregl } from '../../shared/basemap'

type Ring = GeoJSON.Position[]
export interface Bordered { id: string; geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon }

/** So near, in pixels, and the corner was meant to lie there; a finger is less exact. The server lays it on to the last bit. */
const REACH_PX = matchMedia('(pointer: coarse)').matches ? 22 : 12
const ROADS = ['road-minor-fill', 'road-major-fill', 'road-grand-fill']

const ringsOf = (geometry: Bordered['geometry']): Ring[] => (geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat())

/** Draws a corner to a neighbour's corner, else to its edge, else to a road. */
export function snapTo(map: maplibregl.Map, neighbours: () => Bordered[]): SnapToCustom {
  return (event) => {
    const at = map.project([event.lng, event.lat])
    const reach = map.unproject([at.x + REACH_PX, at.y + REACH_PX])
    const [dx, dy] = [Math.abs(reach.lng - event.lng), Math.abs(reach.lat - event.lat)]
    const lines: Ring[] = []
    for (const neighbour of neighbours()) {
      for (const ring of ringsOf(neighbour.geometry)) {
        const touches = ring.some((_, index) => index + 1 < ring.length && near(ring[index] as GeoJSON.Position, ring[index + 1] as GeoJSON.Position, event, dx, dy))
        if (touches) lines.push(ring)
      }
    }
    return corner(map, lines, at) ?? edge(map, lines, at) ?? edge(map, roads(map, at), at)
  }
}

function near(a: GeoJSON.Position, b: GeoJSON.Position, at: { lng: number; lat: number }, dx: number, dy: number): boolean {
  const [ax = 0, ay = 0] = a
  const [bx = 0, by = 0] = b
  return Math.min(ax, bx) - dx <= at.lng && at.lng <= Math.max(ax, bx) + dx && Math.min(ay, by) - dy <= at.lat && at.lat <= Math.max(ay, by) + dy
}

function corner(map: maplibregl.Map, lines: Ring[], at: maplibregl.Point): GeoJSON.Position | undefined {
  let best = REACH_PX
  let found: GeoJSON.Position | undefined
  for (const line of lines) {
    for (const position of line) {
      const away = map.project(position as [number, number]).dist(at)
      if (away < best) { best = away; found = position }
    }
  }
  return found
}

function edge(map: maplibregl.Map, lines: Ring[], at: maplibregl.Point): GeoJSON.Position | undefined {
  let best = REACH_PX
  let found: GeoJSON.Position | undefined
  for (const line of lines) {
    for (let index = 0; index + 1 < line.length; index++) {
      const [one, other] = [line[index] as [number, number], line[index + 1] as [number, number]]
      const [a, b] = [map.project(one), map.project(other)]
      const length2 = (b.x - a.x) ** 2 + (b.y - a.y) ** 2
      const share = length2 ? Math.min(1, Math.max(0, ((at.x - a.x) * (b.x - a.x) + (at.y - a.y) * (b.y - a.y)) / length2)) : 0
      const away = Math.hypot(a.x + share * (b.x - a.x) - at.x, a.y + share * (b.y - a.y) - at.y)
      if (away < best) {
        best = away
        found = [one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])]
      }
    }
  }
  return found
}

function roads(map: maplibregl.Map, at: maplibregl.Point): Ring[] {
  const layers = ROADS.filter((id) => map.getLayer(id))
  if (!layers.length) return []
  const found = map.queryRenderedFeatures([[at.x - REACH_PX, at.y - REACH_PX], [at.x + REACH_PX, at.y + REACH_PX]], { layers })
  return found.flatMap(({ geometry }) => (geometry.type === 'LineString' ? [geometry.coordinates] : geometry.type === 'MultiLineString' ? geometry.coordinates : []))
}
