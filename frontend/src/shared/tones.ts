import { now_ms } from './time'

/** Three tones: a new call, an order that nobody signs, and `safety`: an officer in danger and nothing else. Made here, so that no sound file has to load. */
export type Tone = 'new' | 'unsigned' | 'safety'
export const TONES: readonly Tone[] = ['new', 'unsigned', 'safety']

const NOTES: Record<Tone, { hz: number[]; s: number; type: OscillatorType; gain: number }> = {
  new: { hz: [660, 880], s: 0.16, type: 'sine', gain: 0.35 },
  unsigned: { hz: [880, 660, 880, 660], s: 0.14, type: 'triangle', gain: 0.5 },
  safety: { hz: [1046, 784, 1046, 784, 1046, 784], s: 0.2, type: 'square', gain: 0.4 },
}

/** How loud this browser is: a share of full, and whether it is quieter at night. */
export interface Loudness { volume: number; night: boolean }

const KEPT = 'linli_loudness'
const NIGHT_SHARE = 0.3
/** Hours of Asia/Shanghai from which and until which it is night. */
export const NIGHT = { from: 22, until: 6 } as const
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const SHANGHAI_MS = 8 * HOUR_MS

let context: AudioContext | null = null
let off = document.cookie.includes('linli_sound=off')

export const soundOff = (): boolean => off

/** True when the browser would really let a tone be heard: browsers keep silent until the person has touched the page. */
export const audible = (): boolean => !off && context?.state === 'running'

export function setSound(on: boolean): void {
  off = !on
  document.cookie = `linli_sound=${on ? 'on' : 'off'}; path=/; max-age=31536000; samesite=lax`
}

export function loudness(): Loudness {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<Loudness>
    return { volume: Math.min(1, Math.max(0.05, kept.volume ?? 1)), night: kept.night ?? true }
  } catch {
    return { volume: 1, night: true }
  }
}

export function setLoudness(next: Loudness): void {
  localStorage.setItem(KEPT, JSON.stringify(next))
}

export function isNight(at_ms: number = now_ms()): boolean {
  const hour = Math.floor(((at_ms + SHANGHAI_MS) % DAY_MS) / HOUR_MS)
  return hour >= NIGHT.from || hour < NIGHT.until
}

/** The share of full loudness that a tone gets now. Danger to life is never made quieter by the night. */
export function share(tone: Tone, at_ms: number = now_ms()): number {
  const { volume, night } = loudness()
  return tone !== 'safety' && night && isNight(at_ms) ? volume * NIGHT_SHARE : volume
}

/** Call from a tap or a key: browsers allow sound only after one. */
export async function wake(): Promise<void> {
  context ??= new AudioContext()
  if (context.state !== 'running') await context.resume()
}

/** True when it was really played. Every tone that was wanted is told as `linli:tone`, heard or not. */
export function play(tone: Tone): boolean {
  const heard = !off && context !== null && context.state === 'running'
  document.dispatchEvent(new CustomEvent('linli:tone', { detail: { tone, heard, share: share(tone) } }))
  if (!heard || !context) return false
  const { hz, s, type, gain } = NOTES[tone]
  const note = context
  const volume = note.createGain()
  volume.gain.value = gain * share(tone)
  volume.connect(note.destination)
  hz.forEach((value, index) => {
    const voice = note.createOscillator()
    voice.type = type
    voice.frequency.value = value
    voice.connect(volume)
    voice.start(note.currentTime + index * s)
    voice.stop(note.currentTime + index * s + s * 0.85)
  })
  return true
}
