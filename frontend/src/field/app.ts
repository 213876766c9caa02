import { render } from 'lit-html'
import { Positions } from '../phone/position'
import { Sos, type Call } from '../phone/sos'
import { get, Problem } from '../shared/api'
import { byId } from '../shared/dom'
import { stillHere } from '../shared/idle'
import { Live } from '../shared/live'
import { play, wake } from '../shared/tones'
import type { Me } from '../shared/types'
import { sayWiped } from './house'
import { keepSetting, profiles, setting, touch, type Profile } from './profiles'
import { draftKey, Sheet } from './sheet'
import { isOver, keyOf, needsFiles, Store, StorageFull } from './store'
import { Sync } from './sync'
import type { FormSpec, Forms, Item, OpRow, Trouble } from './types'
import { headView, pageView, tabsView } from './views/frame'

const POLL_MS = 60_000
const POLL_DUTY_MS = 20_000
const STILL_MS = 120_000
const RING_MS = 4000
const LOCK_AFTER_MS = 600_000
/** Delivered records stay readable on the phone this long. */
const KEEP_DELIVERED_MS = 3 * 86_400_000
const MOST_TROUBLES = 300
/** The group of forms that are done by the app itself: receipts. */
const UNSEEN = 'unseen'

/** The app of one officer while it is unlocked: what he took along, what he did, and how much of it the house has. */
export class Field {
  items: Item[] = []
  ops: OpRow[] = []
  forms: Forms = { version: '', forms: [] }
  drafts: string[] = []
  troubles: Trouble[] = []
  filesLeft = 0
  /** The phone said that it has no room. Stays until there is room, whatever small things still fit. */
  full = false
  savesData = false
  sending: { name: string; share: number } | null = null
  sheet: Sheet | null = null
  others = 0
  query = ''
  unit: string | null = null
  update: (() => void) | null = null
  /** Telephones of one's own house, for when nothing else goes. */
  calls: Call[] = []
  readonly sync: Sync
  readonly positions = new Positions(() => this.unit, () => this.draw())
  readonly sos = new Sos(this.positions, () => this.draw(), () => this.learnUnit(), () => this.calls)
  private readonly told = new Set<string>()
  private polled = 0
  private hiddenAt = 0
  private live: Live | null = null

  constructor(readonly profile: Profile, readonly store: Store) {
    this.sync = new Sync(this)
  }

  async start(): Promise<void> {
    await this.expire()
    this.items = await this.store.items()
    this.ops = await this.store.ops()
    this.forms = (await this.store.sealedNote<Forms>('forms')) ?? this.forms
    this.troubles = (await this.store.sealedNote<Trouble[]>('troubles')) ?? []
    this.calls = (await this.store.sealedNote<Call[]>('calls')) ?? []
    this.savesData = (await setting<boolean>('saves_data')) ?? false
    this.others = (await profiles()).filter((one) => one.person !== this.profile.person).reduce((sum, one) => sum + one.waiting, 0)
    await this.countFiles()
    this.full = !(await this.store.spared())
    this.listen()
    await this.route()
    void this.sync.run()
    void navigator.storage?.persist?.()
  }

