import { page } from './words'

/** One line of the live feed: what was done to which row. The row itself is fetched by whoever may see it. */
export interface News { position: number; act: string; subject: string; id: string; version: number | null; number?: string | null }

export type Connection = 'connecting' | 'live' | 'stale' | 'lost'

interface Wishes {
  onNews: (news: News) => void
  /** After a first connection, and when the feed can no longer tell what was missed: load everything anew. */
  onReset: () => void
  onState: (state: Connection, heard_ms: number) => void
}

/** Without a line the page still shows the truth, only later: everything is loaded anew this often. */
const WITHOUT_LINE_MS = 15_000
const FIRST_WAIT_MS = 1500
/** The server sends a comment every 15 s; a line silent for longer than that and a margin is dead, whatever the browser thinks. */
const SILENCE_MS = 20_000
const RETRY_MS = [500, 1000, 2000, 4000, 5000]

/**
 * Server-sent events by fetch instead of EventSource: only so the page sees the heartbeat comments, and so knows how old its
 * picture is. Resumes by Last-Event-ID.
 */
export class Live {
  private position = ''
  private heard_ms = 0
  private tries = 0
  private state: Connection = 'connecting'
  private abort: AbortController | null = null
  private started = false

  constructor(private readonly wishes: Wishes) {
    window.setInterval(() => this.watch(), 1000)
    window.setTimeout(() => this.started || wishes.onReset(), FIRST_WAIT_MS)
    window.setInterval(() => this.state === 'lost' && navigator.onLine && wishes.onReset(), WITHOUT_LINE_MS)
    window.addEventListener('online', () => this.again())
    window.addEventListener('offline', () => this.abort?.abort())
    window.addEventListener('pagehide', () => this.abort?.abort())
    void this.run()
  }

  /** Milliseconds since the last sign of life. */
  get silent_ms(): number {
    return this.heard_ms ? Date.now() - this.heard_ms : Infinity
  }

  private show(state: Connection): void {
    this.state = state
    this.wishes.onState(state, this.silent_ms)
  }

  private watch(): void {
    if (this.state === 'live' && this.silent_ms > SILENCE_MS) {
      this.show('stale')
      this.abort?.abort()
    } else {
      this.wishes.onState(this.state, this.silent_ms)
    }
  }

  private again(): void {
    this.tries = 0
    if (this.state === 'lost') void this.run()
  }

  private async run(): Promise<void> {
    this.abort = new AbortController()
    if (this.state !== 'stale') this.show('connecting')
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' }
      if (this.position) headers['Last-Event-ID'] = this.position
      const response = await fetch(`${page.api}/live`, { headers, credentials: 'same-origin', signal: this.abort.signal, cache: 'no-store' })
      if (!response.ok || !response.body) throw new Error(`live feed: ${response.status}`)
      this.heard_ms = Date.now()
      this.tries = 0
      this.show('live')
      if (!this.started) {
        this.started = true
        this.wishes.onReset()
      }
      await this.read(response.body)
    } catch {
      // Whatever ended the line (network, server restart, our own abort), the answer is the same: try again.
    }
    this.show('lost')
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)] ?? 5000
    window.setTimeout(() => this.state === 'lost' && void this.run(), wait * (0.75 + Math.random() / 2))
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>).getReader()
    let rest = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      this.heard_ms = Date.now()
      rest += value.replace(/\r/g, '')
      let cut = rest.indexOf('\n\n')
      while (cut >= 0) {
        this.event(rest.slice(0, cut))
        rest = rest.slice(cut + 2)
        cut = rest.indexOf('\n\n')
      }
    }
  }

  private event(text: string): void {
    let name = 'message'
    let data = ''
    for (const line of text.split('\n')) {
      if (line.startsWith('id:')) this.position = line.slice(3).trim()
      else if (line.startsWith('event:')) name = line.slice(6).trim()
      else if (line.startsWith('data:')) data += line.slice(5).trimStart()
    }
    if (name === 'reset') this.wishes.onReset()
    else if (data) this.wishes.onNews(JSON.parse(data) as News)
  }
}
