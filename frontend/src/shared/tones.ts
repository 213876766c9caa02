/** Three tones: a new call, an order that nobody signs, danger. Made here, so that no sound file has to load. */

export type Tone = 'new' | 'unsigned' | 'safety'

const NOTES: Record<Tone, { hz: number[]; s: number; type: OscillatorType; gain: number }> = {
  new: { hz: [660, 880], s: 0.16, type: 'sine', gain: 0.35 },
  unsigned: { hz: [880, 660, 880, 660], s: 0.14, type: 'triangle', gain: 0.5 },
  safety: { hz: [1046, 784, 1046, 784, 1046, 784], s: 0.2, type: 'square', gain: 0.4 },
}

let context: AudioContext | null = null
let off = document.cookie.includes('linli_sound=off')

export const soundOff = (): boolean => off

/** True when the browser would really let a tone be heard: browsers keep silent until the person has touched the page. */
export const audible = (): boolean => !off && context?.state === 'running'

export function setSound(on: boolean): void {
  off = !on
  document.cookie = `linli_sound=${on ? 'on' : 'off'}; path=/; max-age=31536000; samesite=lax`
}

/** Call from a tap or a key: browsers allow sound only after one. */
export async function wake(): Promise<void> {
  context ??= new AudioContext()
  if (context.state !== 'running') await context.resume()
}

export function play(tone: Tone): boolean {
  if (off || !context || context.state !== 'running') return false
  const { hz, s, type, gain } = NOTES[tone]
  const volume = context.createGain()
  volume.gain.value = gain
  volume.connect(context.destination)
  hz.forEach((value, index) => {
    const note = context as AudioContext
    const voice = note.createOscillator()
    voice.type = type
    voice.frequency.value = value
    voice.connect(volume)
    voice.start(note.currentTime + index * s)
    voice.stop(note.currentTime + index * s + s * 0.85)
  })
  return true
}
