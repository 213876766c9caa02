import { t } from './words'

/** One thing that can be done now: from the keyboard, whichever page it is on. */
export interface Command {
  words: string
  icon: string
  /** The group's heading in words. */
  group: string
  /** The key that does it without the palette, where there is one. */
  key?: string
  /** More words it is found by. */
  also?: string
  run: () => void
}

type Offer = () => Command[]

const offers: Offer[] = []

/** A page names what can be done on it now; asked anew each time the palette opens. */
export function offer(commands: Offer): void {
  offers.push(commands)
}

export const offered = (): Command[] => offers.flatMap((one) => one())

type Box = typeof import('./palette-box')

let loaded: Box | null = null

async function load(): Promise<Box> {
  loaded = await import('./palette-box')
  return loaded
}

/** Opens the palette; its code is fetched when it is first wanted, so that a phone page does not pay for it.
 *
 * A hand does not wait for code: what is typed meanwhile goes into a bare box and is taken over, never into the page. */
export function openPalette(): void {
  if (loaded) return loaded.Palette.open()
  if (document.querySelector('dialog.palette-soon')) return
  const soon = bareBox()
  void load().then(({ Palette }) => {
    const typed = soon.querySelector('input')?.value ?? ''
    soon.remove()
    Palette.open(typed)
  })
}

function bareBox(): HTMLDialogElement {
  const box = document.createElement('dialog')
  box.className = 'palette palette-soon'
  const input = document.createElement('input')
  input.setAttribute('aria-label', t('palette.title'))
  box.append(input)
  box.addEventListener('keydown', (event) => event.stopPropagation())
  document.body.append(box)
  box.showModal()
  input.focus()
  return box
}

/** Ctrl K or ⌘ K, and every [data-palette] button. */
export function startPalette(): void {
  if (!document.querySelector('[data-palette]')) return
  // Where there is a keyboard it is fetched before it is wanted, once the page itself is quiet.
  if (window.matchMedia('(hover: hover)').matches) window.requestIdleCallback?.(() => void load())
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    openPalette()
  })
  document.addEventListener('click', (event) => {
    if ((event.target as HTMLElement).closest('[data-palette]')) openPalette()
  })
}
