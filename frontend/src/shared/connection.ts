import { setText } from './dom'
import type { Connection } from './live'
import { t } from './words'

/** The chip that always says whether the picture is live and how old it is. */
export function connectionChip(chip: HTMLElement): (state: Connection, silent_ms: number) => void {
  const text = chip.querySelector('span') ?? chip
  const use = chip.querySelector('use')
  const icons = (use?.getAttribute('href') ?? '').split('#')[0]
  let was = ''
  return (state, silent_ms) => {
    const age_s = Number.isFinite(silent_ms) ? Math.floor(silent_ms / 1000) : 0
    setText(text, state === 'live' ? t('live.live') : t(`live.${state}`, { s: age_s }))
    chip.title = t('live.heard', { s: age_s })
    if (state === was) return
    was = state
    chip.dataset.state = state
    document.body.dataset.live = state
    use?.setAttribute('href', `${icons}#${state === 'live' ? 'wifi' : 'wifi-off'}`)
  }
}
