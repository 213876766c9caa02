import { nameCells } from './stacked'
import { ago, exact } from './time'
import { t } from './words'

const TICK_MS = 30_000
const POLL_MS = 1500

interface JobAnswer { state: 'queued' | 'running' | 'done' | 'failed'; done?: number; total?: number; text?: string; href?: string }

function opened(event: MouseEvent): void {
  const target = event.target as HTMLElement
  const opener = target.closest<HTMLElement>('[data-open]')
  const box = opener && document.getElementById(opener.dataset.open ?? '')
  if (box instanceof HTMLDialogElement) box.showModal()
  else if (box) box.hidden = false
  const closing = target.closest<HTMLElement>('[data-close]')?.closest<HTMLElement>('dialog, .beside-panel, .toast')
  if (closing instanceof HTMLDialogElement) closing.close()
  else if (closing?.classList.contains('toast')) closing.remove()
  else if (closing) closing.hidden = true
  // The veil around a dialog closes it; a form with something written in it stays.
  if (target instanceof HTMLDialogElement && !target.querySelector('form')) target.close()
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('.menu-box[open], .menu[open]')) if (!menu.contains(target)) menu.open = false
}

function escaped(event: KeyboardEvent): void {
  if (event.key !== 'Escape') return
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('.menu-box[open], .menu[open]')) {
    menu.open = false
    menu.querySelector<HTMLElement>('summary')?.focus()
  }
}

/** `<time data-when>` keeps saying how long ago it was. */
function tick(): void {
  for (const node of document.querySelectorAll<HTMLTimeElement>('time[data-when]')) {
    const words = ago(node.dateTime)
    if (node.textContent !== words) node.textContent = words
    if (!node.title) node.title = exact(node.dateTime)
  }
}

/** 2026-11-23 09:19, in Asia/Shanghai: Sweden writes its dates so. */
const ON_PAPER = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' })

/** Paper does not age: it says the exact time. */
function printed(): void {
  for (const node of document.querySelectorAll<HTMLTimeElement>('time[data-when]')) node.textContent = ON_PAPER.format(new Date(node.dateTime))
}

/** Asks how far a long job is, as long as somebody looks; the job itself does not care whether anybody does. */
async function follow(box: HTMLElement): Promise<void> {
  const bar = box.querySelector('progress')
  const count = box.querySelector('[data-job-count]')
  const text = box.querySelector('[data-job-text]')
  while (box.isConnected) {
    try {
      const response = await fetch(box.dataset.job ?? '', { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
      const answer = (await response.json()) as JobAnswer
      box.dataset.state = answer.state
      if (bar && answer.total) { bar.max = answer.total; bar.value = answer.done ?? 0 }
      if (count && answer.total) count.textContent = `${answer.done ?? 0} / ${answer.total}`
      if (text && answer.text) text.textContent = answer.text
      if (answer.state === 'done' || answer.state === 'failed') {
        box.dispatchEvent(new CustomEvent('linli:job', { bubbles: true, detail: answer }))
        if (answer.href) location.assign(answer.href)
        return
      }
    } catch {
      if (text) text.textContent = t('trouble.stale_what')
    }
    await new Promise((done) => window.setTimeout(done, document.hidden ? POLL_MS * 10 : POLL_MS))
  }
}

/** A form that was sent shows that it is on its way, and cannot be sent twice by a nervous finger. */
function sent(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement
  if (event.defaultPrevented || form.method !== 'post' || form.target) return
  const button = (event.submitter ?? form.querySelector('button:not([type=button])')) as HTMLButtonElement | null
  button?.setAttribute('aria-busy', 'true')
  // A page that comes back from the history must be usable again.
  window.addEventListener('pageshow', () => button?.removeAttribute('aria-busy'), { once: true })
}

/** What every page needs of its components: dialogs, menus, moments, jobs, busy forms. */
export function wireComponents(): void {
  document.addEventListener('click', opened)
  document.addEventListener('keydown', escaped)
  document.addEventListener('submit', sent)
  window.addEventListener('beforeprint', printed)
  window.addEventListener('afterprint', tick)
  window.setInterval(tick, TICK_MS)
  tick()
  nameCells(document)
  for (const box of document.querySelectorAll<HTMLElement>('[data-job]')) if (['queued', 'running'].includes(box.dataset.state ?? '')) void follow(box)
  document.querySelector<HTMLElement>('.error-list:not(.sample *)')?.focus()
}
