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

/** Opens the palette; its code is fetched when it is first wanted, so that a phone page does not pay for it. */
export async function openPalette(): Promise<void> {
  const { Palette } = await import('./palette-box')
  Palette.open()
}

/** Ctrl K or ⌘ K, and every [data-palette] button. */
export function startPalette(): void {
  if (!document.querySelector('[data-palette]')) return
  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    void openPalette()
  })
  document.addEventListener('click', (event) => {
    if ((event.target as HTMLElement).closest('[data-palette]')) void openPalette()
  })
}
