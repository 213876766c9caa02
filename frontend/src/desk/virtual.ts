/** A list that only draws the rows in sight. Rows keep their element, and what the eye is on stays where it is. */

interface Wishes<T, Row extends HTMLElement> {
  height_px: number
  key: (item: T) => string
  make: () => Row
  fill: (row: Row, item: T) => void
  choose: (item: T) => void
}

const SPARE_ROWS = 4

export class VirtualList<T, Row extends HTMLElement = HTMLElement> {
  items: readonly T[] = []
  private readonly canvas: HTMLElement
  private readonly drawn = new Map<string, Row>()
  private spare: Row[] = []
  private current = ''
  private planned = false

  constructor(private readonly box: HTMLElement, private readonly wishes: Wishes<T, Row>) {
    this.canvas = document.createElement('div')
    this.canvas.className = 'vlist-canvas'
    this.canvas.setAttribute('role', 'presentation')
    box.append(this.canvas)
    box.tabIndex = 0
    box.setAttribute('role', 'listbox')
    box.addEventListener('scroll', () => this.plan(), { passive: true })
    box.addEventListener('keydown', (event) => this.key(event))
    box.addEventListener('click', (event) => this.click(event))
    new ResizeObserver(() => this.plan()).observe(box)
  }

  set(items: readonly T[]): void {
    const top = this.box.scrollTop
    const anchor = top > 0 ? this.items[Math.floor(top / this.wishes.height_px)] : undefined
    this.items = items
    this.canvas.style.height = `${items.length * this.wishes.height_px}px`
    if (anchor) {
      const key = this.wishes.key(anchor)
      const at = items.findIndex((item) => this.wishes.key(item) === key)
      if (at >= 0) this.box.scrollTop = at * this.wishes.height_px + (top % this.wishes.height_px)
    }
    this.draw()
  }

  /** The key of the chosen row, '' when none is. */
  get chosen(): string {
    return this.current
  }

  /** Marks one row as the chosen one and brings it into sight when asked. */
  select(key: string, show = false): void {
    this.current = key
    if (show) {
      const at = this.items.findIndex((item) => this.wishes.key(item) === key)
      const top = at * this.wishes.height_px
      if (at >= 0 && (top < this.box.scrollTop || top + this.wishes.height_px > this.box.scrollTop + this.box.clientHeight)) {
        this.box.scrollTop = Math.max(0, top - this.box.clientHeight / 3)
      }
    }
    this.draw()
  }

  /** Fills the rows in sight anew: for clocks that run. */
  refresh(): void {
    this.draw()
  }

  private plan(): void {
    if (this.planned) return
    this.planned = true
    requestAnimationFrame(() => {
      this.planned = false
      this.draw()
    })
  }

  private draw(): void {
    const { height_px, key, make, fill } = this.wishes
    const first = Math.max(0, Math.floor(this.box.scrollTop / height_px) - SPARE_ROWS)
    const last = Math.min(this.items.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / height_px) + SPARE_ROWS)
    const wanted = new Map<string, number>()
    for (let at = first; at < last; at++) wanted.set(key(this.items[at] as T), at)
    for (const [name, row] of this.drawn) {
      if (wanted.has(name)) continue
      this.drawn.delete(name)
      row.hidden = true
      this.spare.push(row)
    }
    for (const [name, at] of wanted) {
      let row = this.drawn.get(name)
      if (!row) {
        row = this.spare.pop() ?? this.born(make())
        row.hidden = false
        this.drawn.set(name, row)
      }
      row.style.transform = `translateY(${at * height_px}px)`
      row.dataset.key = name
      row.setAttribute('aria-posinset', String(at + 1))
      row.setAttribute('aria-setsize', String(this.items.length))
      row.setAttribute('aria-selected', String(name === this.current))
      row.id = `${this.box.id}-${name}`
      fill(row, this.items[at] as T)
    }
    if (this.drawn.has(this.current)) this.box.setAttribute('aria-activedescendant', `${this.box.id}-${this.current}`)
    else this.box.removeAttribute('aria-activedescendant')
  }

  private born(row: Row): Row {
    row.classList.add('vlist-row')
    row.setAttribute('role', 'option')
    row.style.height = `${this.wishes.height_px}px`
    this.canvas.append(row)
    return row
  }

  private click(event: MouseEvent): void {
    const name = (event.target as HTMLElement).closest<HTMLElement>('.vlist-row')?.dataset.key
    const item = this.items.find((one) => this.wishes.key(one) === name)
    if (item) this.wishes.choose(item)
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const at = this.items.findIndex((item) => this.wishes.key(item) === this.current)
    const next = Math.max(0, Math.min(this.items.length - 1, at < 0 ? 0 : at + step))
    const item = this.items[next]
    if (!item) return
    this.select(this.wishes.key(item), true)
    this.wishes.choose(item)
  }
}
