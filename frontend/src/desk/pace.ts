/** A key is painted before anything else: what draws the map waits until the hands rest. */

/**
 * Somebody who types or runs through the queue presses the next key within this time, a thinking pause between two words included: a
 * frame of the map that is drawn in one holds up the key after it, on a machine without a graphics card by a third of a second.
 */
const REST_MS = 500
/** Even who never rests sees the map brought up to date this often. (Cries for help are no part of the map: they show at once.) */
const LONGEST_MS = 30_000

export class Pace {
  private pressed_ms = 0
  private since_ms = 0
  private timer = 0
  private readonly waiting = new Map<string, () => void>()

  constructor() {
    document.addEventListener('keydown', () => {
      this.pressed_ms = performance.now()
    }, { capture: true, passive: true })
  }

  /** Does it now, or when the hands rest; what waits under the same name is replaced. */
  rest(name: string, deed: () => void): void {
    const now_ms = performance.now()
    if (now_ms - this.pressed_ms >= REST_MS && !this.waiting.size) {
      deed()
      return
    }
    if (!this.waiting.size) this.since_ms = now_ms
    this.waiting.set(name, deed)
    if (!this.timer) this.look()
  }

  private look(): void {
    const now_ms = performance.now()
    const left_ms = Math.min(this.pressed_ms + REST_MS, this.since_ms + LONGEST_MS) - now_ms
    if (left_ms > 0) {
      this.timer = window.setTimeout(() => { this.timer = 0; this.look() }, left_ms)
      return
    }
    const deeds = [...this.waiting.values()]
    this.waiting.clear()
    for (const deed of deeds) deed()
  }
}
