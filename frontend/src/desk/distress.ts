import { html, nothing, render, type TemplateResult } from 'lit-html'
import { get, post, problemText } from '../shared/api'
import type { Distress } from '../shared/distress'
import { icon } from '../shared/dom'
import type { News } from '../shared/live'
import { ago, seconds, span } from '../shared/time'
import { play } from '../shared/tones'
import type { Coded } from '../shared/types'
import { say, t } from '../shared/words'

const AGAIN_MS = 15_000
const RING_MS = 2500

interface Wishes { show: (lon: number, lat: number) => void; mark: (places: { lon: number; lat: number; text: string }[]) => void }

/** Officers in danger: above everything else at the desk, with a tone that nothing else has, until somebody answers and until it is over. */
export class Cries {
  private items: Distress[] = []
  private endings: Coded[] = []
  private readonly seen = new Set<string>()
  private problem = ''
  private busy = false

  constructor(private readonly box: HTMLElement, private readonly wishes: Wishes) {
    void this.load()
    window.setInterval(() => void this.load(), AGAIN_MS)
    window.setInterval(() => this.ring(), RING_MS)
    window.setInterval(() => this.items.length && this.draw(), 1000)
  }

  heard(news: News): void {
    if (news.subject === 'operations.distress') void this.load()
  }

  async load(): Promise<void> {
    try {
      const answer = await get<{ items: Distress[]; endings: Coded[] }>('/distress')
      this.items = answer.items
      this.endings = answer.endings
    } catch {
      // What is known stays on the screen; whether the line holds is said above.
      return
    }
    for (const one of this.items) {
      if (this.seen.has(one.id)) continue
      this.seen.add(one.id)
      if (one.state === 'calling') { play('safety'); this.go(one) }
    }
    this.wishes.mark(this.items.flatMap((one) => (one.lon !== null && one.lat !== null ? [{ lon: one.lon, lat: one.lat, text: name(one) }] : [])))
    this.draw()
  }

  private ring(): void {
    if (this.items.some((one) => one.state === 'calling')) play('safety')
  }

  private go(one: Distress): void {
    if (one.lon !== null && one.lat !== null) this.wishes.show(one.lon, one.lat)
  }

  private async step(one: Distress, move: string, body: Record<string, string> = {}): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.problem = ''
    try {
      await post(`/distress/${one.id}/moves/${move}`, body)
    } catch (failure) {
      this.problem = problemText(failure)
    }
    this.busy = false
    await this.load()
    this.draw()
  }

  private draw(): void {
    this.box.hidden = !this.items.length
    render(html`${this.items.map((one) => this.row(one))}${this.problem ? html`<p role="alert">${icon('alert-triangle')} ${this.problem}</p>` : nothing}`, this.box)
  }

  private row(one: Distress): TemplateResult {
    const where = one.lon === null ? t('distress.no_place') : t(one.position_from === 'unit' ? 'distress.place_unit' : 'distress.place_phone', { ago: ago(one.place_at ?? one.raised_at) })
    return html`<div class="cry" data-state=${one.state} data-cry=${one.id}>${icon('alert-octagon')}
      <b>${t('distress.title')}</b><span class="cry-who">${name(one)} · ${one.agency.name}</span>
      <span class="num">${span(seconds(one.raised_at))}</span><span>${where}${one.accuracy_m ? ` ±${Math.round(one.accuracy_m)} m` : ''}</span>
      ${one.safe_at ? html`<span>${icon('shield-check')} ${t('distress.says_safe')}</span>` : nothing}
      ${one.answered_by ? html`<span>${t('distress.answered', { who: one.answered_by })}</span>` : nothing}
      <span class="cry-acts">${one.lon === null ? nothing : html`<button type="button" class="button" @click=${() => this.go(one)}>${icon('map-pin')} ${t('distress.locate')}</button>`}
      ${one.may_answer && one.state === 'calling' ? html`<button type="button" class="button is-primary" ?disabled=${this.busy} @click=${() => void this.step(one, 'answer')}>${t('distress.answer')}</button>` : nothing}
      ${one.may_answer && one.state === 'help_coming' ? html`<label class="sr" for="end-${one.id}">${t('distress.end')}</label><select id="end-${one.id}" class="select" @change=${(event: Event) => void this.step(one, 'end', { ending: (event.target as HTMLSelectElement).value })}>
        <option value="">${t('distress.end')}</option>${this.endings.map((how) => html`<option value=${how.code}>${say(how)}</option>`)}</select>` : nothing}</span></div>`
  }
}

const name = (one: Distress): string => [one.unit?.call_sign, one.person.name].filter(Boolean).join(' ')
