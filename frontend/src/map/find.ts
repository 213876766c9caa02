import { html, nothing } from 'lit-html'
import { get, Problem } from '../shared/api'
import { icon } from '../shared/dom'
import type { Place } from '../shared/types'
import { say, t } from '../shared/words'
import { point, type App } from './app'

interface Found { kind: 'place' | 'thing'; title: string; note: string; picture: string; lon?: number; lat?: number; url?: string; address?: string | null }
interface Thing { type: string; number?: string; title: string | { zh: string; en: string }; why?: string | { zh: string; en: string }; url?: string; lon?: number | null; lat?: number | null }

const PAUSE_MS = 180
const PICTURE: Record<string, string> = { matter: 'alert-circle', agency: 'building', room: 'home', person: 'user', unit: 'car', grid: 'polygon', place: 'map-pin', premises: 'building-store' }

/** One line that finds places and whatever one may see; the arrow keys choose, Enter goes there. */
export class Find {
  private text = ''
  private items: Found[] = []
  private at = -1
  private timer = 0
  private abort: AbortController | null = null
  private note = ''

  constructor(private readonly app: App) {}

  box(): unknown {
    const open = this.items.length > 0 || this.note !== ''
    return html`<div class="map-find" role="search">
      <div class="map-find-line">${icon('search')}<input id="map-find" type="search" role="combobox" autocomplete="off" spellcheck="false" aria-label=${t('map.find')} placeholder=${t('map.find_hint')}
        aria-expanded=${open} aria-controls="map-found" aria-activedescendant=${this.at >= 0 ? `found-${this.at}` : nothing} .value=${this.text}
        @input=${(event: InputEvent) => this.typed((event.target as HTMLInputElement).value)} @keydown=${(event: KeyboardEvent) => this.key(event)}><kbd>/</kbd></div>
      <ul id="map-found" class="map-found" role="listbox" aria-label=${t('map.find_results')} ?hidden=${!open}>
        ${this.items.map((item, at) => html`<li id="found-${at}" role="option" aria-selected=${at === this.at} @pointerdown=${(event: Event) => { event.preventDefault(); this.choose(at) }}>
          ${icon(item.picture)}<span><b>${item.title}</b>${item.note ? html`<small>${item.note}</small>` : nothing}</span></li>`)}
        ${this.note ? html`<li class="quiet" role="option" aria-selected="false" aria-disabled="true">${this.note}</li>` : nothing}</ul></div>`
  }

  focus(): void { document.getElementById('map-find')?.focus() }

  escape(): boolean {
    if (!this.text && !this.items.length) return false
    this.text = ''
    this.clear()
    this.app.mark('ring', [])
    return true
  }

  private clear(): void {
    this.items = []
    this.note = ''
    this.at = -1
    this.app.render()
  }

  private typed(text: string): void {
    this.text = text
    window.clearTimeout(this.timer)
    this.abort?.abort()
    if (!text.trim()) { this.clear(); return }
    this.timer = window.setTimeout(() => void this.ask(text.trim()), PAUSE_MS)
  }

  private async ask(text: string): Promise<void> {
    const abort = (this.abort = new AbortController())
    const { lng, lat } = this.app.map.getCenter()
    const q = encodeURIComponent(text)
    const [places, things] = await Promise.allSettled([
      get<{ items: Place[] }>(`/places/search?q=${q}&near=${lng.toFixed(5)},${lat.toFixed(5)}&limit=6`, abort.signal),
      get<{ items: Thing[] }>(`/search?q=${q}`, abort.signal),
    ])
    if (abort.signal.aborted) return
    const found: Found[] = []
    if (things.status === 'fulfilled') found.push(...things.value.items.slice(0, 6).map(thing))
    if (places.status === 'fulfilled') found.push(...places.value.items.map(place))
    this.items = found
    this.at = found.length ? 0 : -1
    const failed = places.status === 'rejected' && !(places.reason instanceof Problem && places.reason.status === 404)
    this.note = found.length ? '' : failed ? t('error.unreachable') : t('map.find_none')
    this.app.render()
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && this.items.length) {
      event.preventDefault()
      this.at = (this.at + step + this.items.length) % this.items.length
      this.app.render()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      this.choose(Math.max(0, this.at))
    }
  }

  private choose(at: number): void {
    const item = this.items[at]
    if (!item) return
    this.text = item.title
    this.clear()
    if (item.lon !== undefined && item.lat !== undefined) {
      this.app.mark('ring', [point(item.lon, item.lat, { label: item.title })])
      this.app.show(item.lon, item.lat, 16)
      this.app.say(t('map.find_there', { title: item.title }))
      this.app.placeCard({ title: item.title, lon: item.lon, lat: item.lat, address: item.address ?? null })
    } else if (item.url) location.assign(item.url)
  }
}

const place = (one: Place): Found => ({ kind: 'place', title: one.text, note: one.grid?.name ?? '', picture: PICTURE[one.kind] ?? 'map-pin', lon: one.lon, lat: one.lat, address: one.address_id })

function thing(one: Thing): Found {
  const where = typeof one.lon === 'number' && typeof one.lat === 'number' ? { lon: one.lon, lat: one.lat } : {}
  const note = [one.number, one.why ? say(one.why) : ''].filter(Boolean).join(' · ')
  return { kind: 'thing', title: say(one.title) || one.number || '', note, picture: PICTURE[one.type] ?? 'list', ...where, ...(one.url ? { url: one.url } : {}) }
}
