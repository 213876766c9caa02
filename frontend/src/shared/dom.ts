import { html, svg, type TemplateResult } from 'lit-html'
import { page } from './words'

/** An icon of the sprite, hidden from screen readers: a word always stands beside it. */
export const icon = (name: string, extra = ''): TemplateResult =>
  html`<svg class="icon ${extra}" aria-hidden="true">${svg`<use href="${page.icons}#${name}"></use>`}</svg>`

/** The same as an element, for lists that are built by hand. */
export function iconElement(name: string, extra = ''): SVGSVGElement {
  const root = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  root.setAttribute('class', `icon ${extra}`)
  root.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  use.setAttribute('href', `${page.icons}#${name}`)
  root.append(use)
  return root
}

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (!found) throw new Error(`no #${id} on this page`)
  return found as T
}

/** True while the person is writing: single-letter keys then belong to the text. */
export const writing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Sets text only when it changed: no layout for rows that stay as they are. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text
}
