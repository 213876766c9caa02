import { setText } from '../shared/dom'
import { isNight, loudness, play, setLoudness, setSound, TONES, wake, type Tone } from '../shared/tones'
import { t } from '../shared/words'

const HEARD_MS = 2500

/** The dialog where the three tones are tried, made louder or quieter, and made quiet at night. */
export function wireSounds(box: HTMLElement, changed: () => void): void {
  const volume = box.querySelector<HTMLInputElement>('[name=volume]')
  const night = box.querySelector<HTMLInputElement>('[name=night]')
  const said = box.querySelector<HTMLElement>('[data-said]')
  if (!volume || !night || !said) return
  const { volume: share, night: quiet } = loudness()
  volume.value = String(Math.round(share * 100))
  night.checked = quiet
  const keep = (): void => setLoudness({ volume: Number(volume.value) / 100, night: night.checked })
  volume.addEventListener('change', keep)
  night.addEventListener('change', keep)
  for (const button of box.querySelectorAll<HTMLButtonElement>('[data-tone-test]')) {
    button.addEventListener('click', () => {
      keep()
      setSound(true)
      void wake().then(() => {
        const tone = button.dataset.toneTest as Tone
        const heard = TONES.includes(tone) && play(tone)
        setText(said, t(heard ? (isNight() && night.checked && tone !== 'safety' ? 'sound.played_night' : 'sound.played') : 'sound.not_played'))
        window.setTimeout(() => setText(said, ''), HEARD_MS)
        changed()
      })
    })
  }
}
