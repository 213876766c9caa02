/** What the address of the page holds: view, layers, filters, age, moment, base map. A link shows the same map to whoever may see it. */
export interface View { lon: number; lat: number; zoom: number }

export class MapState {
  view: View | null = null
  layers: string[] | null = null
  filters = new Map<string, string[]>()
  age_s = 0
  /** The moment shown, ISO 8601 with offset; empty is now and live. */
  at = ''
  base = ''
  tab = 'layers'

  static read(query: string): MapState {
    const state = new MapState()
    const asked = new URLSearchParams(query)
    const [lon, lat, zoom] = (asked.get('c') ?? '').split(',').map(Number)
    if ([lon, lat, zoom].every((one) => Number.isFinite(one)) && lon !== undefined && lat !== undefined && zoom !== undefined) {
      if (Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 22) state.view = { lon, lat, zoom }
    }
    const layers = asked.get('l')
    if (layers !== null) state.layers = layers.split(',').filter(Boolean)
    for (const [key, value] of asked) {
      if (key.startsWith('f.') && value) state.filters.set(key.slice(2), value.split(','))
    }
    const age = Number(asked.get('age'))
    if (Number.isFinite(age) && age > 0) state.age_s = age
    const at = asked.get('t') ?? ''
    if (at && Number.isFinite(Date.parse(at))) state.at = at
    state.base = asked.get('b') ?? ''
    state.tab = asked.get('tab') ?? 'layers'
    return state
  }

  /** `layer.filter` → the chosen codes; an empty choice is none. */
  choose(layer: string, filter: string, codes: string[]): void {
    const key = `${layer}.${filter}`
    if (codes.length) this.filters.set(key, codes)
    else this.filters.delete(key)
  }

  chosen(layer: string, filter: string): string[] {
    return this.filters.get(`${layer}.${filter}`) ?? []
  }

  query(): string {
    const out: string[] = []
    const add = (key: string, value: string): void => { out.push(`${key}=${encodeURIComponent(value).replace(/%2C/g, ',').replace(/%3A/g, ':')}`) }
    if (this.view) add('c', `${this.view.lon.toFixed(5)},${this.view.lat.toFixed(5)},${this.view.zoom.toFixed(2)}`)
    if (this.layers) add('l', this.layers.join(','))
    for (const [key, codes] of this.filters) add(`f.${key}`, codes.join(','))
    if (this.age_s) add('age', String(this.age_s))
    if (this.at) add('t', this.at)
    if (this.base) add('b', this.base)
    if (this.tab !== 'layers') add('tab', this.tab)
    return out.length ? `?${out.join('&')}` : ''
  }
}
