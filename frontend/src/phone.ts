import './css/tokens.css'
import './css/base.css'
import './css/phone.css'
import './css/distress.css'
import { render } from 'lit-html'
import { Outbox, type Tap } from './phone/outbox'
import { Positions } from './phone/position'
import { Sos } from './phone/sos'
import { phoneView } from './phone/view'
import { get, post, Problem, problemText } from './shared/api'
import { connectionChip } from './shared/connection'
import { byId } from './shared/dom'
import { wireHeader } from './shared/header'
import { stillHere } from './shared/idle'
import { Live } from './shared/live'
import { audible, play, wake } from './shared/tones'
import type { Me, Order } from './shared/types'
import { t } from './shared/words'

export type Mine = Me['orders'][number]

const POLL_MS = 20_000
/** A phone on duty stays signed in: an order must find it. */
const STILL_MS = 120_000
const RING_MS = 4000
const AFTER: Record<string, Order['state']> = { sign: 'signed', set_out: 'under_way', arrive: 'arrived', finish: 'done', decline: 'declined' }
const STAMP: Record<string, keyof Order> = { sign: 'signed_at', set_out: 'under_way_at', arrive: 'arrived_at', finish: 'done_at' }
const SHOWN: ReadonlySet<string> = new Set(['ordered', 'delivered', 'signed', 'under_way', 'arrived', 'done'])

/** The phone of an officer on duty: one order, one large button; what was tapped is never lost and never said to be sent before it is. */
export class Phone {
  me: Me | null = null
  /** Why the last tap was refused: stays until the next tap. */
  problem = ''
  /** Why this page could not be loaded: goes away by itself. */
  unread = ''
  notice = ''
  busy = false
  form: '' | 'decline' | 'finish' | 'feed_back' | 'call' | 'duty' = ''
  mapFor = ''
  readonly outbox = new Outbox(() => { this.draw(); void this.load() }, (tap, why) => this.refusedLater(tap, why))
  readonly positions = new Positions(() => this.me?.unit?.id ?? null, () => this.draw())
  readonly sos = new Sos(this.positions, () => this.draw(), () => this.load())
  private readonly root = byId('phone')
  private readonly told = new Set<string>()
  private loading = false
  private again = false

  /** The order that matters now: unsigned first, then the one under way, then what still lacks its feedback. */
  get current(): Mine | null {
    const rank = { ordered: 0, delivered: 0, arrived: 1, under_way: 2, signed: 3, done: 4, declined: 9, recalled: 9 }
    const open = (this.me?.orders ?? []).filter((one) => SHOWN.has(one.state) && !(one.state === 'done' && one.matter.state !== 'done'))
    return open.sort((a, b) => rank[a.state] - rank[b.state])[0] ?? null
  }

  async start(): Promise<void> {
    await this.outbox.start()
    await this.load()
    const chip = connectionChip(byId('connection'))
    new Live({
      onNews: (news) => {
        const mine = this.me?.orders.some((one) => one.matter.number === news.number)
        if (mine || news.subject === 'operations.distress' || /order/.test(news.subject) || /order/.test(news.act)) void this.load()
      },
      onReset: () => void this.load(),
      onState: (state, silent_ms) => chip(state, silent_ms),
    })
    window.setInterval(() => void this.load(), POLL_MS)
    window.setInterval(stillHere, STILL_MS)
    window.setInterval(() => this.ring(), RING_MS)
    window.setInterval(() => this.draw(), 1000)
    window.addEventListener('online', () => this.draw())
    window.addEventListener('offline', () => this.draw())
    document.addEventListener('visibilitychange', () => !document.hidden && void this.load())
  }

  async load(): Promise<void> {
    if (this.loading) {
      this.again = true
      return
    }
    this.loading = true
    try {
      const me = await get<Me>('/me')
      // Taps that wait are shown as done here: the person did them. The strip on top says that they are not delivered yet.
      for (const tap of this.outbox.taps) applyTap(me, tap)
      this.me = me
      this.sos.told(me.distress)
      this.unread = ''
      if (me.unit && me.unit.availability !== 'unavailable') this.positions.start()
      else this.positions.stop()
      this.receive()
    } catch (failure) {
      if (failure instanceof Problem && failure.status === 401) location.assign('/sign-in/?next=/phone')
      if (!(failure instanceof Problem && failure.unreachable)) this.unread = problemText(failure)
    }
    this.loading = false
    this.draw()
    if (this.again) {
      this.again = false
      void this.load()
    }
  }

