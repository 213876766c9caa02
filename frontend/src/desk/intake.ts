import { html, nothing, render } from 'lit-html'
import { get, newKey, post, Problem, problemText } from '../shared/api'
import { icon } from '../shared/dom'
import { now_ms, span } from '../shared/time'
import { toast } from '../shared/toast'
import type { Category, Place, Recommendation, Vocabulary } from '../shared/types'
import { page, say, t } from '../shared/words'

interface Taken { number: string }
interface Wishes {
  taken: (number: string, orderBest: boolean) => void
  showPlaces: (places: Place[]) => void
  open: () => void
  close: () => void
  pick: (done: (lon: number, lat: number) => void) => void
  stopPicking: () => void
}

const PAUSE_MS = 90
const PLACES = 5
const SHOWN = 5
const KEPT = 'linli_intake'

/** What was being typed, kept for this tab: a reload, or a browser that falls, loses no call. */
interface Draft { user: string; text: string; since: number; key: string }

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
  /** The question that the shown recommendation answers, and whether its answer is still on its way or failed. */
  private asked = ''
  private answer: 'none' | 'coming' | 'there' | 'failed' = 'none'
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

  /** Takes up what this person had typed before the page was loaded anew. */
  restore(): void {
    const kept = sessionStorage.getItem(KEPT)
    if (!kept || this.active) return
    const draft = JSON.parse(kept) as Draft
    if (draft.user === page.user) this.resume(draft)
    else sessionStorage.removeItem(KEPT)
  }

  private resume(draft: Draft): void {
    this.input.value = draft.text
    this.typed()
    this.since = draft.since
    this.key = draft.key
    this.keep()
    this.input.focus()
  }

  private get draft(): Draft {
    return { user: page.user, text: this.input.value, since: this.since, key: this.key }
  }

  private keep(): void {
    sessionStorage.setItem(KEPT, JSON.stringify(this.draft))
  }

  /** Called off by the person: gone from the desk, but not without a way back. */
  drop(): void {
    const draft = this.draft
    const worth = this.active
    this.clear()
    if (worth) toast(t('intake.dropped'), 'info', () => this.resume(draft))
  }

  clear(): void {
    sessionStorage.removeItem(KEPT)
    this.input.value = ''
    this.since = 0
    this.places = []
    this.picked = null
    this.recommendation = null
    this.asked = ''
    this.answer = 'none'
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
    this.keep()
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

  /** The nearest units by road. Until the answer is there their places stand empty: a guess would be read as an answer. */
  private async nearest(signal?: AbortSignal): Promise<void> {
    const place = this.chosen
    const where = place ? `lon=${place.lon}&lat=${place.lat}${this.category ? `&category=${this.category.code}` : ''}` : ''
    if (where === this.asked && this.answer === 'there') return
    this.asked = where
    this.recommendation = null
    this.answer = where ? 'coming' : 'none'
    this.draw()
    if (!where) return
    try {
      const answer = await get<Recommendation>(`/recommendation?${where}`, signal)
      if (this.asked !== where) return
      this.recommendation = answer
      this.answer = 'there'
    } catch (failure) {
      if (this.asked !== where || !(failure instanceof Problem)) return
      this.answer = 'failed'
    }
    this.draw()
  }

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing) return
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      this.drop()
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
      ${this.nearestPart()}
      <p class="intake-keys"><kbd>Enter</kbd><span>${t(this.saving ? 'intake.saving' : 'intake.take')}</span><kbd>Ctrl Enter</kbd><span>${t('intake.take_and_order')}</span><kbd>Esc</kbd><span>${t('intake.drop')}</span></p>
    </div>`, this.panel)
  }

  private nearestPart(): unknown {
    if (this.answer === 'none') return nothing
    const units = this.recommendation?.units.slice(0, SHOWN) ?? []
    return html`<section class="part nearest" aria-busy=${this.answer === 'coming'}><h3>${t('card.nearest')}</h3>
      ${this.answer === 'coming' ? html`<div role="status"><span class="sr">${t('intake.road')}</span>${Array.from({ length: SHOWN }, () => html`<span class="choice-wait skeleton" aria-hidden="true"></span>`)}</div>` : nothing}
      ${this.answer === 'failed' ? html`<p class="notice is-warning" role="alert">${icon('alert-triangle')} ${t('intake.no_road')} <button type="button" class="button is-small" @click=${() => void this.nearest()}>${t('action.again')}</button></p>` : nothing}
      ${this.answer === 'there' && !units.length ? html`<p class="notice is-warning">${icon('alert-triangle')} ${t('card.no_unit')}</p>` : nothing}
      <ol class="choices">${units.map((one, at) => html`<li class="choice is-static"><kbd>${at + 1}</kbd><span class="choice-name">${one.unit.call_sign}</span>
        <span class="choice-eta">${span(one.eta_s)}</span><span class="choice-why">${say(one.reasons.slice(0, 3))}</span></li>`)}</ol></section>`
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
