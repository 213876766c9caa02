import { lang, t } from './words'

const locale = lang === 'en' ? 'en-GB' : 'zh-CN'
const zone = 'Asia/Shanghai'
const clockFormat = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hour12: false })
const secondFormat = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
const exactFormat = new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: 'medium', timeStyle: 'medium', hour12: false })
const dayFormat = new Intl.DateTimeFormat('en-CA', { timeZone: zone })

/** How far this machine's clock is behind the server's, in milliseconds; set from the Date header of answers. */
let skew_ms = 0
export function learnServerTime(dateHeader: string | null): void {
  if (!dateHeader) return
  const difference = Date.parse(dateHeader) - Date.now()
  if (Number.isFinite(difference) && Math.abs(difference) > 2000) skew_ms = difference
  else skew_ms = 0
}

/** Now by the server's clock, milliseconds since the epoch. */
export const now_ms = (): number => Date.now() + skew_ms

export const clock = (iso: string | null): string => (iso ? clockFormat.format(new Date(iso)) : '—')
export const clockSeconds = (iso: string | null): string => (iso ? secondFormat.format(new Date(iso)) : '—')
export const exact = (iso: string | null): string => (iso ? exactFormat.format(new Date(iso)) : '')

/** 刚刚 · 3 分钟前 · 14:05 today · date and clock before. */
export function ago(iso: string | null): string {
  if (!iso) return '—'
  const seconds = (now_ms() - Date.parse(iso)) / 1000
  if (seconds < 45) return t('time.now')
  if (seconds < 3600) return t('time.minutes', { n: Math.max(1, Math.round(seconds / 60)) })
  const day = dayFormat.format(new Date(iso))
  return day === dayFormat.format(new Date(now_ms())) ? clock(iso) : `${day.slice(5)} ${clock(iso)}`
}

/** A moment to come: the clock today, date and clock later. */
export function by(iso: string): string {
  const day = dayFormat.format(new Date(iso))
  return day === dayFormat.format(new Date(now_ms())) ? clock(iso) : `${day.slice(5)} ${clock(iso)}`
}

/** Seconds from one moment to another (now when `to` is null); null when `from` is missing. */
export function seconds(from: string | null, to: string | null = null): number | null {
  if (!from) return null
  return (to ? Date.parse(to) : now_ms()) / 1000 - Date.parse(from) / 1000
}

const DAY_S = 86_400

/** 0:45 · 12:03 · 1:02:03 · 3 天; a dash when unknown. A duration is never shown as 0 because it is missing. */
export function span(value_s: number | null): string {
  if (value_s === null || !Number.isFinite(value_s)) return '—'
  const whole = Math.max(0, Math.round(value_s))
  if (whole >= DAY_S) return t('time.days', { n: Math.floor(whole / DAY_S) })
  const h = Math.floor(whole / 3600)
  const m = Math.floor((whole % 3600) / 60)
  const s = String(whole % 60).padStart(2, '0')
  return h ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`
}
