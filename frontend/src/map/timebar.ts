import { html, nothing } from 'lit-html'
import { icon } from '../shared/dom'
import { now_ms } from '../shared/time'
import { lang, t } from '../shared/words'
import type { App } from './app'

const DAY_MS = 86_400_000
const HOUR_STEP_MS = 15 * 60_000
const DAYS_BACK = 90
/** Just after midnight the day before is what one looks back on. */
const LEAST_MS = 6 * 3600_000
const PLAY_MS = 1000
const REST_MS = 140
/** China keeps one time and no summer time. */
const OFFSET_MS = 8 * 3600_000

const moment = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : 'zh-CN', { timeZone: 'Asia/Shanghai', month: 'short', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', hour12: false })

/** Midnight in China before a moment. */
const midnight = (at_ms: number): number => Math.floor((at_ms + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS

/** ISO 8601 in the offset that people here read. */
export const isoShanghai = (at_ms: number): string => `${new Date(at_ms + OFFSET_MS).toISOString().slice(0, 19)}+08:00`

/** The slider through the day or through the days; "now" returns to the live picture. */
export class TimeBar {
  private unit: 'hours' | 'days' = 'hours'
  private open: boolean
  private playing = 0
  private asking = 0

  constructor(private readonly app: App) {
    this.open = app.state.at !== ''
  }

  view(): unknown {
    const at_ms = this.app.layers.shown_ms
    const past = this.app.state.at !== ''
    if (!this.open) {
      return html`<button type="button" class="button map-time-open" @click=${() => { this.open = true; this.app.render() }}>${icon('history')}${t('map.time_open')}</button>`
    }
    const { from, to, step } = this.range(at_ms)
    return html`<section class="map-time" aria-label=${t('map.time')} data-past=${past}>
      <div class="map-time-line">
        <button type="button" class="button is-small" aria-pressed=${!past} @click=${() => this.live()}>${icon('broadcast')}${t('map.time_now')}</button>
        <button type="button" class="icon-button" title=${t(this.playing ? 'map.time_pause' : 'map.time_play')} @click=${() => this.play()}>${icon(this.playing ? 'player-pause' : 'player-play')}<span class="sr">${t(this.playing ? 'map.time_pause' : 'map.time_play')}</span></button>
        <output class="map-time-at num" for="map-time">${past ? moment.format(at_ms) : t('map.time_live')}</output>
        <select aria-label=${t('map.time_unit')} @change=${(event: Event) => this.units((event.target as HTMLSelectElement).value as 'hours' | 'days')}>
          <option value="hours" ?selected=${this.unit === 'hours'}>${t('map.time_hours')}</option><option value="days" ?selected=${this.unit === 'days'}>${t('map.time_days')}</option></select>
        ${this.unit === 'hours' ? html`<input type="date" aria-label=${t('map.time_day')} .value=${isoShanghai(at_ms).slice(0, 10)} max=${isoShanghai(now_ms()).slice(0, 10)} @change=${(event: Event) => this.day((event.target as HTMLInputElement).value)}>` : nothing}
        <button type="button" class="icon-button" title=${t('action.close_panel')} @click=${() => { this.live(); this.open = false; this.app.render() }}>${icon('x')}<span class="sr">${t('action.close_panel')}</span></button>
      </div>
      <input id="map-time" type="range" min="0" max=${Math.round((to - from) / step)} .value=${String(Math.round((at_ms - from) / step))} aria-label=${t('map.time')} aria-valuetext=${moment.format(at_ms)}
        @input=${(event: Event) => this.to(from + Number((event.target as HTMLInputElement).value) * step)}>
      <div class="map-time-ends quiet num"><span>${this.end(from)}</span><span>${this.end(to)}</span></div></section>`
  }

  private end(at_ms: number): string {
    const iso = isoShanghai(at_ms)
    return this.unit === 'hours' ? (at_ms === midnight(at_ms) ? `${iso.slice(5, 10)} 00:00` : iso.slice(11, 16)) : iso.slice(5, 10)
  }

  private range(at_ms: number): { from: number; to: number; step: number } {
    if (this.unit === 'days') return { from: midnight(now_ms()) - DAYS_BACK * DAY_MS, to: Math.floor(now_ms() / HOUR_STEP_MS) * HOUR_STEP_MS, step: DAY_MS / 4 }
    const to = Math.min(midnight(at_ms) + DAY_MS, Math.floor(now_ms() / HOUR_STEP_MS) * HOUR_STEP_MS)
    return { from: Math.min(midnight(at_ms), to - LEAST_MS), to, step: HOUR_STEP_MS }
  }

  private to(at_ms: number): void {
    const { state, layers } = this.app
    state.at = at_ms >= now_ms() - 60_000 ? '' : isoShanghai(at_ms)
    // The hand moves faster than layers can be read: only where it rests is asked for.
    window.clearTimeout(this.asking)
    this.asking = window.setTimeout(() => layers.ask(layers.defs.map((def) => def.code)), REST_MS)
    this.app.save()
    this.app.render()
  }

  private live(): void {
    this.stop()
    this.app.state.at = ''
    this.app.layers.ask(this.app.layers.defs.map((def) => def.code))
    this.app.save()
    this.app.say(t('map.time_live'))
  }

  private day(text: string): void {
    const start = Date.parse(`${text}T00:00:00+08:00`)
    if (!Number.isFinite(start)) return
    const clock = this.app.layers.shown_ms - midnight(this.app.layers.shown_ms)
    this.to(Math.min(start + clock, now_ms()))
  }

  private units(unit: 'hours' | 'days'): void {
    this.unit = unit
    this.stop()
    this.app.render()
  }

  private play(): void {
    if (this.playing) { this.stop(); this.app.render(); return }
    const first = this.range(this.app.layers.shown_ms)
    // From now there is nowhere to go: the play begins where the slider begins.
    if (!this.app.state.at) this.to(first.from)
    this.playing = window.setInterval(() => {
      const at_ms = this.app.layers.shown_ms
      const { to, step } = this.range(at_ms)
      const next = at_ms + step * (this.unit === 'hours' ? 2 : 1)
      if (next >= to || !this.app.state.at) { this.stop(); this.to(to) } else if (!document.hidden) this.to(next)
    }, PLAY_MS)
    this.app.render()
  }

  private stop(): void {
    window.clearInterval(this.playing)
    this.playing = 0
  }
}
