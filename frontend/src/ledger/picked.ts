import { t } from '../shared/words'

/** The rows that are chosen. What is chosen on one page stays chosen on the next, until it is done or let go. */
export class Picked {
  private readonly key = 'linli.ledger.picked'
  private readonly numbers: Set<string>

  constructor(private readonly list: HTMLElement) {
    this.numbers = new Set(JSON.parse(sessionStorage.getItem(this.key) ?? '[]') as string[])
    list.addEventListener('change', (event) => this.changed(event.target as HTMLInputElement))
    document.querySelector('[data-unpick]')?.addEventListener('click', () => this.clear())
    this.draw()
  }

  get all(): string[] {
    return [...this.numbers]
  }

  toggle(row: HTMLElement): void {
    const number = row.dataset.number ?? ''
    if (!row.querySelector('[data-pick]')) return
    if (!this.numbers.delete(number)) this.numbers.add(number)
    this.draw()
  }

  clear(): void {
    this.numbers.clear()
    this.draw()
  }

  private rows(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>('tr[data-number]')]
  }

  private changed(box: HTMLInputElement): void {
    if ('all' in box.dataset) {
      for (const row of this.rows()) this.numbers[box.checked ? 'add' : 'delete'](row.dataset.number ?? '')
      this.draw()
      return
    }
    const row = box.closest<HTMLElement>('tr[data-number]')
    if (row && 'pick' in box.dataset) this.toggle(row)
  }

  private draw(): void {
    sessionStorage.setItem(this.key, JSON.stringify(this.all))
    const rows = this.rows()
    for (const row of rows) {
      const chosen = this.numbers.has(row.dataset.number ?? '')
      row.classList.toggle('is-picked', chosen)
      const box = row.querySelector<HTMLInputElement>('[data-pick]')
      if (box) box.checked = chosen
    }
    const all = this.list.querySelector<HTMLInputElement>('[data-all]')
    if (all) all.checked = rows.length > 0 && rows.every((row) => this.numbers.has(row.dataset.number ?? ''))
    const bar = document.getElementById('bulk')
    if (bar) bar.hidden = this.numbers.size === 0
    const said = document.getElementById('picked')
    if (said) said.textContent = t('ledger.picked', { n: this.numbers.size })
  }
}
