import { get, Problem } from '../shared/api'
import type { News } from '../shared/live'
import { ENDED } from '../shared/stage'
import type { Matter, MatterDetail, Unit } from '../shared/types'

export interface Change { matters: Set<string>; units: Set<string>; all: boolean }
interface Page { items: Matter[]; next: string | null }
interface UnitPage { items: Unit[]; at?: string }

const PAGE_ROWS = 500
/** The first page is short: it is on the screen while the long ones are on their way. */
const FIRST_ROWS = 60
/** The desk's template has it fetched with the page's own files. */
const WAITING = '/matters?kind=incident&state=waiting&limit=40'
const AT_ONCE = 4
const UNITS_EVERY_MS = 3000

/**
 * What the desk knows: open matters and units, by key. News only say which row changed; the row is fetched once, and an older
 * version never replaces a newer one. Listeners hear at most once a frame.
 */
export class Store {
  readonly matters = new Map<string, Matter>()
  readonly units = new Map<string, Unit>()
  loaded = false
  failed = ''
  /** When the units were last answered, milliseconds since the epoch; 0 never. */
  unitsHeard_ms = 0

  private readonly listeners: ((change: Change) => void)[] = []
  private change: Change = { matters: new Set(), units: new Set(), all: false }
  private planned = false
  private readonly wanted = new Set<string>()
  private fetching = 0
  private unitsAt = ''
  private turn = 0

  listen(listener: (change: Change) => void): void {
    this.listeners.push(listener)
  }

  /** Calls that wait for somebody, before all else: they are the top of the queue. What fails here comes with the rest. */
  loadWaiting(): void {
    get<Page>(WAITING).then((answer) => answer.items.forEach((matter) => this.put(matter))).catch(() => undefined)
  }

  /** Loads everything anew; rows that are gone meanwhile leave. */
  async load(): Promise<void> {
    const turn = ++this.turn
    const seen = new Set<string>()
    try {
      let cursor: string | null = ''
      while (cursor !== null) {
        const answer: Page = await get<Page>(`/matters?kind=incident&open=1&limit=${cursor ? PAGE_ROWS : FIRST_ROWS}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
        if (turn !== this.turn) return
        for (const matter of answer.items) {
          seen.add(matter.number)
          this.put(matter)
        }
        cursor = answer.next
      }
      for (const number of this.matters.keys()) if (!seen.has(number) && !this.wanted.has(number)) this.drop(number)
      this.failed = ''
    } catch (failure) {
      this.failed = failure instanceof Problem ? failure.message : String(failure)
    }
    this.loaded = true
    this.change.all = true
    this.plan()
  }

  /** Units come by a poll: positions are telemetry and not part of the feed. Only what changed since the last answer. */
  watchUnits(): void {
    const round = async (): Promise<void> => {
      try {
        const answer = await get<UnitPage>(`/units${this.unitsAt ? `?since=${encodeURIComponent(this.unitsAt)}` : ''}`)
        for (const unit of answer.items) {
          this.units.set(unit.id, unit)
          this.change.units.add(unit.id)
        }
        if (answer.at) this.unitsAt = answer.at
        this.unitsHeard_ms = Date.now()
        this.plan()
      } catch (failure) {
        if (failure instanceof Problem && failure.status === 401) location.assign('/sign-in/')
      }
      window.setTimeout(() => void round(), UNITS_EVERY_MS)
    }
    void round()
  }

  news(news: News): void {
    if (!news.number) return
    const have = this.matters.get(news.number)
    const ofMatter = news.subject.startsWith('matter')
    if (ofMatter && have && news.version !== null && have.version >= news.version) return
    this.want(news.number)
  }

  /** Fetches one matter soon; several wishes for the same are one. */
  want(number: string): void {
    this.wanted.add(number)
    this.pump()
  }

  put(matter: Matter): void {
    const have = this.matters.get(matter.number)
    if (have && have.version > matter.version) return
    if (ENDED.has(matter.state) || matter.kind !== 'incident') this.drop(matter.number)
    else this.matters.set(matter.number, matter)
    this.change.matters.add(matter.number)
    this.plan()
  }

  private drop(number: string): void {
    if (this.matters.delete(number)) this.change.matters.add(number)
  }

  private pump(): void {
    while (this.fetching < AT_ONCE && this.wanted.size) {
      const number = this.wanted.values().next().value as string
      this.wanted.delete(number)
      this.fetching++
      get<MatterDetail>(`/matters/${number}`)
        .then((matter) => this.put(matter))
        .catch((failure: unknown) => {
          if (!(failure instanceof Problem)) return
          if (failure.status === 404) this.drop(number)
          else if (failure.unreachable) window.setTimeout(() => this.want(number), 2000)
          this.plan()
        })
        .finally(() => {
          this.fetching--
          this.pump()
        })
    }
  }

  private plan(): void {
    if (this.planned) return
    this.planned = true
    const tell = (): void => {
      if (!this.planned) return
      this.planned = false
      const change = this.change
      this.change = { matters: new Set(), units: new Set(), all: false }
      for (const listener of this.listeners) listener(change)
    }
    requestAnimationFrame(tell)
    // A hidden tab gets no frames, yet must ring for a new call.
    if (document.hidden) window.setTimeout(tell, 200)
  }
}
