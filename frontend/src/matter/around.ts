import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { icon } from '../shared/dom'
import { stateBadge } from '../shared/parts'
import { ago, exact } from '../shared/time'
import type { Around, Brief, MatterDetail } from '../shared/types'
import { say, t } from '../shared/words'
import type { CardPart, MatterCard } from './card'

const WIDE = 640
const HIGH = 340
const RING = [0, 95, 145]

/** Earlier matters at the same place, within the reach of who looks: what the crew should know before it knocks. */
export function earlierPart(card: MatterCard): CardPart {
  const rows = card.state.around?.earlier ?? []
  if (!rows.length) return nothing
  return html`<section class="part"><h3>${t('card.earlier')} <span class="quiet">${rows.length}</span></h3>${rows.map(brief)}</section>`
}

const brief = (one: Brief): TemplateResult => html`<div class="brief"><a class="num" href="/matters/${one.number}">${one.number}</a><b>${one.title || say(one.kind)}</b>
  ${stateBadge(one.state, say(one.state_words))}<time class="quiet" datetime=${one.at} title=${exact(one.at)}>${ago(one.at)}</time></div>`

interface Spot { x: number; y: number }

/** The matter in the middle, what is tied to it on a ring around it, what is tied to those on the next: the same picture every time. */
function spots(around: Around): Map<string, Spot> {
  const found = new Map<string, Spot>()
  for (const away of [0, 1, 2]) {
    const ring = around.nodes.filter((node) => node.away === away)
    ring.forEach((node, at) => {
      const turn = (2 * Math.PI * at) / ring.length + away * 0.6
      const radius = RING[away] ?? 0
      found.set(node.number, { x: WIDE / 2 + Math.cos(turn) * radius * 1.75, y: HIGH / 2 + Math.sin(turn) * radius })
    })
  }
  return found
}

/** Linked matters as a graph, and the same beside it as a list for who cannot see the picture. Nothing for a pair: the list of ties says it. */
export function netPart(card: MatterCard, matter: MatterDetail): CardPart {
  const { around } = card.state
  if (!around || around.nodes.length < 3) return nothing
  const at = spots(around)
  const line = (one: Spot, other: Spot, words: string): TemplateResult => svg`<line x1=${one.x} y1=${one.y} x2=${other.x} y2=${other.y}></line>
    <text class="net-relation" x=${(one.x + other.x) / 2} y=${(one.y + other.y) / 2 - 3}>${words}</text>` as unknown as TemplateResult
  return html`<section class="part"><h3>${icon('link')} ${t('card.net')}</h3>
    <svg class="net" viewBox="0 0 ${WIDE} ${HIGH}" role="img" aria-label=${t('card.net')}>
      ${around.edges.map((edge) => { const one = at.get(edge.one); const other = at.get(edge.other); return one && other ? line(one, other, say(edge.relation)) : nothing })}
      ${around.nodes.map((node) => { const spot = at.get(node.number) as Spot; return svg`<a href="/matters/${node.number}" class=${node.number === matter.number ? 'is-self' : ''} aria-hidden="true" tabindex="-1">
        <circle cx=${spot.x} cy=${spot.y} r="13"></circle><text x=${spot.x} y=${spot.y + 28}>${node.title || say(node.kind)}</text></a>` })}
    </svg>
    <details><summary>${t('card.net_list')}</summary>${around.nodes.filter((node) => node.number !== matter.number).map(brief)}</details></section>`
}
