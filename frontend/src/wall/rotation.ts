import { t } from '../shared/words'

export type Scene = 'today' | 'calls' | 'map' | 'reach'
export const SCENES: readonly Scene[] = ['today', 'calls', 'map', 'reach']

const STAYS_MS = 15_000

/** Which of the pictures stands on the wall; the next one comes by itself until somebody pauses. */
export class Rotation {
  paused = false
  private at = 0
  private timer = 0

  constructor(private readonly dots: HTMLElement, private readonly changed: () => void) {
    for (const scene of SCENES) {
      const dot = document.createElement('li')
      dot.textContent = t(`wall.${scene}`)
      this.dots.append(dot)
    }
    this.go(0)
  }

  get scene(): Scene {
    return SCENES[this.at] ?? 'today'
  }

  /** Space pauses and goes on, the arrows turn. True when the key was ours. */
  key(name: string): boolean {
    if (name === ' ') {
      this.paused = !this.paused
      this.plan()
    } else if (name === 'ArrowRight') this.turn(1)
    else if (name === 'ArrowLeft') this.turn(-1)
    else return false
    return true
  }

  private turn(by: 1 | -1): void {
    this.go((this.at + by + SCENES.length) % SCENES.length)
    this.changed()
  }

  private go(at: number): void {
    this.at = at
    ;[...this.dots.children].forEach((dot, index) => { if (index === at) dot.setAttribute('aria-current', 'true'); else dot.removeAttribute('aria-current') })
    this.plan()
  }

  private plan(): void {
    window.clearTimeout(this.timer)
    if (!this.paused) this.timer = window.setTimeout(() => this.turn(1), STAYS_MS)
  }
}
