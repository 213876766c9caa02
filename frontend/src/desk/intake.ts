import { html, nothing, render } from 'lit-html'
import { get, newKey, post, Problem, problemText } from '../shared/api'
import { icon } from '../shared/dom'
import { now_ms, span } from '../shared/time'
import type { Category, Place, Recommendation, Unit, Vocabulary } from '../shared/types'
import { say, t } from '../shared/words'
import { straightLine } from './nearest'

interface Taken { number: string }
interface Wishes {
  taken: (number: string, orderBest: boolean) => void
  showPlaces: (places: Place[]) => void
  units: () => Iterable<Unit>
  open: () => void
  close: () => void
  pick: (done: (lon: number, lat: number) => void) => void
  stopPicking: () => void
}

const PAUSE_MS = 90
const PLACES = 5

/**
 * The one line of the call-taker. What is heard goes in as it is heard; places and the nearest units appear while typing.
 * Enter takes the call: from then on it is stored, whatever happens to this page.
 */
export class Intake {
  private places: Place[] = []
  private at = 0
  private recommendation: Recommendation | null = null
  private category: Category | null = null
  private categoryByHand = false
  private since = 0
  private timer = 0
  private asking: AbortController | null = null
  private saving = false
  private problem = ''
  private key = newKey()
  private picked: Place | null = null
  vocabulary: Vocabulary | null = null

  constructor(readonly input: HTMLInputElement, private readonly panel: HTMLElement, private readonly wishes: Wishes) {
    input.addEventListener('input', () => this.typed())
    input.addEventListener('keydown', (event) => this.pressed(event))
  }

  get active(): boolean {
    return this.input.value.trim() !== ''
  }

  focus(): void {
    this.input.focus()
    this.input.select()
  }

  clear(): void {
    this.input.value = ''
    this.since = 0
    this.places = []
    this.picked = null
    this.recommendation = null
    this.category = null
    this.categoryByHand = false
    this.problem = ''
    this.key = newKey()
    this.asking?.abort()
    this.wishes.showPlaces([])
    this.wishes.stopPicking()
    this.wishes.close()
    render(nothing, this.panel)
  }

