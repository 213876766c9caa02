import { nothing, render, type TemplateResult } from 'lit-html'
import { get, newKey, post, Problem, problemText } from '../shared/api'
import { stageOf } from '../shared/stage'
import type { Around, Matter, MatterDetail, MoveOffer, Order, Recommendation, Unit, Vocabulary } from '../shared/types'
import { t } from '../shared/words'
import { draftOf, dropDraft, fill, formOf, keepDraft } from './drafts'
import { cardView } from './view'

/** What the card shows beside the matter itself, and what is half-done on it. */
export interface CardState {
  matter: MatterDetail | null
  recommendation: Recommendation | null
  similar: (Matter & { why?: { zh: string; en: string }[] | string })[]
  vocabulary: Vocabulary | null
  around: Around | null
  sent: { name: string; share: number } | null
  busy: string
  problem: string
  note: string
  form: '' | `move:${string}` | 'handover' | `decline:${string}`
  picked: number
  full: boolean
  timeline: boolean
}

export interface CardHost {
  changed: (matter: MatterDetail) => void
  close?: () => void
  pickPlace?: (done: (lon: number, lat: number) => void) => void
  unit?: (id: string) => Unit | undefined
}

/**
 * One matter with everything that may be done to it: the same card beside the desk's queue and on the matter's own page.
 * A refused act leaves what was typed where it is and says why.
 */
export class MatterCard {
  readonly state: CardState
  private keys = new Map<string, string>()
  private readonly underWay = new Set<string>()
  private line: Promise<unknown> = Promise.resolve()

  constructor(private readonly root: HTMLElement, readonly host: CardHost, full = false) {
    this.state = {
      matter: null, recommendation: null, similar: [], vocabulary: null, around: null, sent: null, busy: '', problem: '', note: '', form: '', picked: 0, full, timeline: full,
    }
    window.setInterval(() => this.state.matter && this.draw(), 1000)
    root.addEventListener('input', (event) => {
      const form = (event.target as HTMLElement).closest<HTMLFormElement>('form[data-form]')
      if (form && this.number) keepDraft(this.number, form.dataset.form ?? '', form)
    })
  }

  get number(): string {
    return this.state.matter?.number ?? ''
  }

  async open(number: string): Promise<void> {
    if (number !== this.number) {
      Object.assign(this.state, { matter: null, recommendation: null, similar: [], around: null, problem: '', note: '', form: '', picked: 0 })
      this.keys.clear()
      // What was half-written here before another matter was opened stands there again.
      this.state.form = formOf(number) as CardState['form']
      this.filled.clear()
    }
    this.root.dataset.number = number
    this.draw()
    try {
      const matter = await get<MatterDetail>(`/matters/${number}`)
      if (this.root.dataset.number !== number) return
      this.show(matter)
      await this.more(number)
    } catch (failure) {
      this.state.problem = problemText(failure)
      this.draw()
    }
  }

  /** Takes a newer version of the matter that is open. */
  show(matter: MatterDetail): void {
    const have = this.state.matter
    if (have && have.number === matter.number && have.version > matter.version) return
    this.state.matter = matter
    this.host.changed(matter)
    this.draw()
  }

  close(): void {
    this.state.matter = null
    this.root.dataset.number = ''
    render(nothing, this.root)
  }

  draw(): void {
    render(this.root.dataset.number ? cardView(this) : nothing, this.root)
    this.refill()
  }

  private readonly filled = new Set<HTMLFormElement>()

  /** A form that has just come into being takes up its draft; what is being typed is never touched. */
  private refill(): void {
    const forms = this.state.matter ? this.root.querySelectorAll<HTMLFormElement>('form[data-form]') : []
    for (const form of forms) {
      if (this.filled.has(form)) continue
      this.filled.add(form)
      const values = draftOf(this.number, form.dataset.form ?? '')
      if (values) fill(form, values)
    }
  }

  /** Called off by the person. */
  dropForm(): void {
    dropDraft(this.number, this.state.form)
    this.set({ form: '' })
  }

  set(change: Partial<CardState>): void {
    Object.assign(this.state, change)
    this.draw()
  }

  /** The recommendation and the same-incident suggestion: only where they can still matter. */
  async more(number: string): Promise<void> {
    const matter = this.state.matter
    if (matter) get<Around>(`/matters/${number}/around`).then((around) => { if (this.number === number) this.set({ around }) }).catch(() => undefined)
    if (!matter) return
    if (matter.kind !== 'incident') return this.moreOfReport(matter.kind, matter.closed_at, number)
    const wanted = matter.state === 'waiting' || matter.state === 'ordered'
    const [recommendation, similar] = await Promise.allSettled([
      wanted && matter.lon !== null ? get<Recommendation>(`/matters/${number}/recommendation`) : Promise.resolve(null),
      wanted ? get<{ items: Matter[] }>(`/matters/${number}/similar`) : Promise.resolve({ items: [] }),
    ])
    if (this.number !== number) return
    if (recommendation.status === 'fulfilled') this.state.recommendation = recommendation.value
    if (similar.status === 'fulfilled') this.state.similar = similar.value.items
    this.draw()
  }

  /** Public reports are reported twice as well; for other kinds nothing is suggested. */
  private async moreOfReport(kind: string, closed: string | null | undefined, number: string): Promise<void> {
    if (closed || !['hazard', 'help_request', 'tip', 'community_info'].includes(kind)) return
    const found = await get<{ items: Matter[] }>(`/matters/${number}/similar`).catch(() => ({ items: [] as Matter[] }))
    if (this.number === number) this.set({ similar: found.items })
  }

