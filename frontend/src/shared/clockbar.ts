import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { liveOrders } from './stage'
import { exact, seconds, span } from './time'
import type { Matter, Order } from './types'
import { t } from './words'

/** One leg of a call: from one human milestone to the next. `value_s` is null when an end is missing, never 0. */
export interface Leg { name: string; from: string | null; to: string | null; value_s: number | null; running: boolean }

/** The promise that the bar measures against, seconds. */
export const PROMISE_S = 300

function earliest(values: (string | null)[]): string | null {
  const present = values.filter((value): value is string => value !== null)
  return present.length ? present.reduce((a, b) => (a < b ? a : b)) : null
}

/** When a unit was there: as its crew said, else as its position proved. */
export const arrival = (order: Order): string | null => order.arrived_at ?? order.arrived_proven_at

export function legs(matter: Matter): Leg[] {
  const orders = liveOrders(matter)
  const at = {
    received: matter.received_at,
    ordered: earliest(orders.map((order) => order.ordered_at)),
    signed: earliest(orders.map((order) => order.signed_at)),
    way: earliest(orders.map((order) => order.under_way_at)),
    arrived: earliest(orders.map(arrival)),
    done: earliest(orders.map((order) => order.done_at)),
  }
  const names: [string, string | null, string | null][] = [
    ['queue', at.received, at.ordered], ['sign', at.ordered, at.signed], ['turnout', at.signed, at.way], ['travel', at.way, at.arrived], ['scene', at.arrived, at.done],
  ]
  const over = matter.closed_at !== null || ['done', 'fed_back', 'closed', 'void', 'handed_over'].includes(matter.state)
  const current = over ? -1 : names.findIndex(([, from, to]) => from !== null && to === null)
  return names.map(([name, from, to], index) => {
    const running = index === current
    return { name, from, to, running, value_s: from && (to || running) ? seconds(from, to) : null }
  })
}

/** Received to first arrival (or now); null when it never arrived and is over. */
export function response_s(matter: Matter): number | null {
  const arrived = earliest(liveOrders(matter).map(arrival))
  if (arrived) return seconds(matter.received_at, arrived)
  return ['waiting', 'ordered'].includes(matter.state) ? seconds(matter.received_at) : null
}

/** The clock of one call as a bar with its seconds; the mark stands at the five-minute promise. */
export function clockBar(matter: Matter): TemplateResult {
  const parts = legs(matter).filter((leg) => leg.name !== 'scene')
  const total = Math.max(PROMISE_S * 1.2, parts.reduce((sum, leg) => sum + (leg.value_s ?? 0), 0))
  let x = 0
  const bars = parts.map((leg) => {
    if (leg.value_s === null) return nothing
    const width = (Math.max(0, leg.value_s) / total) * 1000
    const rect = svg`<rect x=${x} y="0" width=${Math.max(2, width)} height="14" class="leg leg-${leg.name} ${leg.running ? 'is-running' : ''}"></rect>`
    x += width
    return rect
  })
  return html`<div class="clockbar">
    <svg viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true"><rect class="leg-ground" x="0" y="0" width="1000" height="14"></rect>${bars}
      ${svg`<line class="promise" x1=${(PROMISE_S / total) * 1000} x2=${(PROMISE_S / total) * 1000} y1="0" y2="14"></line>`}</svg>
    <dl>${parts.map((leg) => html`<div class=${leg.running ? 'is-running' : ''} title="${exact(leg.from)} → ${exact(leg.to)}">
      <dt><i class="leg-key leg-${leg.name}"></i>${t(`leg.${leg.name}`)}</dt><dd>${span(leg.value_s)}</dd></div>`)}</dl>
  </div>`
}
