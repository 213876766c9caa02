import { wireComponents } from './components'

/** The header's switches. Theme: auto → light → dark; kept in a cookie, so that theme.js knows it before the first paint. */
const ORDER = ['auto', 'light', 'dark'] as const

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

export function wireHeader(): void {
  wireComponents()
  const root = document.documentElement
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-theme-switch]')) {
    button.addEventListener('click', () => {
      const at = ORDER.indexOf((root.dataset.themeChoice ?? 'auto') as (typeof ORDER)[number])
      const next = ORDER[(at + 1) % ORDER.length] ?? 'auto'
      document.cookie = `linli_theme=${next}; path=/; max-age=31536000; samesite=lax`
      apply(next)
      button.title = button.dataset[`label${next[0]?.toUpperCase()}${next.slice(1)}`] ?? ''
    })
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => apply(root.dataset.themeChoice ?? 'auto'))
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) button.addEventListener('click', () => window.print())
}
