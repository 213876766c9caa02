import { post } from '../shared/api'

const EVERY_MS = 10_000
const MOVED_M = 25

export interface Fix { lon: number; lat: number; accuracy_m: number; at: string }

/** Reports where the unit is while on duty: at most every 10 s, and only when it moved or half a minute has passed. */
export class Positions {
  last: Fix | null = null
  refused = false
  private watch: number | null = null
  private sent: Fix | null = null

  constructor(private readonly unit: () => string | null, private readonly changed: () => void) {
    window.setInterval(() => void this.report(), EVERY_MS)
  }

  start(): void {
    if (this.watch !== null || !('geolocation' in navigator)) return
    this.watch = navigator.geolocation.watchPosition((found) => {
      const first = this.last === null
      this.refused = false
      this.last = { lon: found.coords.longitude, lat: found.coords.latitude, accuracy_m: found.coords.accuracy, at: new Date(found.timestamp).toISOString() }
      this.changed()
      if (first) void this.report()
    }, (failure) => {
      this.refused = failure.code === failure.PERMISSION_DENIED
      this.changed()
    }, { enableHighAccuracy: true, maximumAge: 5000, timeout: 20_000 })
  }

  stop(): void {
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch)
    this.watch = null
  }

  private async report(): Promise<void> {
    const unit = this.unit()
    const fix = this.last
    if (!unit || !fix || this.watch === null || !navigator.onLine) return
    const still = this.sent && metres(this.sent, fix) < MOVED_M && Date.parse(fix.at) - Date.parse(this.sent.at) < 30_000
    if (still) return
    this.sent = fix
    try {
      await post('/units/positions', [{ unit, ...fix }])
    } catch {
      // Telemetry: the next fix replaces this one, nothing is queued.
      this.sent = null
    }
  }
}

const RADIAN = Math.PI / 180

/** Flat-earth distance: right to a per mille over the few kilometres of a beat. */
export function metres(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const x = (b.lon - a.lon) * Math.cos(((a.lat + b.lat) / 2) * RADIAN)
  return Math.hypot(x, b.lat - a.lat) * RADIAN * 6_371_008.8
}

/** Compass bearing in degrees from one point to another, 0 = north. */
export function bearing_deg(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const x = (b.lon - a.lon) * Math.cos(((a.lat + b.lat) / 2) * RADIAN)
  return (Math.atan2(x, b.lat - a.lat) / RADIAN + 360) % 360
}
