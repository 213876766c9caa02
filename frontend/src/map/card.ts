import { html, nothing, type TemplateResult } from 'lit-html'
import { Problem, problemText } from '../shared/api'
import type { maplibregl } from '../shared/basemap'
import { icon } from '../shared/dom'
import { loading } from '../shared/parts'
import { ago, exact } from '../shared/time'
import { known, say, t } from '../shared/words'
import { boxOf, shape, type App } from './app'
import type { LayerDef, Properties } from './types'

interface Hit { def: LayerDef; id: string; title: string; lon: number; lat: number; properties: Properties | null; geometry: GeoJSON.Geometry | null; failure: string }

const REACH_PX = 7
const MOST_HITS = 24
/** What the title and the link say already, and keys. */
const QUIET = new Set(['id', 'n', 'name', 'title', 'version', 'url', 'code', 'open', 'late', 'agency', 'station'])

/** What was touched: the facts that this post may see, and the way to the matter, room or grid. */
export class Cards {
  private hits: Hit[] = []
  private at = 0
  private back: HTMLElement | null = null

  constructor(private readonly app: App) {}

  close(): void {
    if (!this.hits.length) return
    this.hits = []
    this.app.mark('picked', [])
    this.app.render()
    this.back?.focus()
  }

  click(event: maplibregl.MapMouseEvent): void {
    const { map, layers } = this.app
    const touch = [...layers.looks.values()].flatMap((look) => look.touch).filter((id) => map.getLayer(id))
    const { x, y } = event.point
    const found = touch.length ? map.queryRenderedFeatures([[x - REACH_PX, y - REACH_PX], [x + REACH_PX, y + REACH_PX]], { layers: touch }) : []
    const cluster = found.find((hit) => Number(hit.properties.n ?? 1) > 1)
    const single = found.filter((hit) => Number(hit.properties.n ?? 1) === 1 && hit.geometry.type === 'Point')
    if (cluster && !single.length) { void this.openCluster(cluster); return }
    const chosen = single.length ? single : found.filter((hit) => Number(hit.properties.n ?? 1) === 1)
    const seen = new Set<string>()
    this.hits = chosen.slice(0, MOST_HITS).flatMap((hit) => {
      const made = this.hit(hit.source.slice(2), String(hit.properties.id ?? hit.id ?? ''), hit.properties, event.lngLat)
      if (!made || seen.has(made.def.code + made.id)) return []
      seen.add(made.def.code + made.id)
      return [made]
    })
    this.at = 0
    this.app.mark('picked', [])
    if (this.hits.length) void this.fill()
    this.app.render()
  }

  private hit(code: string, id: string, properties: Properties, at: { lng: number; lat: number }): Hit | null {
    const def = this.app.layers.defs.find((one) => one.code === code)
    return def && id ? { def, id, title: titleOf(properties, def), lon: at.lng, lat: at.lat, properties: null, geometry: null, failure: '' } : null
  }

  /** A cluster opens by coming nearer; where it cannot, its members are listed. */
  private async openCluster(cluster: maplibregl.MapGeoJSONFeature): Promise<void> {
    const [lon, lat] = (cluster.geometry as GeoJSON.Point).coordinates as [number, number]
    const { map, layers } = this.app
    if (map.getZoom() < 16.5) {
      map.jumpTo({ center: [lon, lat], zoom: Math.min(17.5, map.getZoom() + 2) })
      return
    }
    const def = layers.defs.find((one) => one.code === cluster.source.slice(2))
    if (!def) return
    const near = map.unproject([map.project([lon, lat]).x + 30, map.project([lon, lat]).y - 30])
    const [dx, dy] = [Math.abs(near.lng - lon), Math.abs(near.lat - lat)]
    const asked = layers.query(def)
    asked.set('bbox', [lon - dx, lat - dy, lon + dx, lat + dy].map((one) => one.toFixed(6)).join(','))
    asked.set('limit', String(MOST_HITS))
    try {
      const answer = await ogc<GeoJSON.FeatureCollection>(`${def.items}?${asked.toString()}`)
      this.hits = answer.features.map((one) => ({
        def, id: String(one.id), title: titleOf(one.properties ?? {}, def), lon, lat, properties: one.properties ?? {}, geometry: one.geometry, failure: '',
      }))
      this.at = 0
    } catch (failure) {
      this.app.say(problemText(failure))
    }
    this.app.render()
  }

  private async fill(): Promise<void> {
    const hit = this.hits[this.at]
    if (!hit) return
    if (!hit.properties) {
      try {
        const asked = hit.def.dated && this.app.state.at ? `?at=${encodeURIComponent(this.app.state.at)}` : ''
        let answer: GeoJSON.Feature
        try {
          answer = await ogc<GeoJSON.Feature>(`${hit.def.items}/${encodeURIComponent(hit.id)}${asked}`)
        } catch (failure) {
          if (!asked || !(failure instanceof Problem) || failure.status !== 400) throw failure
          answer = await ogc<GeoJSON.Feature>(`${hit.def.items}/${encodeURIComponent(hit.id)}`)
        }
        hit.properties = answer.properties ?? {}
        hit.geometry = answer.geometry
        hit.title = titleOf(hit.properties, hit.def)
      } catch (failure) {
        hit.failure = problemText(failure)
      }
    }
    if (this.hits[this.at] === hit && hit.geometry) this.app.mark('picked', [shape(hit.geometry)])
    this.app.render()
  }