  /**
   * Does one act after those begun before it: a key pressed while the last one is on its way is not lost. The same attempt
   * twice at once is one; repeated because no answer came it carries the same key, so it is never done twice.
   */
  act<T>(name: string, path: string, body: unknown = {}): Promise<T | null> {
    const attempt = `${path} ${JSON.stringify(body)}`
    if (this.underWay.has(attempt)) return Promise.resolve(null)
    this.underWay.add(attempt)
    const done = this.line.then(() => this.carryOut<T>(name, path, body, attempt)).finally(() => this.underWay.delete(attempt))
    this.line = done.catch(() => null)
    return done
  }

  private async carryOut<T>(name: string, path: string, body: unknown, attempt: string): Promise<T | null> {
    const key = this.keys.get(attempt) ?? newKey()
    this.keys.set(attempt, key)
    this.set({ busy: name, problem: '' })
    try {
      const answer = await post<T>(path, body, key)
      this.keys.delete(attempt)
      dropDraft(this.number, name)
      this.set({ busy: '', form: '', note: '' })
      // Looking again is not part of the act: the next key need not wait for it.
      void this.open(this.number)
      return answer
    } catch (failure) {
      if (!(failure instanceof Problem && failure.unreachable)) this.keys.delete(attempt)
      this.set({ busy: '', problem: problemText(failure) })
      if (failure instanceof Problem && failure.status === 409) void this.open(this.number).then(() => this.set({ problem: problemText(failure) }))
      return null
    }
  }

  order(unit: string, by_radio = false): Promise<Order | null> {
    return this.act<Order>(`order:${unit}`, `/matters/${this.number}/orders`, { unit, by_radio })
  }

  orderMove(order: string, move: string, body: Record<string, unknown> = {}): Promise<unknown> {
    return this.act(`${move}:${order}`, `/orders/${order}/moves/${move}`, body)
  }

  /** One key takes an order back; the trail says that the desk did. */
  recall(order: string): Promise<unknown> {
    return this.orderMove(order, 'recall', { reason: t('recall.reason') })
  }

  move(offer: MoveOffer, form: HTMLFormElement | null): Promise<unknown> {
    const facts: Record<string, unknown> = {}
    if (form) for (const [name, value] of new FormData(form)) if (value !== '') facts[name] = value
    return this.act(`move:${offer.name}`, `/matters/${this.number}/moves/${offer.name}`, facts)
  }

  link(other: string): Promise<unknown> {
    return this.act(`link:${other}`, `/matters/${this.number}/links`, { other, relation: 'same_incident' })
  }

  unlink(id: string): Promise<unknown> {
    return this.act(`unlink:${id}`, `/links/${id}/undo`)
  }

  place(lon: number, lat: number): Promise<unknown> {
    return this.act('place', `/matters/${this.number}/place`, { lon, lat, address: this.state.matter?.address ?? '' })
  }

  async handOver(form: HTMLFormElement): Promise<void> {
    const facts = new FormData(form)
    await this.act('handover', `/matters/${this.number}/handovers`, { agency: facts.get('agency'), mode: facts.get('mode'), text: facts.get('text') ?? '' })
  }

  pickPlace(): void {
    this.set({ note: t('map.pick') })
    this.host.pickPlace?.((lon, lat) => {
      this.set({ note: '' })
      void this.place(lon, lat)
    })
  }

  /** The units that may be chosen by number key, without those already ordered. */
  get choices(): Recommendation['units'] {
    const busy = new Set(this.state.matter?.orders.filter((order) => !['declined', 'recalled', 'done'].includes(order.state)).map((order) => order.unit.id))
    return (this.state.recommendation?.units ?? []).filter((one) => !busy.has(one.unit.id)).slice(0, 5)
  }

  /** Single keys of the desk while nobody is writing. True when the key was ours. */
  key(event: KeyboardEvent): boolean {
    const matter = this.state.matter
    if (!matter || event.ctrlKey || event.metaKey || event.altKey) return false
    const stage = stageOf(matter)
    const digit = Number(event.key)
    if (digit >= 1 && digit <= 5) return this.pick(digit - 1)
    if (event.key === 'Enter' && stage === 'waiting' && (event.target as HTMLElement).tagName !== 'BUTTON') return this.pick(0)
    const live = matter.orders.find((order) => ['ordered', 'delivered'].includes(order.state))
    if (event.key === 'a' && live) return this.did(this.orderMove(live.id, 'sign', { by_radio: true }))
    const recallable = matter.orders.find((order) => ['ordered', 'delivered', 'signed', 'under_way'].includes(order.state))
    if (event.key === 'r' && recallable) return this.did(this.recall(recallable.id))
    const [first] = this.state.similar
    if (event.key === 'l' && first) return this.did(this.link(first.number))
    const linked = matter.links.find((link) => !link.undone)
    if (event.key === 'u' && linked) return this.did(this.unlink(linked.id))
    if (event.key === 'h') return this.did(this.set({ form: 'handover' }))
    if (event.key === 'p' && this.host.pickPlace) return this.did(this.pickPlace())
    return false
  }

  private pick(at: number): boolean {
    const one = this.choices[at]
    if (!one) return false
    return this.did(this.order(one.unit.id))
  }

  private did(_: unknown): true {
    return true
  }
}

export type CardPart = TemplateResult | typeof nothing
