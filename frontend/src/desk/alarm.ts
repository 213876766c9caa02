import { overdueOrder } from '../shared/stage'
import { audible, play, setSound, soundOff, wake, type Tone } from '../shared/tones'
import { t } from '../shared/words'
import type { Change, Store } from './store'

const AGAIN_MS = 10_000
const TWICE_MS = 600

/** Loud on a new call (twice on one of the first priority) and on an order that nobody signs; says so when the browser would not let it be heard. */
export class Alarm {
  private readonly heard = new Set<string>()
  private started = false
  private lastUnsigned_ms = 0

  constructor(private readonly button: HTMLButtonElement, private readonly store: Store) {
    store.listen((change) => this.changed(change))
    window.setInterval(() => this.unsigned(), 1000)
    button.addEventListener('click', () => void this.pressed())
    this.show()
  }

  /** A call taken at this very desk does not ring here. */
  mine(number: string): void {
    this.heard.add(number)
  }

  async awake(): Promise<void> {
    if (!soundOff()) await wake()
    this.show()
  }

  private async pressed(): Promise<void> {
    if (audible()) setSound(false)
    else {
      setSound(true)
      await wake()
      play('new')
    }
    this.show()
  }

  show(): void {
    const on = audible()
    this.button.setAttribute('aria-pressed', String(on))
    this.button.dataset.state = on ? 'on' : soundOff() ? 'off' : 'blocked'
    const label = t(on ? 'sound.on' : soundOff() ? 'sound.off' : 'sound.blocked')
    this.button.title = label
    const text = this.button.querySelector('span')
    if (text) text.textContent = label
    const use = this.button.querySelector('use')
    const icons = (use?.getAttribute('href') ?? '').split('#')[0]
    use?.setAttribute('href', `${icons}#${on ? 'volume' : 'volume-off'}`)
  }

  private changed(change: Change): void {
    if (change.all && !this.started) {
      for (const number of this.store.matters.keys()) this.heard.add(number)
      this.started = this.store.loaded
      return
    }
    let ring: Tone | null = null
    let urgent = false
    for (const number of change.all ? this.store.matters.keys() : change.matters) {
      const matter = this.store.matters.get(number)
      if (!matter || this.heard.has(number)) continue
      this.heard.add(number)
      if (matter.kind !== 'incident') continue
      ring = 'new'
      urgent ||= matter.priority === 1
    }
    if (!ring || !this.started) return
    play(ring)
    // The tone for an officer in danger is for that alone: an urgent call rings twice.
    if (urgent) window.setTimeout(() => play('new'), TWICE_MS)
  }

  private unsigned(): void {
    const late = [...this.store.matters.values()].some((matter) => overdueOrder(matter) !== null)
    if (!late || Date.now() - this.lastUnsigned_ms < AGAIN_MS) return
    this.lastUnsigned_ms = Date.now()
    play('unsigned')
  }
}
