import { wireComponents } from './components'
import { startPalette } from './palette'

/** The header's switches. Theme: auto → light → dark; kept in a cookie, so that theme.js knows it before the first paint. */
const ORDER = ['auto', 'light', 'dark'] as const
const OLD_MIN = 10
const TICK_MS = 15_000

function apply(choice: string): void {
  const dark = choice === 'dark' || (choice === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  const theme = dark ? 'dark' : 'light'
  const root = document.documentElement
  root.dataset.themeChoice = choice
  if (root.dataset.bsTheme !== theme) {
    root.dataset.bsTheme = theme
    document.dispatchEvent(new CustomEvent('linli:theme', { detail: theme }))
  }
}

function themes(): void {
  const root = document.documentElement
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-theme-switch]')) {
    const say = (choice: string): void => {
      const label = button.dataset[`label${choice[0]?.toUpperCase()}${choice.slice(1)}`] ?? ''
      button.title = label
      const words = button.querySelector('span')
      if (words) words.textContent = label
    }
    say(root.dataset.themeChoice ?? 'auto')
    button.addEventListener('click', () => {
      const at = ORDER.indexOf((root.dataset.themeChoice ?? 'auto') as (typeof ORDER)[number])
      const next = ORDER[(at + 1) % ORDER.length] ?? 'auto'
      document.cookie = `linli_theme=${next}; path=/; max-age=31536000; samesite=lax`
      apply(next)
      say(next)
    })
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => apply(root.dataset.themeChoice ?? 'auto'))
}

/** A page that does not live says of which moment it is; an old one offers to be fetched anew, one without network says so. */
function freshness(): void {
  const chip = document.getElementById('freshness')
  const text = chip?.querySelector('span')
  if (!chip || !text) return
  const opened = Date.now()
  const at = text.textContent ?? ''
  const show = (): void => {
    const minutes = Math.floor((Date.now() - opened) / 60_000)
    const state = !navigator.onLine ? 'lost' : minutes >= OLD_MIN ? 'stale' : 'fresh'
    chip.dataset.state = state
    const words = state === 'lost' ? chip.dataset.offline : state === 'stale' ? chip.dataset.old?.replace('{n}', String(minutes)) : chip.dataset.of?.replace('{at}', at)
    if (words && text.textContent !== words) text.textContent = words
  }
  chip.addEventListener('click', () => location.reload())
  for (const event of ['online', 'offline']) window.addEventListener(event, show)
  window.setInterval(show, TICK_MS)
  show()
}

const MOST_FOLDED = 4

/**
 * Words fold to their shapes, then the name, then the pages into the menu, until everything fits: nothing in the header is ever cut
 * off, sign-out least of all. What folds keeps its name for who hovers or listens.
 */
function folding(): void {
  const top = document.querySelector<HTMLElement>('.top')
  if (!top) return
  const fold = (): void => {
    for (let level = 0; level <= MOST_FOLDED; level++) {
      top.dataset.fold = String(level)
      if (top.scrollWidth <= top.clientWidth) return
    }
  }
  new ResizeObserver(fold).observe(document.documentElement)
  const end = top.querySelector('.top-end')
  if (end) new MutationObserver(fold).observe(end, { subtree: true, characterData: true, childList: true })
  fold()
}

function menu(): void {
  const button = document.querySelector<HTMLButtonElement>('.top-menu')
  const open = (on: boolean): void => {
    button?.setAttribute('aria-expanded', String(on))
    document.body.classList.toggle('menu-open', on)
  }
  button?.addEventListener('click', () => open(button.getAttribute('aria-expanded') !== 'true'))
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') open(false) })
}

export function wireHeader(): void {
  wireComponents()
  themes()
  freshness()
  menu()
  folding()
  startPalette()
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) button.addEventListener('click', () => window.print())
}
