import '../css/joint.css'
import { html, nothing, render, type TemplateResult } from 'lit-html'
import { get, post, problemText, Problem } from '../shared/api'
import { icon } from '../shared/dom'
import { offer } from '../shared/palette'
import { span } from '../shared/time'
import { toast } from '../shared/toast'
import type { Coded, Matter, Order, Recommended } from '../shared/types'
import { say, t } from '../shared/words'
import type { Store } from './store'

interface Assigned { incident: string; suggestion: Recommended | null; reasons: Coded[] }
interface Plan { assigned: Assigned[]; cost: number; greedy_cost: number }
interface Answer { matters: string[]; plan: Plan | null }

const MOST = 30
const FEWEST = 2

/**
 * Several calls wait: one strip above the queue offers the best joint assignment; one confirmation orders all of it. What is
 * confirmed is what was shown, as long as its units are free; when one was taken meanwhile nothing is ordered, and the plan of
 * now is shown.
 */
export class Joint {
  private readonly strip = document.createElement('div')
  private readonly box = document.createElement('dialog')
  private shown: Answer | null = null
  private busy = false
  private problem = ''
  private was = ''

  constructor(after: HTMLElement, private readonly store: Store) {
    this.strip.className = 'joint-strip'
    this.strip.hidden = true
    after.after(this.strip)
    this.box.className = 'dialog joint'
    this.box.setAttribute('aria-labelledby', 'joint-title')
    document.body.append(this.box)
    store.listen(() => this.drawStrip())
    offer(() => (this.waitingCount >= FEWEST
      ? [{ words: t('joint.offer'), icon: 'share', group: t('palette.desk'), also: 'joint all waiting', run: () => void this.open() }]
      : []))
  }

  /** Calls that wait and stand on the map, the most urgent first, then the oldest. */
  private get waiting(): Matter[] {
    return [...this.store.matters.values()]
      .filter((one) => one.state === 'waiting' && one.lon !== null)
      .sort((a, b) => (a.priority ?? 9) - (b.priority ?? 9) || a.received_at.localeCompare(b.received_at))
      .slice(0, MOST)
  }

  private get waitingCount(): number {
    let count = 0
    for (const one of this.store.matters.values()) if (one.state === 'waiting' && one.lon !== null) count++
    return count
  }

  private get free(): number {
    let count = 0
    for (const unit of this.store.units.values()) if (unit.availability === 'available' && !unit.order && unit.lon !== null) count++
    return count
  }

  private drawStrip(): void {
    const waiting = this.waitingCount
    const free = this.free
    const now = waiting < FEWEST ? '' : `${waiting}/${Math.min(free, waiting)}`
    if (now === this.was) return
    this.was = now
    this.strip.hidden = !now
    if (!now) return
    const short = free < waiting
    this.strip.toggleAttribute('data-short', short)
    render(html`${icon(short ? 'alert-triangle' : 'share')}<span>${t(short ? 'joint.short' : 'joint.several', { n: waiting, free })}</span>
      <button type="button" class="button is-small ${short ? 'is-primary' : ''}" @click=${() => void this.open()}>${t('joint.offer')}</button>`, this.strip)
  }

  /** Asks for the plan of now and shows it. */
  async open(): Promise<void> {
    this.shown = null
    this.problem = ''
    this.busy = true
    this.draw()
    if (!this.box.open) this.box.showModal()
    await this.ask()
  }

  private async ask(): Promise<void> {
    const numbers = this.waiting.map((one) => `matters=${encodeURIComponent(one.number)}`)
    try {
      this.shown = numbers.length ? await get<Answer>(`/dispatch/joint?${numbers.join('&')}`) : { matters: [], plan: null }
    } catch (failure) {
      this.problem = problemText(failure)
    }
    this.busy = false
    this.draw()
  }

  private get served(): Assigned[] {
    return this.shown?.plan?.assigned.filter((one) => one.suggestion) ?? []
  }

  private async confirm(): Promise<void> {
    if (this.busy || !this.shown) return
    this.busy = true
    this.problem = ''
    this.draw()
    const expected = Object.fromEntries(this.served.map((one) => [one.incident, one.suggestion?.unit.id]))
    try {
      const answer = await post<{ orders: Order[] }>('/dispatch/joint', { matters: this.shown.matters, expected })
      this.box.close()
      toast(t('joint.done', { n: answer.orders.length }))
      for (const number of this.shown.matters) this.store.want(number)
    } catch (failure) {
      this.problem = problemText(failure)
      if (failure instanceof Problem && failure.status === 409) await this.ask()
    }
    this.busy = false
    this.draw()
  }

  private draw(): void {
    const served = this.served.length
    render(html`<header><h2 id="joint-title">${t('joint.title')}</h2>
      <button type="button" class="icon-button" title=${t('action.close')} @click=${() => this.box.close()}>${icon('x')}<span class="sr">${t('action.close')}</span></button></header>
      <div class="inside">${this.problem ? html`<p class="notice is-danger" role="alert">${icon('alert-triangle')}<span>${this.problem}</span></p>` : nothing}
      ${this.list()}
      ${served ? html`<div class="form-end"><button type="button" class="button" @click=${() => this.box.close()}>${t('action.close')}</button>
        <button type="button" class="button is-primary" ?disabled=${this.busy} @click=${() => void this.confirm()}>${icon('send')} ${t('joint.confirm', { n: served })}</button></div>` : nothing}</div>`, this.box)
  }

  private list(): TemplateResult | typeof nothing {
    if (!this.shown) return this.problem ? nothing : html`<p class="quiet" role="status">${t('state.loading')}</p>`
    if (!this.shown.plan) return html`<p class="quiet">${t('joint.nothing')}</p>`
    return html`<ol class="joint-list">${this.shown.plan.assigned.map((one) => this.line(one))}</ol>`
  }

  private line(one: Assigned): TemplateResult {
    const matter = this.store.matters.get(one.incident)
    const unit = one.suggestion
    return html`<li data-number=${one.incident}><span class="joint-call"><b>${matter ? matter.title || say(matter.category) : one.incident}</b><small>${matter?.address ?? ''}</small></span>
      ${unit ? html`<span class="joint-unit"><b>${unit.unit.call_sign}</b><small>${span(unit.eta_s)}</small></span>`
    : html`<span class="joint-unit is-none"><b>${t('joint.nobody')}</b></span>`}
      <small class="joint-why">${say(one.reasons)}</small></li>`
  }
}