  private listen(): void {
    window.addEventListener('hashchange', () => void this.route())
    for (const kind of ['online', 'offline']) window.addEventListener(kind, () => void this.sync.run())
    document.addEventListener('pointerdown', () => void wake())
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) {
        this.hiddenAt = Date.now()
        void this.sheet?.keep()
      } else if (this.hiddenAt && Date.now() - this.hiddenAt > LOCK_AFTER_MS) this.lock()
      else void this.sync.run()
    })
    window.setInterval(() => this.tick(), 1000)
    window.setInterval(() => !document.hidden && this.sync.line === 'idle' && stillHere(), STILL_MS)
    window.setInterval(() => this.ring(), RING_MS)
  }

  private tick(): void {
    if (this.items.length && this.expired) void this.expire().then(() => this.reloadItems())
    const every = this.items.some((one) => one.data.group === 'now') || this.unit ? POLL_DUTY_MS : POLL_MS
    if (!document.hidden && navigator.onLine && Date.now() - this.polled > every) {
      this.polled = Date.now()
      void this.sync.run()
    }
    this.draw()
  }

  /** Locking forgets the key: nothing of it stays in memory. */
  lock(): void {
    location.reload()
  }

  // What is shown.

  draw(): void {
    render(headView(this), byId('field-head'))
    render(pageView(this), byId('field'))
    render(tabsView(this), byId('field-tabs'))
  }

  /** The page by its address, so that the phone's own way back works. */
  get at(): string[] {
    return (location.hash.slice(1) || 'today').split('/').map(decodeURIComponent)
  }

  go(...to: string[]): void {
    location.hash = to.map(encodeURIComponent).join('/')
  }

  async route(): Promise<void> {
    const [page, act, subject] = this.at
    if (this.sheet && page !== 'form' && page !== 'again') {
      await this.sheet.keep()
      this.sheet = null
    }
    const form = page === 'form' && act ? this.form(act) : null
    const item = subject ? this.items.find((one) => keyOf(one) === subject) ?? null : null
    // What was begun from the first page, with a photo in it, is open already.
    if (form && this.sheet?.key !== draftKey(form.act, item)) this.sheet = await Sheet.open(this, form, item)
    if (page === 'again') {
      const row = this.ops.find((one) => one.id === act)
      this.sheet = row ? Sheet.again(this, row) : null
    }
    this.drafts = (await this.store.drafts()).filter((key) => this.form(key.split('|')[0] ?? ''))
    this.draw()
    window.scrollTo(0, 0)
    if (page !== 'today') byId('field').focus({ preventScroll: true })
  }

  form(act: string): FormSpec | null {
    return this.forms.forms.find((one) => one.act === act) ?? null
  }

  item(of: { type: string; id: string }): Item | null {
    return this.items.find((one) => one.type === of.type && one.id === of.id) ?? null
  }

  /** What was done with an item here and is not answered yet, in order. */
  pending(item: Item): OpRow[] {
    return this.ops.filter((row) => (row.state === 'kept' || row.state === 'later') && row.op.record === item.id)
  }

  /** The item's state as its officer sees it: what he did counts, delivered or not. */
  stateOf(item: Item): string {
    const last = this.pending(item).map((row) => this.form(row.form)?.to ?? '').filter(Boolean).at(-1)
    return last ?? item.data.state ?? ''
  }

  /** What can be done with an item now; the first is the large button. Offline the forms say what a new state offers. */
  actsOf(item: Item): FormSpec[] {
    const acts = item.data.acts ?? []
    const state = this.stateOf(item)
    const offered = (one: FormSpec | null): one is FormSpec => one !== null && one.group !== UNSEEN
    if (state === item.data.state) return acts.map((act) => this.form(act)).filter(offered)
    const types = new Set(acts.map((act) => this.form(act)?.subject))
    const told: Record<string, unknown> = { ...item.data, state }
    const fits = (one: FormSpec): boolean => Object.entries(one.when ?? {}).every(([name, among]) => among.includes(String(told[name] ?? '')))
    return this.forms.forms
      .filter((one) => types.has(one.subject) && fits(one) && offered(one))
      .sort((a, b) => (a.order ?? 50) - (b.order ?? 50))
  }

  // What is counted.

  get waiting(): number {
    return this.ops.filter((row) => row.state === 'kept' || row.state === 'later').length
  }

  get asked(): number {
    return this.ops.filter((row) => row.state === 'rejected' || row.state === 'conflict').length
  }

  async countFiles(): Promise<void> {
    const named = new Set(this.ops.filter(needsFiles).flatMap((row) => row.files))
    this.filesLeft = (await this.store.files()).filter((one) => !one.done && named.has(one.sha256)).length
  }

  nameOf(sha256: string): string {
    for (const row of this.ops) {
      for (const change of Object.values(row.op.changed)) {
        const found = Array.isArray(change.new) ? (change.new as { sha256?: string; name?: string }[]).find((one) => one?.sha256 === sha256) : undefined
        if (found?.name) return found.name
      }
    }
    return sha256.slice(0, 8)
  }

  // What is done.

  /** One tap or one filled sheet: kept here first, whatever the line does, and only then sent. */
  async keep(sheet: Sheet): Promise<boolean> {
    if (sheet.busy || !sheet.check()) {
      this.draw()
      return false
    }
    sheet.busy = true
    try {
      await sheet.keep()
      const made = await this.store.addOps(sheet.operations(this.profile.person), sheet.key, sheet.replaces)
      this.ops = [...this.ops.map((row) => (row.id === sheet.replaces ? { ...row, state: 'replaced' as const } : row)), ...made]
      if (this.sheet === sheet) this.sheet = null
    } catch (failure) {
      sheet.busy = false
      if (!(failure instanceof StorageFull)) throw failure
      this.full = true
      this.draw()
      return false
    }
    await this.countFiles()
    await this.counted()
    void this.sync.run()
    return true
  }

  /** An act that asks for nothing, or only for where one stands, is done by the tap itself. */
  async tap(form: FormSpec, item: Item): Promise<void> {
    if (form.inputs.some((one) => one.required || one.kind !== 'place')) return this.go('form', form.act, keyOf(item))
    const sheet = await Sheet.open(this, form, item)
    const fix = this.positions.last
    for (const one of form.inputs) if (fix && sheet.parts[0]) sheet.parts[0].values[one.name] = { lon: fix.lon, lat: fix.lat, accuracy_m: Math.round(fix.accuracy_m) }
    await this.keep(sheet)
    this.draw()
  }

  async change(row: OpRow): Promise<void> {
    this.ops = this.ops.map((one) => (one.id === row.id ? row : one))
    await this.store.putOp(row)
    this.draw()
  }

  /** Its author does not send it again: it counts no more, and stays readable for some days. */
  async end(row: OpRow): Promise<void> {
    await this.change({ ...row, state: 'ended', answered_at: new Date().toISOString() })
    await this.settled()
  }

  async note(what: string, code: string, why: string): Promise<void> {
    this.troubles = [...this.troubles, { at: new Date().toISOString(), what, code, why }].slice(-MOST_TROUBLES)
    await this.store.putSealedNote('troubles', this.troubles).catch(() => undefined)
  }

  async keepCalls(calls: Call[]): Promise<void> {
    if (JSON.stringify(calls) === JSON.stringify(this.calls)) return
    this.calls = calls
    await this.store.putSealedNote('calls', calls)
  }

  async reloadItems(): Promise<void> {
    this.items = await this.store.items()
    this.draw()
  }

  /** After a round: old delivered records and their files make room, the counts stand in clear for the lock screen. */
  async settled(): Promise<void> {
    if (this.sync.line === 'idle') {
      const old = Date.now() - KEEP_DELIVERED_MS
      const over = this.ops.filter((row) => isOver(row) && Date.parse(row.answered_at ?? row.op.device_at) < old)
      const open = new Set((await this.store.files()).filter((one) => !one.done).map((one) => one.sha256))
      const free = over.filter((row) => !needsFiles(row) || !row.files.some((one) => open.has(one)))
      if (free.length) await this.forget(free)
      await this.learnUnit()
    }
    await this.countFiles()
    await this.counted()
    await this.lookForRoom()
  }

  /** A phone that was full is so until there is room again. */
  async lookForRoom(): Promise<void> {
    if (this.full) this.full = !(await this.store.roomy())
    this.draw()
  }

  /** Room for new things: what the house has already goes from here. */
  async makeRoom(): Promise<void> {
    const done = new Set((await this.store.files()).filter((one) => !one.done).map((one) => one.sha256))
    await this.forget(this.ops.filter((row) => isOver(row) && (!needsFiles(row) || !row.files.some((one) => done.has(one)))))
    await this.lookForRoom()
  }

  private async forget(rows: OpRow[]): Promise<void> {
    const ids = new Set(rows.map((row) => row.id))
    this.ops = this.ops.filter((row) => !ids.has(row.id))
    await this.store.deleteOps([...ids])
    await this.store.freeFiles(new Set(this.ops.filter(needsFiles).flatMap((row) => row.files)))
  }

  private async counted(): Promise<void> {
    await touch(this.profile, { waiting: this.waiting + this.filesLeft, asked: this.asked })
  }

  /** What was taken along ends by the house's clock, also when this phone's own is wrong. */
  private get expired(): boolean {
    const ends = this.profile.expires_at ? Date.parse(this.profile.expires_at) : Infinity
    return Date.now() + this.profile.skew_ms > ends
  }

  private async expire(): Promise<void> {
    if (this.expired) await this.store.dropItems()
  }

  /** The house closed this phone: what it has goes at once, what it lacks stays sealed for a full sign-in. */
  async closedByHouse(): Promise<void> {
    if (this.profile.closed === 'wipe') return
    await touch(this.profile, { by_pin: null, closed: 'wipe', expires_at: null })
    this.store.close()
    await Store.shed(this.profile.person)
    await sayWiped(this.profile.device).catch(() => undefined)
    location.reload()
  }

  async saveData(on: boolean): Promise<void> {
    this.savesData = on
    await keepSetting('saves_data', on)
    void this.sync.run()
  }

  // Orders: they ring, they are received, and the desk sees where the unit is.

  private async learnUnit(): Promise<void> {
    this.live ??= new Live({ onNews: (news) => { if (/order|matter|distress/.test(news.subject)) void this.sync.run() }, onReset: () => undefined, onState: () => undefined })
    try {
      const { unit, distress } = await get<Me>('/me')
      this.sos.told(distress)
      this.unit = unit && unit.availability !== 'unavailable' ? unit.id : null
      if (this.unit) this.positions.start()
      else this.positions.stop()
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure
    }
    await this.receive()
  }

  /** An order that stands on this screen is delivered: said once. */
  private async receive(): Promise<void> {
    const form = this.form('order.deliver')
    for (const item of this.items) {
      if (!form || item.data.state !== 'ordered' || this.told.has(item.id) || this.pending(item).length) continue
      if (!item.data.acts?.some((act) => act.startsWith('order.'))) continue
      this.told.add(item.id)
      this.ring()
      await this.keep(await Sheet.open(this, form, item))
    }
  }

  private ring(): void {
    if (!this.items.some((one) => one.data.group === 'now' && ['ordered', 'delivered'].includes(this.stateOf(one)))) return
    play('unsigned')
    navigator.vibrate?.([300, 150, 300])
  }
}
