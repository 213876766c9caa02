import '../css/palette.css'
import { html, nothing, render, type TemplateResult } from 'lit-html'
import { get, Problem } from './api'
import { icon } from './dom'
import { offered, type Command } from './palette'
import { say, t } from './words'

const PAUSE_MS = 110
const SHOWN = 12

type Said = { zh: string; en: string } | string
interface Found { type: string; id: string; number?: string | null; title: Said; why?: Said | null; url: string }

const TYPE_ICON: Record<string, string> = { matter: 'list-check', person: 'user', room: 'home', address: 'map-pin', agency: 'building', unit: 'car', place: 'map-pin' }

/** What matches every word that was written, in its own words, its key or its other names. */
export function matching(commands: Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return commands.filter((one) => {
    const all = `${one.words} ${one.group} ${one.also ?? ''} ${one.key ?? ''}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

/** The list of all that can be done now, the pages, and what a search finds. One box, opened again and again. */
export class Palette {
  private static one: Palette | null = null

  private readonly box = document.createElement('dialog')
  private commands: Command[] = []
  private found: Command[] = []
  private text = ''
  private at = 0
  private timer = 0
  private asking: AbortController | null = null
  private searching = false
  private note = ''

  /** `typed` is what was written before the box was there. */
  static open(typed = ''): void {
    Palette.one ??= new Palette()
    Palette.one.show(typed)
  }

  private constructor() {
    this.box.className = 'palette'
    this.box.setAttribute('aria-label', t('palette.title'))
    this.box.addEventListener('click', (event) => { if (event.target === this.box) this.box.close() })
    this.box.addEventListener('keydown', (event) => this.pressed(event))
    document.body.append(this.box)
  }

  private show(typed: string): void {
    if (this.box.open) return this.box.close()
    this.commands = [...offered(), ...pages(), ...switches()]
    Object.assign(this, { found: [], text: '', at: 0, note: '', searching: false })
    this.draw()
    this.box.showModal()
    const input = this.box.querySelector('input')
    if (input) {
      input.value = typed
      input.focus()
      if (typed) this.typed(typed)
    }
  }

  private get rows(): Command[] {
    return [...matching(this.commands, this.text), ...this.found].slice(0, this.text ? SHOWN * 2 : SHOWN * 3)
  }

  private typed(text: string): void {
    this.text = text.trim()
    this.at = 0
    this.found = [] // what an earlier text found is no answer to this one
    this.note = ''
    this.searching = this.text.length > 1
    this.draw()
    window.clearTimeout(this.timer)
    this.asking?.abort()
    if (this.searching) this.timer = window.setTimeout(() => void this.search(), PAUSE_MS)
  }

  private async search(): Promise<void> {
    this.asking = new AbortController()
    try {
      const answer = await get<{ items: Found[] }>(`/search?q=${encodeURIComponent(this.text)}`, this.asking.signal)
      this.note = ''
      this.found = answer.items.slice(0, SHOWN).map((one) => ({
        words: [say(one.title), one.number].filter(Boolean).join(' · '), also: say(one.why), icon: TYPE_ICON[one.type] ?? 'file-text', group: t('palette.found'), run: () => goto(one.url),
      }))
    } catch (failure) {
      if (!(failure instanceof Problem)) return // a newer text has taken its place
      this.found = []
      this.note = failure.message
    }
    this.searching = false
    this.draw()
  }

  private pressed(event: KeyboardEvent): void {
    event.stopPropagation()
    if (event.isComposing) return
    const rows = this.rows
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      this.at = rows.length ? (this.at + (event.key === 'ArrowDown' ? 1 : rows.length - 1)) % rows.length : 0
      this.draw()
      this.box.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      this.take(rows[this.at])
    } else if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      this.box.close()
    }
  }

  private take(command: Command | undefined): void {
    if (!command) return
    this.box.close()
    command.run()
  }

  private draw(): void {
    const rows = this.rows
    render(html`<div class="palette-head">${icon('search')}<input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant=${rows.length ? `palette-${this.at}` : nothing}
        aria-label=${t('palette.title')} placeholder=${t('palette.hint')} autocomplete="off" spellcheck="false" @input=${(event: Event) => this.typed((event.target as HTMLInputElement).value)}>
        <button type="button" class="icon-button" @click=${() => this.box.close()} aria-label=${t('action.close')}><kbd>Esc</kbd></button></div>
      <ul id="palette-list" role="listbox" aria-label=${t('palette.title')}>${rows.map((one, at) => this.row(one, at, rows[at - 1]?.group !== one.group))}</ul>
      ${rows.length ? nothing : html`<p class="palette-none" role="status">${this.note || t(this.searching ? 'palette.searching' : 'palette.none')}</p>`}`, this.box)
  }

  private row(one: Command, at: number, first: boolean): TemplateResult {
    return html`<li id="palette-${at}" role="option" aria-selected=${at === this.at} data-group=${first ? one.group : nothing} @click=${() => this.take(one)}>
      ${icon(one.icon)}<span>${one.words}${one.also && one.group === t('palette.found') ? html` <small class="quiet">${one.also}</small>` : nothing}</span>${one.key ? html`<kbd>${one.key}</kbd>` : nothing}</li>`
  }
}

/** Goes to an address, unless the page would rather show it where it is. */
function goto(url: string): void {
  if (document.dispatchEvent(new CustomEvent('linli:goto', { detail: url, cancelable: true }))) location.assign(url)
}

/** The pages of the person's post, as the header has them. */
function pages(): Command[] {
  return [...document.querySelectorAll<HTMLAnchorElement>('#top-nav a')].map((link) => ({
    words: link.textContent?.trim() ?? '', icon: link.querySelector('use')?.getAttribute('href')?.split('#')[1] ?? 'file-text', group: t('palette.pages'), also: link.dataset.nav ?? '',
    run: () => location.assign(link.href),
  }))
}

/** What the header's own buttons do. */
function switches(): Command[] {
  const press = (selector: string, words: string, picture: string, also: string): Command[] => {
    const button = document.querySelector<HTMLElement>(selector)
    return button ? [{ words, icon: picture, group: t('palette.page'), also, run: () => button.click() }] : []
  }
  return [
    ...press('[data-language]', t('palette.language'), 'language', 'language english chinese 中文'),
    ...press('[data-theme-switch]', t('palette.theme'), 'moon', 'theme dark light'),
    ...press('[data-print]', t('palette.print'), 'printer', 'print'),
    ...press('form[data-sign-out] button', t('palette.sign_out'), 'logout', 'sign out logout'),
  ]
}
