import { render } from 'lit-html'
import { trouble } from '../shared/parts'
import type { DeskMap } from './map'

/** The first rows of the queue are painted first; without any the map comes all the same. */
const LONGEST_MS = 1500

type Deed = (map: DeskMap) => void

/**
 * The desk's map, whose code is larger than all the rest: the queue stands and can be worked before it has come. What is asked of it
 * meanwhile is done when it is there, the last wish of each name.
 */
export class LateMap {
  private map: DeskMap | null = null
  private asked = false
  private readonly waiting = new Map<string, Deed>()

  constructor(private readonly box: HTMLElement, private readonly make: () => Promise<DeskMap>) {
    window.setTimeout(() => this.come(), LONGEST_MS)
  }

  /** Begins to load it, once. */
  come(): void {
    if (this.asked) return
    this.asked = true
    this.make().then((map) => {
      this.map = map
      for (const deed of this.waiting.values()) deed(map)
      this.waiting.clear()
    }).catch(() => render(trouble('error', '', '', () => location.reload()), this.box))
  }

  /** Shows the point; see DeskMap. */
  show(lon: number, lat: number, left_px = 0): void {
    this.do('show', (map) => map.show(lon, lat, left_px))
  }

  mark(at: { lon: number; lat: number } | null): void {
    this.do('mark', (map) => map.mark(at))
  }

  candidates(places: { lon: number; lat: number; text: string }[]): void {
    this.do('candidates', (map) => map.candidates(places))
  }

  cries(places: { lon: number; lat: number; text: string }[]): void {
    this.do('cries', (map) => map.cries(places))
  }

  pick(done: (lon: number, lat: number) => void, byKey = false): void {
    this.do('pick', (map) => map.pick(done, byKey))
  }

  /** True when a place was being asked for. */
  stopPicking(): boolean {
    return this.waiting.delete('pick') || (this.map?.stopPicking() ?? false)
  }

  private do(name: string, deed: Deed): void {
    if (this.map) deed(this.map)
    else this.waiting.set(name, deed)
  }
}
