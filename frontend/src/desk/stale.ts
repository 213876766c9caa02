import { setText } from '../shared/dom'
import type { Connection } from '../shared/live'
import { clockSeconds } from '../shared/time'
import { t } from '../shared/words'

/** Units are asked for every 3 s; three answers missing and what stands there is old. */
const UNITS_OLD_MS = 10_000

/**
 * Says on queue, map and units, each by itself, that what stands there is of an earlier moment, and of which. Laid over the region's
 * edge: nothing moves when the line is lost or comes back.
 */
export class Stale {
  private readonly strips: Record<'queue' | 'map' | 'units', HTMLElement | null>
  private lastLive_ms = 0

  constructor(private readonly unitsHeard_ms: () => number) {
    const strip = (name: string): HTMLElement | null => document.querySelector(`[data-stale-of="${name}"]`)
    this.strips = { queue: strip('queue'), map: strip('map'), units: strip('units') }
  }

  heard(state: Connection, silent_ms: number): void {
    if (state === 'live' && Number.isFinite(silent_ms)) this.lastLive_ms = Date.now() - silent_ms
    const lost = state === 'stale' || state === 'lost'
    const units_ms = this.unitsHeard_ms()
    const unitsOld = units_ms > 0 && Date.now() - units_ms > UNITS_OLD_MS
    this.show('queue', lost, this.lastLive_ms)
    this.show('units', unitsOld, units_ms)
    this.show('map', lost || unitsOld, unitsOld ? units_ms : this.lastLive_ms)
  }

  private show(name: 'queue' | 'map' | 'units', old: boolean, at_ms: number): void {
    const strip = this.strips[name]
    if (!strip) return
    strip.hidden = !old
    const text = strip.querySelector('span')
    if (old && text) setText(text, at_ms ? t('stale.since', { at: clockSeconds(new Date(at_ms).toISOString()) }) : t('stale.never'))
  }
}
