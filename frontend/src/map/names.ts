/** Where the name of an area stands: on the middle of its widest horizontal cut through the middle, so always inside. */
export function nameAt(areas: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  const features = areas.features.flatMap((area): GeoJSON.Feature[] => {
    const { geometry } = area
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : []
    const largest = polygons.sort((a, b) => size(b) - size(a))[0]
    const at = largest ? middle(largest) : null
    return at ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: area.properties }] : []
  })
  return { type: 'FeatureCollection', features }
}

function span(rings: GeoJSON.Position[][]): { south: number; north: number } {
  const lats = (rings[0] ?? []).map((at) => at[1] ?? 0)
  return { south: Math.min(...lats), north: Math.max(...lats) }
}

function size(rings: GeoJSON.Position[][]): number {
  const { south, north } = span(rings)
  const lons = (rings[0] ?? []).map((at) => at[0] ?? 0)
  return (north - south) * (Math.max(...lons) - Math.min(...lons))
}

function middle(rings: GeoJSON.Position[][]): GeoJSON.Position | null {
  const { south, north } = span(rings)
  let best: GeoJSON.Position | null = null
  let widest = 0
  for (const share of [0.5, 0.42, 0.58, 0.34, 0.66]) {
    const lat = south + (north - south) * share
    const cuts: number[] = []
    for (const ring of rings) {
      for (let at = 0; at + 1 < ring.length; at++) {
        const [ax = 0, ay = 0] = ring[at] ?? []
        const [bx = 0, by = 0] = ring[at + 1] ?? []
        if (ay > lat !== by > lat) cuts.push(ax + ((lat - ay) / (by - ay)) * (bx - ax))
      }
    }
    cuts.sort((a, b) => a - b)
    for (let at = 0; at + 1 < cuts.length; at += 2) {
      const [from = 0, to = 0] = [cuts[at], cuts[at + 1]]
      // The middle cut is preferred: another must be clearly wider.
      if (to - from > widest * (best ? 1.25 : 1)) {
        widest = to - from
        best = [(from + to) / 2, lat]
      }
    }
  }
  return best
}
