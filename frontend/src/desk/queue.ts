import { iconElement, setText } from '../shared/dom'
import { stateIcon } from '../shared/parts'
import { liveOrders, overdueOrder, stageOf, urgency, type Stage } from '../shared/stage'
import { ago, exact, seconds, span } from '../shared/time'
import type { Matter } from '../shared/types'
import { lang, say, t } from '../shared/words'
import type { Change, Store } from './store'
import { VirtualList } from './virtual'

type Filter = 'all' | 'now' | 'running' | 'after'
const FILTERS: readonly Filter[] = ['all', 'now', 'running', 'after']

interface Row extends HTMLElement { parts: Parts }
interface Parts {
  priority: HTMLElement; title: HTMLElement; place: HTMLElement; when: HTMLElement; stage: HTMLElement; stageText: HTMLElement
  use: SVGUseElement; units: HTMLElement; number: HTMLElement; warn: HTMLElement; was: string
}

const ROW_PX = 76
/** While a finger or the pointer was over the list this recently, rows keep their places. */
const HOLD_MS = 3000

/** The queue: every open matter, those that need somebody now on top. Only the rows in sight exist. */
export class Queue {
  private readonly list: VirtualList<Matter, Row>
  private filter: Filter = 'all'
  private sorted: Matter[] = []
  private holdUntil_ms = 0
  private held = false
  private readonly counts: Record<Filter, HTMLElement>

  constructor(box: HTMLElement, tabs: HTMLElement, private readonly empty: HTMLElement, private readonly newer: HTMLElement, private readonly store: Store, private readonly choose: (matter: Matter) => void) {
    this.list = new VirtualList<Matter, Row>(box, { height_px: ROW_PX, key: (matter) => matter.number, make, fill, choose })
    this.counts = this.makeTabs(tabs)
    store.listen((change) => this.changed(change))
    for (const kind of ['pointermove', 'pointerdown', 'wheel', 'keydown'] as const) box.addEventListener(kind, () => { this.holdUntil_ms = Date.now() + HOLD_MS }, { passive: true })
    box.addEventListener('pointerleave', () => this.release())
    newer.addEventListener('click', () => {
      this.release()
      box.scrollTop = 0
    })
    window.setInterval(() => this.tick(), 1000)
  }

  /** The next row (1) or the one before (-1), from wherever the focus is. */
  step(by: 1 | -1): void {
    const at = this.sorted.findIndex((one) => one.number === this.list.chosen)
    const next = this.sorted[Math.max(0, Math.min(this.sorted.length - 1, at < 0 ? 0 : at + by))]
    if (!next) return
    this.holdUntil_ms = Date.now() + HOLD_MS
    this.list.select(next.number, true)
    this.choose(next)
  }

  /** The next of the four lists: all, now, running, after. */
  turn(by: 1 | -1): void {
    const name = FILTERS[(FILTERS.indexOf(this.filter) + by + FILTERS.length) % FILTERS.length]
    if (name) (this.counts[name].closest('button') as HTMLButtonElement).click()
  }

  private release(): void {
    this.holdUntil_ms = 0
    if (this.held) this.show()
  }

  select(number: string, show = false): void {
    this.list.select(number, show)
  }

  /** The first matter that waits, for the key that jumps to it. */
  get first(): Matter | undefined {
    return this.sorted[0]
  }

  private makeTabs(tabs: HTMLElement): Record<Filter, HTMLElement> {
    const counts = {} as Record<Filter, HTMLElement>
    for (const name of FILTERS) {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'tab'
      button.setAttribute('aria-pressed', String(name === this.filter))
      button.append(t(`queue.${name}`), ' ')
      counts[name] = document.createElement('b')
      button.append(counts[name])
      button.addEventListener('click', () => {
        this.filter = name
        this.holdUntil_ms = 0
        for (const other of tabs.children) other.setAttribute('aria-pressed', String(other === button))
        this.show()
      })
      tabs.append(button)
    }
    return counts
  }

  private changed(change: Change): void {
    if (change.all || change.matters.size) this.show()
  }

