import { html, nothing, type TemplateResult } from 'lit-html'
import { newKey, post, Problem, problemText } from '../shared/api'
import type { Distress } from '../shared/distress'
import { icon } from '../shared/dom'
import { clock, seconds, span } from '../shared/time'
import { play } from '../shared/tones'
import { t } from '../shared/words'
import { metres, type Fix, type Positions } from './position'

/** A telephone that may be called when the cry does not go. */
export interface Call { name: string; phone: string }

const HOLD_MS = 1200
const AGAIN_MS = 2000
/** While it runs the desk hears where the phone is this often. */
const PLACE_MS = 10_000
const RING_MS = 4000
const MOVED_M = 20

/**
 * The officer's cry for help: held, not tapped, so that a pocket does not cry. It is sent until the house has it; until then the page says
 * that it has not arrived. Colleagues' cries stand above everything too.
 */
export class Sos {
  private wanted = false
  private key = ''
  private timer = 0
  private failure = ''
  private known: Distress[] = []
  private sent: Fix | null = null

  constructor(private readonly positions: Positions, private readonly changed: () => void, private readonly load: () => Promise<void>, private readonly calls: () => Call[] = () => []) {
    window.setInterval(() => { if (this.mine && this.moved) void this.send(newKey()) }, PLACE_MS)
    window.setInterval(() => { if (this.known.some((one) => !one.mine && one.state === 'calling')) { play('safety'); navigator.vibrate?.([600, 200, 600]) } }, RING_MS)
  }

  get mine(): Distress | undefined { return this.known.find((one) => one.mine) }

  private get moved(): boolean {
    const fix = this.positions.last
    return fix !== null && (this.sent === null || metres(this.sent, fix) > MOVED_M)
  }

  told(items: Distress[]): void {
    this.known = items
    if (this.mine) this.wanted = false
  }

  private down(event: PointerEvent): void {
    (event.currentTarget as HTMLElement).classList.add('is-held')
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.cry(), HOLD_MS)
  }

  private up(event: PointerEvent): void {
    (event.currentTarget as HTMLElement).classList.remove('is-held')
    window.clearTimeout(this.timer)
  }

  private cry(): void {
    if (this.wanted || this.mine) return
    this.wanted = true
    this.key = newKey()
    navigator.vibrate?.([200, 100, 200, 100, 600])
    this.positions.start()
    void this.send(this.key)
    this.changed()
  }

  private async send(key: string): Promise<void> {
    const fix = this.positions.last
    try {
      await post('/distress', { at: new Date().toISOString(), ...(fix ? { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m } : {}) }, key)
      this.failure = ''
      this.sent = fix
      await this.load()
    } catch (failure) {
      if (!this.wanted) return
      this.failure = problemText(failure)
      // The same cry under the same key until it is there; a refusal by the house is another cry.
      const next = failure instanceof Problem && failure.unreachable ? key : newKey()
      window.setTimeout(() => { if (this.wanted) void this.send(next) }, AGAIN_MS)
    }
    this.changed()
  }

  private async safe(): Promise<void> {
    const mine = this.mine
    if (!mine) return
    try {
      await post(`/distress/${mine.id}/moves/safe`, {})
      this.failure = ''
    } catch (failure) {
      this.failure = problemText(failure)
    }
    await this.load()
  }

  /** The button, beside what is true of the phone. */
  button(): TemplateResult | typeof nothing {
    if (this.wanted || this.mine) return nothing
    return html`<button type="button" class="sos" aria-label=${`SOS ${t('sos.hold')}`} title=${t('sos.hold')} @pointerdown=${(event: PointerEvent) => this.down(event)} @pointerup=${(event: PointerEvent) => this.up(event)}
        @pointerleave=${(event: PointerEvent) => this.up(event)} @contextmenu=${(event: Event) => event.preventDefault()} @click=${(event: MouseEvent) => { if (event.detail === 0) this.cry() }}>SOS</button>`
  }

  /** What became of the cry, and who else cries: above everything. */
  view(): TemplateResult {
    const mine = this.mine
    return html`${this.wanted && !mine ? html`<section class="sos-panel" role="alert" data-sos=${this.failure ? 'not_there' : 'sending'}>${icon('alert-octagon')}<b>${t(this.failure ? 'sos.failed' : 'sos.sending')}</b><span>${this.failure ? t('sos.not_there', { why: this.failure }) : t('sos.wait')}</span>
        ${this.failure ? [{ name: '110', phone: '110' }, ...this.calls()].map((one) => html`<a class="big" data-call=${one.phone} href="tel:${one.phone}">${icon('phone')} ${t('sos.call', { who: one.name })}</a>`) : nothing}</section>` : nothing}
      ${mine ? html`<section class="sos-panel" role="alert" data-sos=${mine.state}><b>${t(mine.state === 'calling' ? 'sos.there' : 'sos.answered')}</b>
        <span>${mine.answered_at ? t('distress.answered', { who: mine.answered_by ?? '' }) : t('sos.heard', { at: clock(mine.raised_at) })}</span>
        ${mine.safe_at ? html`<span>${icon('shield-check')} ${t('sos.said_safe')}</span>` : html`<button type="button" class="big" @click=${() => void this.safe()}>${t('sos.safe')}</button>`}</section>` : nothing}
      ${this.known.filter((one) => !one.mine).map((one) => html`<section class="sos-panel" role="alert"><b>${t('distress.title')} ${one.person.name}</b>
        <span>${[one.unit?.call_sign, one.agency.name, span(seconds(one.raised_at))].filter(Boolean).join(' · ')}</span>
        ${one.lon === null ? nothing : html`<a class="big" href="/map?c=${one.lon},${one.lat},16">${icon('map-pin')} ${t('distress.locate')}</a>`}</section>`)}`
  }
}
