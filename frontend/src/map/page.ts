import { html, nothing, render } from 'lit-html'
import { get, problemText } from '../shared/api'
import { maplibregl, newMap, styleUrl, theme } from '../shared/basemap'
import { connectionChip } from '../shared/connection'
import { byId, icon, writing } from '../shared/dom'
import { Live, type Connection } from '../shared/live'
import { loading, trouble } from '../shared/parts'
import { t } from '../shared/words'
import { point, type App, type Role, type Tool } from './app'
import { Bar } from './bar'
import { Cards } from './card'
import { CoveragePanel } from './coverage'
import { Find } from './find'
import { LayerPanel } from './layerpanel'
import { Overlay } from './overlay'
import { PlaceCard, type Spot } from './placecard'
import { loadSprite } from './pictures'
import { Layers } from './sources'
import { MapState } from './state'
import { TimeBar } from './timebar'
import type { LayerDef, MapFacts } from './types'

const FACTS_ID = 'map-facts'
/** What a first look shows when the address says nothing: who is where, and what is open. */
const FIRST = ['grids', 'agencies', 'units', 'matters']
const SAVE_MS = 400

export class MapPage implements App {
  readonly stage = byId('map-stage')
  readonly facts = JSON.parse(byId(FACTS_ID).textContent ?? '{}') as MapFacts
  readonly state = MapState.read(location.search)
  readonly map: maplibregl.Map
  layers!: Layers
  private readonly panel = byId('map-panel')
  private readonly over = byId('map-over')
  readonly overlay: Overlay
  private readonly tools = new Map<string, Tool>()
  private readonly find: Find
  private readonly bar: Bar
  private readonly time: TimeBar
  private readonly cards: Cards
  private readonly placed = new PlaceCard(() => this.render(), this.facts.may_close)
  private failure = ''
  private said = ''
  private planned = false
  private styled = false
  private saving = 0
  private sheet: 'low' | 'high' = 'low'