  private show(): void {
    const groups: Record<Filter, number> = { all: 0, now: 0, running: 0, after: 0 }
    const keyed: { matter: Matter; group: number; at: number }[] = []
    for (const matter of this.store.matters.values()) {
      const group = urgency(matter)
      const name: Filter = group === 0 ? 'now' : group === 1 ? 'running' : 'after'
      groups[name]++
      groups.all++
      if (this.filter !== 'all' && this.filter !== name) continue
      keyed.push({ matter, group, at: Date.parse(matter.received_at) })
    }
    keyed.sort((a, b) => a.group - b.group || (a.group === 0 ? (a.matter.priority ?? 9) - (b.matter.priority ?? 9) || a.at - b.at : b.at - a.at))
    this.keep(keyed.map((one) => one.matter))
    for (const name of FILTERS) setText(this.counts[name], this.store.loaded ? String(groups[name]) : '…')
    this.counts.now.classList.toggle('hot', groups.now > 0)
    this.list.set(this.sorted)
    this.empty.hidden = this.sorted.length > 0
    if (this.store.loaded) setText(this.empty, this.store.failed || t('queue.empty'))
  }

  /** Takes the new order; while somebody is at the list it keeps the old one and says how many calls are waiting to be let in. */
  private keep(fresh: Matter[]): void {
    const shown = new Set(this.sorted.map((one) => one.number))
    const order = fresh.map((one) => one.number).join()
    this.held = Date.now() < this.holdUntil_ms && this.sorted.length > 0 && order !== this.sorted.map((one) => one.number).join()
    const newcomers = this.held ? fresh.filter((one) => !shown.has(one.number)).length : 0
    // A row that ended meanwhile stays where the finger is, as it last was.
    this.sorted = this.held ? this.sorted.map((one) => this.store.matters.get(one.number) ?? one) : fresh
    this.newer.hidden = newcomers === 0
    if (newcomers) setText(this.newer, t('queue.newer', { n: newcomers }))
  }

  private beats = 0
  private tick(): void {
    if (++this.beats % 5 === 0 || (this.held && Date.now() > this.holdUntil_ms)) this.show()
    else this.list.refresh()
  }
}

function span_(name: string): HTMLElement {
  const node = document.createElement('span')
  node.className = name
  return node
}

function make(): Row {
  const row = document.createElement('div') as unknown as Row
  row.className = 'call'
  const parts = {
    priority: span_('call-priority'), title: span_('call-title'), place: span_('call-place'), when: span_('call-when'), stage: span_('stage'),
    stageText: span_('stage-text'), units: span_('call-units'), number: span_('call-number'), warn: span_('call-warn'), was: '',
  }
  const picture = iconElement('phone')
  parts.stage.append(picture, parts.stageText)
  parts.warn.append(iconElement('alert-triangle'))
  row.append(parts.priority, parts.title, parts.when, parts.place, parts.warn, parts.stage, parts.units, parts.number)
  row.parts = { ...parts, use: picture.firstElementChild as SVGUseElement }
  return row
}

/** What the clock of a row counts: waiting since it was received, unsigned since it was ordered, else when it came in. */
function running(matter: Matter, stage: Stage): string {
  if (stage === 'waiting') return span(seconds(matter.received_at))
  if (stage === 'unsigned') return span(seconds(liveOrders(matter)[0]?.ordered_at ?? null))
  return ago(matter.received_at)
}

function fill(row: Row, matter: Matter): void {
  const { parts } = row
  const stage = stageOf(matter)
  const overdue = overdueOrder(matter) !== null
  setText(parts.when, running(matter, stage))
  row.classList.toggle('is-late', matter.late || overdue)
  const was = `${matter.number}:${matter.version}:${stage}:${lang}`
  if (parts.was === was) return
  parts.was = was
  row.dataset.stage = stage
  row.dataset.priority = String(matter.priority ?? '')
  setText(parts.priority, String(matter.priority ?? '–'))
  setText(parts.title, matter.title || say(matter.category) || t('matter.untitled'))
  setText(parts.place, matter.address || matter.grid?.name || t('matter.no_place'))
  parts.place.classList.toggle('is-missing', matter.lon === null)
  parts.when.title = exact(matter.received_at)
  parts.stage.dataset.stage = stage
  setText(parts.stageText, t(`stage.${stage}`))
  const icons = parts.use.getAttribute('href')?.split('#')[0] ?? ''
  parts.use.setAttribute('href', `${icons}#${stateIcon(stage)}`)
  setText(parts.units, liveOrders(matter).map((order) => order.unit.call_sign).join(' · ') || matter.agency?.name || '')
  setText(parts.number, matter.number.slice(-6))
  parts.warn.hidden = matter.warnings.length === 0
  parts.warn.title = matter.warnings.map((one) => say(one)).join('\n')
}
