import { iconElement } from './dom'
import { t } from './words'

const STAYS_MS = 8000
const PICTURE = { ok: 'circle-check', info: 'info-circle', danger: 'alert-triangle' }

function region(): HTMLElement {
  const found = document.querySelector<HTMLElement>('.toasts')
  if (found) return found
  const made = document.createElement('div')
  made.className = 'toasts'
  made.setAttribute('aria-live', 'polite')
  document.body.append(made)
  return made
}

/** Says what was just done, with the way back where there is one. A failure stays until it is closed. */
export function toast(text: string, tone: keyof typeof PICTURE = 'ok', undo: (() => void) | null = null): void {
  const box = document.createElement('div')
  box.className = 'toast'
  box.dataset.tone = tone
  box.setAttribute('role', tone === 'danger' ? 'alert' : 'status')
  const words = document.createElement('span')
  words.textContent = text
  box.append(iconElement(PICTURE[tone]), words)
  if (undo) {
    const back = document.createElement('button')
    back.type = 'button'
    back.className = 'button is-small'
    back.textContent = t('action.undo')
    back.addEventListener('click', () => { box.remove(); undo() })
    box.append(back)
  }
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'icon-button'
  close.title = t('action.close')
  close.setAttribute('aria-label', t('action.close'))
  close.append(iconElement('x'))
  close.addEventListener('click', () => box.remove())
  box.append(close)
  region().append(box)
  if (tone !== 'danger') window.setTimeout(() => box.remove(), STAYS_MS)
}