  private typed(): void {
    if (!this.active) return this.clear()
    if (!this.since) {
      this.since = now_ms()
      this.wishes.open()
      this.wishes.pick((lon, lat) => this.placed(lon, lat))
    }
    if (!this.categoryByHand) this.category = guess(this.input.value, this.vocabulary)
    this.draw()
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.search(), PAUSE_MS)
  }

  private placed(lon: number, lat: number): void {
    this.picked = { text: t('intake.picked'), lon, lat, kind: 'map', score: 1, grid: null, address_id: null }
    this.places = [this.picked]
    this.at = 0
    this.wishes.showPlaces(this.places)
    this.wishes.pick((nextLon, nextLat) => this.placed(nextLon, nextLat))
    void this.nearest()
    this.input.focus()
  }

  private async search(): Promise<void> {
    if (this.picked) return
    this.asking?.abort()
    this.asking = new AbortController()
    try {
      const answer = await get<{ items: Place[] }>(`/places/search?q=${encodeURIComponent(this.input.value.trim())}`, this.asking.signal)
      this.places = answer.items.slice(0, PLACES)
      this.at = 0
      this.wishes.showPlaces(this.places)
      this.draw()
      await this.nearest(this.asking.signal)
    } catch (failure) {
      if (failure instanceof Problem) {
        this.problem = problemText(failure)
        this.draw()
      }
    }
  }

  private get chosen(): Place | undefined {
    return this.places[this.at]
  }

  /** The nearest units by road; until the answer is there (or when it fails) by straight line, and said to be so. */
  private async nearest(signal?: AbortSignal): Promise<void> {
    const place = this.chosen
    if (!place) {
      this.recommendation = null
      return this.draw()
    }
    this.recommendation = straightLine(place.lon, place.lat, this.wishes.units())
    this.draw()
    const where = `lon=${place.lon}&lat=${place.lat}${this.category ? `&category=${this.category.code}` : ''}`
    try {
      const answer = await get<Recommendation>(`/recommendation?${where}`, signal)
      if (this.chosen === place) this.recommendation = answer
    } catch {
      return
    }
    this.draw()
  }

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing) return
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      this.clear()
      this.input.blur()
    } else if (event.key === 'Enter' && this.active) {
      event.preventDefault()
      void this.take(event.ctrlKey || event.metaKey)
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && this.places.length) {
      event.preventDefault()
      this.choose((this.at + (event.key === 'ArrowDown' ? 1 : this.places.length - 1)) % this.places.length)
    }
  }

  private choose(at: number): void {
    this.at = at
    const place = this.chosen
    if (place) this.wishes.showPlaces([place, ...this.places.filter((one) => one !== place)])
    void this.nearest()
  }

  /** Stores the call. Pressed twice, or again after the line broke, it is still one call: same key. */
  private async take(orderBest: boolean): Promise<void> {
    if (this.saving) return
    window.clearTimeout(this.timer)
    this.saving = true
    this.problem = ''
    this.draw()
    const place = this.chosen
    const body: Record<string, unknown> = { received_at: new Date(this.since).toISOString(), narrative: this.input.value.trim() }
    if (this.category) body.category = this.category.code
    if (place) Object.assign(body, { lon: place.lon, lat: place.lat }, place.kind === 'map' ? {} : { address: place.text })
    try {
      const taken = await post<Taken>('/incidents', body, this.key)
      this.saving = false
      this.clear()
      this.wishes.taken(taken.number, orderBest)
    } catch (failure) {
      this.saving = false
      this.problem = problemText(failure)
      this.draw()
    }
  }

  private draw(): void {
    const categories = this.vocabulary?.categories ?? []
    render(html`<div class="intake-panel">
      ${this.problem ? html`<p class="notice is-danger" role="alert">${icon('alert-triangle')} ${this.problem} ${t('intake.kept')}</p>` : nothing}
      <section class="part"><h3>${t('intake.category')}</h3>
        <select class="select" @change=${(event: Event) => this.byHand((event.target as HTMLSelectElement).value)}>
          <option value="" ?selected=${!this.category}>${t('intake.no_category')}</option>
          ${categories.map((one) => html`<option value=${one.code} ?selected=${one.code === this.category?.code}>${say(one)}</option>`)}</select>
        ${this.category?.automatic ? html`<p class="quiet">${icon('broadcast')} ${t('intake.automatic')}</p>` : nothing}</section>
      <section class="part"><h3>${t('intake.places')} <span class="quiet">↑ ↓</span></h3>
        ${this.places.length ? html`<ol class="choices" role="listbox">${this.places.map((place, at) => html`<li><button type="button" class="choice is-place ${at === this.at ? 'is-best' : ''}" @click=${() => this.choose(at)}>
          ${icon('map-pin')}<span class="choice-name">${place.text}</span><span class="choice-why">${place.grid?.name ?? ''}</span></button></li>`)}</ol>`
          : html`<p class="quiet">${t('intake.no_place')}</p>`}</section>
      ${this.recommendation?.units.length ? html`<section class="part nearest"><h3>${t('card.nearest')} ${this.recommendation.estimate ? html`<span class="tag">${t('intake.estimate')}</span>` : nothing}</h3>
        <ol class="choices">${this.recommendation.units.slice(0, 5).map((one, at) => html`<li class="choice is-static"><kbd>${at + 1}</kbd><span class="choice-name">${one.unit.call_sign}</span>
          <span class="choice-eta">${span(one.eta_s)}</span><span class="choice-why">${say(one.reasons.slice(0, 3))}</span></li>`)}</ol></section>` : nothing}
      <p class="intake-keys"><kbd>Enter</kbd><span>${t(this.saving ? 'intake.saving' : 'intake.take')}</span><kbd>Ctrl Enter</kbd><span>${t('intake.take_and_order')}</span><kbd>Esc</kbd><span>${t('intake.drop')}</span></p>
    </div>`, this.panel)
  }

  private byHand(code: string): void {
    this.categoryByHand = true
    this.category = this.vocabulary?.categories.find((one) => one.code === code) ?? null
    void this.nearest()
    this.input.focus()
  }
}

/** The category whose longest word is in the text; null leaves it to the person. */
export function guess(text: string, vocabulary: Vocabulary | null): Category | null {
  let best: Category | null = null
  let longest = 1
  for (const category of vocabulary?.categories ?? []) {
    for (const word of [category.zh, ...(category.words ?? [])]) {
      if (word.length > longest && text.includes(word)) {
        best = category
        longest = word.length
      }
    }
  }
  return best
}