  private turn(step: number): void {
    this.at = (this.at + step + this.hits.length) % this.hits.length
    void this.fill()
    this.app.render()
  }

  view(): TemplateResult | typeof nothing {
    const hit = this.hits[this.at]
    if (!hit) return nothing
    const many = this.hits.length > 1
    const link = hit.properties ? linkOf(hit) : ''
    return html`<article class="map-card" aria-label=${hit.title}>
      <header>${icon(hit.def.icon)}<div><small>${say(hit.def)}</small><h2>${hit.title}</h2></div>
        <button type="button" class="icon-button" title=${t('action.close_panel')} @click=${() => this.close()}>${icon('x')}<span class="sr">${t('action.close_panel')}</span></button></header>
      ${many ? html`<div class="map-card-turn"><button type="button" class="icon-button" @click=${() => this.turn(-1)}>${icon('chevron-left')}<span class="sr">${t('map.card_before')}</span></button>
        <span class="num">${t('map.card_of', { a: this.at + 1, b: this.hits.length })}</span><button type="button" class="icon-button" @click=${() => this.turn(1)}>${icon('chevron-right')}<span class="sr">${t('map.card_next')}</span></button></div>` : nothing}
      ${hit.failure ? html`<p class="notice is-danger">${hit.failure}</p>` : hit.properties ? facts(hit.properties) : loading(3)}
      <footer>${link ? html`<a class="button is-primary" href=${link}>${icon('external-link')}${t(known(`map.open_${hit.def.code}`) ? `map.open_${hit.def.code}` : 'map.open')}</a>` : nothing}
        ${hit.geometry && hit.def.geometry !== 'point' ? html`<button type="button" class="button" @click=${() => this.app.fit(boxOf(hit.geometry as GeoJSON.Geometry))}>${icon('zoom-in')}${t('map.fit')}</button>` : nothing}</footer></article>`
  }
}

function titleOf(properties: Properties, def: LayerDef): string {
  const name = properties.title ?? properties.name ?? properties.call_sign ?? properties.number ?? properties.code
  return (typeof name === 'object' && name ? say(name as { zh: string; en: string }) : name ? String(name) : '') || say(def)
}

/** Where the thing's own page is; empty when it has none. */
export function linkOf(hit: { def: { code: string }; properties: Properties | null }): string {
  const known = hit.properties ?? {}
  if (typeof known.url === 'string') return known.url
  if (typeof known.number === 'string') return `/matters/${encodeURIComponent(known.number)}`
  if (hit.def.code === 'agencies' && known.kind !== 'station' && known.kind !== 'partner') return `/rooms/${encodeURIComponent(String(known.code))}`
  return ''
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/

/** The facts in words; what is empty is not there. */
function facts(properties: Properties): TemplateResult {
  const rows = Object.entries(properties).filter(([key, value]) => !QUIET.has(key) && value !== null && value !== '' && !(Array.isArray(value) && !value.length))
  const flags = [properties.late === true ? html`<span class="tag is-danger">${icon('clock-exclamation')}${t('matter.late')}</span>` : nothing,
    properties.open === true ? html`<span class="tag">${t('map.legend_open')}</span>` : properties.open === false && properties.state ? html`<span class="tag">${t('map.legend_done')}</span>` : nothing]
  return html`<div class="map-card-flags">${flags}</div><dl class="map-facts">${rows.map(([key, value]) => html`<div><dt>${known(`map.fact_${key}`) ? t(`map.fact_${key}`) : key}</dt><dd>${text(key, value)}</dd></div>`)}</dl>`
}

function text(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => text(key, one)).join('、')
  if (typeof value === 'boolean') return t(value ? 'map.yes' : 'map.no')
  if (typeof value === 'object' && value) {
    const both = value as { zh?: string; en?: string; name?: string; title?: string }
    return both.zh !== undefined ? say(both as { zh: string; en: string }) : both.name ?? both.title ?? ''
  }
  const words = String(value)
  if (MOMENT.test(words)) return html`<time datetime=${words} title=${exact(words)}>${ago(words)}</time>`
  return known(`map.value_${key}_${words}`) ? t(`map.value_${key}_${words}`) : words
}

/** A request to the OGC door; refusals become the same problems as those of the API. */
async function ogc<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: { Accept: 'application/geo+json, application/json' }, credentials: 'same-origin' })
  const body = (await response.json()) as T & { title?: string; detail?: string; description?: string }
  if (!response.ok) throw new Problem(response.status, `http.${response.status}`, body.title ?? body.description ?? t('error.server', { status: response.status }))
  return body
}
