import { iconElement, setText } from '../shared/dom'
import { ago, seconds } from '../shared/time'
import type { Unit } from '../shared/types'
import { known, t } from '../shared/words'
import type { Store } from './store'
import { VirtualList } from './virtual'

interface Row extends HTMLElement { parts: { dot: HTMLElement; name: HTMLElement; what: HTMLElement; fix: HTMLElement; use: SVGUseElement } }

const KIND_ICON = { car: 'car', motorcycle: 'motorbike', foot: 'walk' }
/** A position older than this says little about where the unit is: said in words, not only in colour. */
const OLD_FIX_S = 120
const RANK = { available: 1, conditional: 2, unavailable: 3 }

/** The list of units: on a call first, then who is free, then who could be pulled away. */
export class Units {
  private readonly list: VirtualList<Unit, Row>
  private filter = ''
  private due = false

  constructor(box: HTMLElement, search: HTMLInputElement, private readonly summary: HTMLElement, private readonly store: Store, choose: (unit: Unit) => void) {
    this.list = new VirtualList<Unit, Row>(box, { height_px: 48, key: (unit) => unit.id, make, fill, choose })
    search.addEventListener('input', () => {
      this.filter = search.value.trim().toLowerCase()
      this.show()
    })
    store.listen((change) => { if (change.units.size) this.due = true })
    window.setInterval(() => {
      if (this.due) this.show()
      else this.list.refresh()
    }, 1000)
  }

  select(id: string): void {
    this.list.select(id, true)
  }

  private show(): void {
    this.due = false
    const count = { available: 0, conditional: 0, ordered: 0 }
    const items: Unit[] = []
    for (const unit of this.store.units.values()) {
      if (unit.order) count.ordered++
      else if (unit.availability !== 'unavailable') count[unit.availability]++
      const text = this.filter && `${unit.call_sign} ${unit.agency?.name ?? ''} ${unit.crew.join(' ')}`.toLowerCase()
      if (!text || text.includes(this.filter)) items.push(unit)
    }
    items.sort((a, b) => rank(a) - rank(b) || a.call_sign.localeCompare(b.call_sign, 'zh'))
    this.list.set(items)
    setText(this.summary, t('units.summary', count))
  }
}

const rank = (unit: Unit): number => (unit.order ? 0 : RANK[unit.availability])

function make(): Row {
  const row = document.createElement('div') as unknown as Row
  row.className = 'unit'
  const span = (name: string): HTMLElement => {
    const node = document.createElement('span')
    node.className = name
    return node
  }
  const picture = iconElement('car')
  const parts = { dot: span('unit-dot'), name: span('unit-name'), what: span('unit-what'), fix: span('unit-fix'), use: picture.firstElementChild as SVGUseElement }
  parts.dot.append(picture)
  row.append(parts.dot, parts.name, parts.fix, parts.what)
  row.parts = parts
  return row
}

/** What the unit does, in words: on a call, or its activity, or its availability. */
function doing(unit: Unit): string {
  if (unit.order) return t('unit.on_call')
  const activity = unit.activity && known(`activity.${unit.activity}`) ? t(`activity.${unit.activity}`) : unit.activity
  const base = t(`unit.${unit.availability}`)
  return activity ? `${base} · ${activity}` : base
}

function fill(row: Row, unit: Unit): void {
  const { parts } = row
  const state = unit.order ? 'ordered' : unit.availability
  if (row.dataset.state !== state) row.dataset.state = state
  setText(parts.name, unit.call_sign)
  setText(parts.what, `${doing(unit)}${unit.agency ? ` · ${unit.agency.name}` : ''}`)
  const age_s = seconds(unit.fix_at)
  setText(parts.fix, age_s === null ? t('unit.no_fix') : ago(unit.fix_at))
  parts.fix.classList.toggle('is-old', age_s === null || age_s > OLD_FIX_S)
  const href = `${(parts.use.getAttribute('href') ?? '').split('#')[0]}#${KIND_ICON[unit.kind] ?? 'user'}`
  if (parts.use.getAttribute('href') !== href) parts.use.setAttribute('href', href)
}
