import './css/pages.css'
import './css/outreach.css'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'
import { toast } from './shared/toast'
import { t } from './shared/words'

wireHeader()
watchIdle()

/** Where the clipboard is not to be had (an address without TLS), the text is selected: a long press copies it. */
async function copy(from: HTMLElement): Promise<void> {
  const text = from.textContent?.trim() ?? ''
  try {
    await navigator.clipboard.writeText(text)
    toast(t('copied.done'))
  } catch {
    getSelection()?.selectAllChildren(from)
    toast(t('copied.select'), 'info')
  }
}

for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) {
  button.addEventListener('click', () => {
    const from = document.getElementById(button.dataset['copy'] ?? '')
    if (from) void copy(from)
  })
}
