import { openDB, type IDBPDatabase } from 'idb'
import { newKey, post, Problem, problemText } from '../shared/api'

/** A tap that has not reached the house yet. `key` makes the second delivery of the same tap harmless. */
export interface Tap { id?: number; path: string; body: Record<string, unknown>; key: string; order: string; label: string }
export type Sent = { kind: 'sent' } | { kind: 'kept' } | { kind: 'refused'; why: string }

const RETRY_MS = 5000

/** Taps in the order they were made, kept in the phone's own database until the house has answered each one. */
export class Outbox {
  taps: Tap[] = []
  private db: Promise<IDBPDatabase> | null = null
  private sending = false

  constructor(private readonly changed: () => void, private readonly refused: (tap: Tap, why: string) => void) {
    window.addEventListener('online', () => void this.flush())
    window.setInterval(() => void this.flush(), RETRY_MS)
  }

  async start(): Promise<void> {
    try {
      this.db = openDB('linli-phone', 1, { upgrade: (db) => { db.createObjectStore('taps', { keyPath: 'id', autoIncrement: true }) } })
      this.taps = (await (await this.db).getAll('taps')) as Tap[]
    } catch {
      // A private window has no database: taps then live as long as the page, and the count on it still tells the truth.
      this.db = null
    }
    this.changed()
    await this.flush()
  }

  /** Sends one tap, or keeps it when the house cannot be reached (or older taps still wait: order matters). */
  async send(tap: Omit<Tap, 'key' | 'id'>): Promise<Sent> {
    const whole: Tap = { ...tap, key: newKey() }
    if (this.taps.length) return this.keep(whole)
    try {
      await post(whole.path, whole.body, whole.key)
      return { kind: 'sent' }
    } catch (failure) {
      if (failure instanceof Problem && (failure.unreachable || failure.status === 401)) return this.keep(whole)
      return { kind: 'refused', why: problemText(failure) }
    }
  }

  private async keep(tap: Tap): Promise<Sent> {
    if (this.db) tap.id = (await (await this.db).add('taps', tap)) as number
    this.taps = [...this.taps, tap]
    this.changed()
    return { kind: 'kept' }
  }

  async flush(): Promise<void> {
    if (this.sending || !this.taps.length || !navigator.onLine) return
    this.sending = true
    try {
      for (let tap = this.taps[0]; tap; tap = this.taps[0]) {
        try {
          await post(tap.path, tap.body, tap.key)
        } catch (failure) {
          if (failure instanceof Problem && (failure.unreachable || failure.status === 401)) return
          this.refused(tap, problemText(failure))
        }
        if (this.db && tap.id !== undefined) await (await this.db).delete('taps', tap.id)
        this.taps = this.taps.slice(1)
        this.changed()
      }
    } finally {
      this.sending = false
    }
  }
}
