import { writing } from '../shared/dom'
import type { Picked } from './picked'

/** The list without a mouse: j and k walk, Enter opens, x chooses, space chooses and goes on, / searches, ? says all this. */
export class LedgerKeys {
  private readonly rows: HTMLElement[]

  constructor(list: HTMLElement, private readonly picked: Picked) {
    this.rows = [...list.querySelectorAll<HTMLElement>('tr[data-number]')]
    document.addEventListener('keydown', (event) => this.pressed(event))
  }

  private get at(): number {
    return this.rows.findIndex((row) => row.contains(document.activeElement))
  }

  private go(to: number): void {
    const row = this.rows[Math.max(0, Math.min(this.rows.length - 1, to))]
    row?.focus()
    row?.scrollIntoView({ block: 'nearest' })
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || document.querySelector('dialog[open]')) return
    const act = this.acts()[event.key]
    if (!act) return
    const target = event.target as HTMLElement
    if ((event.key === 'Enter' || event.key === ' ') && !target.matches('tr[data-number]')) return
    event.preventDefault()
    act()
  }

  private acts(): Record<string, () => void> {
    const row = this.rows[this.at]
    return {
      j: () => this.go(this.at + 1),
      k: () => this.go(this.at < 0 ? 0 : this.at - 1),
      x: () => row && this.picked.toggle(row),
      ' ': () => { if (row) { this.picked.toggle(row); this.go(this.at + 1) } },
      Enter: () => row?.querySelector<HTMLAnchorElement>('td a[href]')?.click(),
      '/': () => document.getElementById('q')?.focus(),
      n: () => document.querySelector<HTMLAnchorElement>('a[rel=next]')?.click(),
      p: () => document.querySelector<HTMLAnchorElement>('a[rel=prev]')?.click(),
      '?': () => (document.getElementById('keys-box') as HTMLDialogElement | null)?.showModal(),
    }
  }
}