  /** An order that stands on this screen is delivered: the receipt goes back at once, once. */
  private receive(): void {
    for (const order of this.me?.orders ?? []) {
      if (order.state !== 'ordered' || this.told.has(order.id)) continue
      this.told.add(order.id)
      this.ring()
      post(`/orders/${order.id}/moves/deliver`, { at: new Date().toISOString() }).catch(() => this.told.delete(order.id))
    }
  }

  private ring(): void {
    const order = this.current
    if (!order || (order.state !== 'ordered' && order.state !== 'delivered')) return
    play('unsigned')
    navigator.vibrate?.([300, 150, 300])
  }

  get silent(): boolean {
    return !audible()
  }

  async tap(move: string, extra: Record<string, unknown> = {}): Promise<void> {
    const order = this.current
    if (!order || this.busy) return
    this.busy = true
    this.problem = ''
    this.notice = ''
    this.draw()
    const fix = this.positions.last
    const body: Record<string, unknown> = { at: new Date().toISOString(), ...(fix ? { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m } : {}), ...extra }
    const ofMatter = move === 'feed_back'
    const path = ofMatter ? `/matters/${order.matter.number}/moves/feed_back` : `/orders/${order.id}/moves/${move}`
    const sent = await this.outbox.send({ path, body: ofMatter ? extra : body, order: order.id, label: t(`phone.${move}`) })
    this.busy = false
    this.form = ''
    if (sent.kind === 'refused') this.problem = sent.why
    else if (this.me) applyTap(this.me, { path, body, order: order.id, label: '', key: '' })
    this.draw()
    if (sent.kind !== 'kept') await this.load()
  }

  /** A call that came to the room's own telephone: taken here, and the own team sent with the same tap. */
  async ownCall(narrative: string, address: string): Promise<void> {
    const unit = this.me?.unit
    this.busy = true
    this.draw()
    try {
      const fix = this.positions.last
      const where = address ? { address } : fix ? { lon: fix.lon, lat: fix.lat } : {}
      const room = unit?.agency?.code ?? ''
      const call = { received_at: new Date().toISOString(), narrative, ...where }
      const taken = await post<{ number: string }>(room ? `/rooms/${room}/calls` : '/incidents', call)
      await post(`/matters/${taken.number}/team`, { room })
      this.form = ''
    } catch (failure) {
      this.problem = problemText(failure)
    }
    this.busy = false
    await this.load()
  }

  /** 增援: the house sends the next best unit to the same call. */
  async backup(): Promise<void> {
    const order = this.current
    if (!order || this.busy) return
    this.busy = true
    this.draw()
    try {
      await post(`/orders/${order.id}/backup`, { count: 1 })
      this.notice = t('phone.backup_sent')
    } catch (failure) {
      this.problem = problemText(failure)
    }
    this.busy = false
    await this.load()
  }

  async duty(availability: string, activity: string): Promise<void> {
    const unit = this.me?.unit
    if (!unit) return
    try {
      await post(`/units/${unit.id}/availability`, { availability, activity })
      this.form = ''
    } catch (failure) {
      this.problem = problemText(failure)
    }
    await this.load()
  }

  async map(): Promise<void> {
    const order = this.current
    if (!order || order.matter.lon === null || order.matter.lat === null) return
    if (this.mapFor === order.id) {
      this.mapFor = ''
      return this.draw()
    }
    this.mapFor = order.id
    this.draw()
    const { showMap } = await import('./phone/minimap')
    const box = document.getElementById('minimap')
    if (box && !box.dataset.made) {
      box.dataset.made = 'true'
      showMap(box, { lon: order.matter.lon, lat: order.matter.lat }, this.positions.last)
    }
  }

  set(form: Phone['form']): void {
    this.form = this.form === form ? '' : form
    this.draw()
  }

  draw(): void {
    render(phoneView(this), this.root)
  }

  private refusedLater(tap: Tap, why: string): void {
    this.problem = t('phone.refused_later', { what: tap.label, why })
    this.draw()
  }
}

function applyTap(me: Me, tap: Tap): void {
  const order = me.orders.find((one) => one.id === tap.order)
  if (!order) return
  const move = tap.path.split('/').at(-1) ?? ''
  if (move === 'feed_back') {
    order.matter.state = 'fed_back'
    return
  }
  const state = AFTER[move]
  const stamp = STAMP[move]
  if (state) order.state = state
  if (state === 'done' && order.matter.state === 'on_scene') order.matter.state = 'done'
  if (stamp && typeof tap.body.at === 'string') Object.assign(order, { [stamp]: tap.body.at })
}

wireHeader()
document.addEventListener('pointerdown', () => void wake())
document.addEventListener('keydown', () => void wake())
const phone = new Phone()
void phone.start()