  constructor() {
    const box = this.facts.box
    const view = this.state.view
    const start = view ? { center: [view.lon, view.lat] as [number, number], zoom: view.zoom }
      : box ? { bounds: [[box[0], box[1]], [box[2], box[3]]] as [[number, number], [number, number]], fitBoundsOptions: { padding: this.narrow ? { left: 16, right: 16, top: 16, bottom: 180 } : 30 } } : {}
    this.map = newMap(byId('map'), { style: styleUrl({ plain: true, base: this.state.base }), ...start })
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'bottom-right')
    this.map.addControl(new maplibregl.ScaleControl({}), 'bottom-left')
    this.map.addControl(new maplibregl.AttributionControl({ compact: true }), 'bottom-left')
    this.overlay = new Overlay(this.map)
    this.find = new Find(this)
    this.bar = new Bar(this)
    this.time = new TimeBar(this)
    this.cards = new Cards(this)
    this.panel.textContent = ''
    this.wire()
    void this.start()
  }

  private async start(): Promise<void> {
    this.render()
    try {
      const [answer] = await Promise.all([get<{ items: LayerDef[] }>('/map/layers'), loadSprite()])
      this.failure = ''
      this.begin(answer.items)
    } catch (failure) {
      this.failure = problemText(failure)
      this.render()
    }
  }

  private begin(defs: LayerDef[]): void {
    if (!this.state.layers) {
      this.state.layers = defs.map((def) => def.code).filter((code) => FIRST.includes(code))
      this.state.choose('matters', 'open', ['yes'])
      this.state.choose('grids', 'kind', ['police'])
    }
    this.layers = new Layers(this.map, this.state, defs, () => this.render())
    this.tools.set('layers', new LayerPanel(this)).set('coverage', new CoveragePanel(this))
    this.lazy('area', async () => new (await import('./area')).AreaPanel(this))
    this.lazy('grids', async () => new (await import('./grids/editor')).GridEditor(this))
    if (!this.tools.has(this.state.tab)) this.state.tab = 'layers'
    if (this.styled) this.dress()
    const chip = connectionChip(byId('connection'))
    new Live({
      onNews: (news) => this.layers.heard(news.subject), onReset: () => this.layers.stir(this.layers.on),
      onState: (state: Connection, silent_ms) => {
        chip(state, silent_ms)
        this.layers.setLine(state === 'live' ? 'live' : state === 'stale' ? 'stale' : state === 'lost' ? 'lost' : this.layers.line)
      },
    })
    this.open(this.state.tab)
    this.sheet = this.state.tab === 'layers' ? 'low' : 'high'
  }

  /** A tool whose code comes when it is first opened. */
  private lazy(tab: string, load: () => Promise<Tool>): void {
    let wrong = ''
    const bring = async (): Promise<void> => {
      try {
        const tool = await load()
        this.tools.set(tab, tool)
        if (this.state.tab === tab) tool.opened?.()
      } catch (failure) {
        wrong = problemText(failure)
      }
      this.render()
    }
    this.tools.set(tab, { panel: () => (wrong ? trouble('error', '', wrong, () => void bring()) : loading(3)), opened: () => void bring() })
  }

  private dress(): void {
    this.overlay.dress()
    this.layers.dress()
  }

  private wire(): void {
    this.map.on('style.load', () => {
      this.styled = true
      if (this.layers) this.dress()
    })
    this.map.on('moveend', () => {
      const { lng, lat } = this.map.getCenter()
      this.state.view = { lon: lng, lat, zoom: this.map.getZoom() }
      this.save()
    })
    this.map.on('click', (event) => {
      if (!this.layers || this.bar.busy || this.tool?.click?.(event)) return
      this.placed.close()
      this.cards.click(event)
    })
    // The other button, or a finger that rests, asks about the ground itself.
    this.map.on('contextmenu', (event) => {
      if (!this.layers || this.bar.busy) return
      const { lng: lon, lat } = event.lngLat
      this.mark('ring', [point(lon, lat)])
      this.placeCard({ title: t('map.this_place'), lon, lat, address: null })
    })
    this.map.on('idle', () => { byId('map').dataset.idle = 'true' })
    document.addEventListener('linli:theme', () => this.restyle())
    document.addEventListener('keydown', (event) => this.key(event))
    window.addEventListener('online', () => this.layers?.ask())
    window.addEventListener('offline', () => this.layers?.ask())
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      if (this.tool?.escape?.() || this.find.escape()) return
      if (this.placed.open) { this.placed.close(); this.mark('ring', []) } else this.cards.close()
    } else if (event.key === 'Enter' && event.isTrusted && event.target === this.map.getCanvas()) {
      // By keyboard the arrows move the map under the cross in its middle; Enter opens what lies there.
      const lngLat = this.map.getCenter()
      this.map.fire('click', { point: this.map.project(lngLat), lngLat, originalEvent: event })
    } else if (event.key === '/' && !writing(event.target) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      this.find.focus()
    }
  }

  /** Another theme or base map: the style is laid anew, layers and drawings follow when it has come. */
  restyle(): void {
    this.styled = false
    this.layers?.undress()
    this.overlay.undress()
    byId('map').dataset.idle = 'false'
    this.map.setStyle(styleUrl({ plain: true, base: this.state.base, theme: theme() }), { diff: false })
  }

  private get tool(): Tool | undefined { return this.tools.get(this.state.tab) }

  open(tab: string): void {
    if (tab !== this.state.tab) this.tool?.closed?.()
    this.state.tab = this.tools.has(tab) ? tab : 'layers'
    this.sheet = 'high'
    this.tool?.opened?.()
    this.save()
    this.render()
  }

  private get narrow(): boolean { return matchMedia('(max-width: 720px)').matches }

  private get padding(): maplibregl.PaddingOptions {
    return this.narrow ? { left: 20, right: 20, top: 60, bottom: this.sheet === 'high' ? this.panel.clientHeight : 90 } : { left: 60, right: 60, top: 60, bottom: 90 }
  }

  show(lon: number, lat: number, zoom = 15): void {
    const at = this.map.project([lon, lat])
    const { clientWidth: width, clientHeight: height } = this.stage
    const { left = 0, right = 0, top = 0, bottom = 0 } = this.padding
    const inside = at.x > left && at.x < width - right && at.y > top && at.y < height - bottom
    if (inside && this.map.getZoom() >= zoom - 2) return
    this.map.jumpTo({ center: [lon, lat], zoom: Math.max(this.map.getZoom(), zoom), padding: this.padding as { left: number; right: number; top: number; bottom: number } })
    this.map.setPadding({ left: 0, right: 0, top: 0, bottom: 0 })
  }

  fit(box: [number, number, number, number]): void {
    this.map.fitBounds([[box[0], box[1]], [box[2], box[3]]], { padding: this.padding, maxZoom: 16, animate: false })
  }

  mark(role: Role, features: GeoJSON.Feature[]): void { this.overlay.mark(role, features) }

  placeCard(spot: Spot): void {
    this.cards.close()
    void this.placed.show(spot)
  }

  say(text: string): void {
    this.said = text
    this.render()
  }

  save(): void {
    window.clearTimeout(this.saving)
    this.saving = window.setTimeout(() => history.replaceState(null, '', `${location.pathname}${this.state.query()}`), SAVE_MS)
  }

  /** The address of exactly this map. */
  get link(): string { return `${location.origin}${location.pathname}${this.state.query()}` }

  render(): void {
    if (this.planned) return
    this.planned = true
    requestAnimationFrame(() => {
      this.planned = false
      this.draw()
    })
  }

  private draw(): void {
    const tabs = [['layers', 'stack-2'], ['area', 'lasso'], ['coverage', 'target-arrow'], ['grids', 'polygon']] as const
    this.panel.dataset.sheet = this.sheet
    render(html`
      <button type="button" class="sheet-handle" aria-expanded=${this.sheet === 'high'} @click=${() => this.slide()}><span class="sr">${t(this.sheet === 'high' ? 'map.sheet_down' : 'map.sheet_up')}</span></button>
      ${this.find.box()}
      <div class="map-tabs" role="group" aria-label=${t('map.tools')}>${tabs.map(([tab, picture]) => html`<button type="button" data-tab=${tab} aria-pressed=${this.state.tab === tab} @click=${() => this.open(tab)}>
        ${icon(picture)}<span>${t(`map.tab_${tab}`)}</span></button>`)}</div>
      <div class="map-tool" data-tool=${this.state.tab}>${this.failure ? trouble('error', '', this.failure, () => void this.start()) : this.layers ? this.tool?.panel() ?? nothing : loading(5)}</div>
      <p class="sr" role="status">${this.said}</p>`, this.panel)
    render(this.layers ? html`${this.bar.view()}${this.tool?.over?.() ?? nothing}${this.cards.view()}${this.placed.view()}${this.time.view()}` : nothing, this.over)
  }

  private slide(): void {
    this.sheet = this.sheet === 'high' ? 'low' : 'high'
    this.render()
  }
}
