import { html, nothing } from 'lit-html'
import { arrival } from '../shared/clockbar'
import { icon } from '../shared/dom'
import { liveOrders } from '../shared/stage'
import { clockSeconds, seconds, span } from '../shared/time'
import type { Handover, MatterDetail, MoveOffer, Order, Recommended } from '../shared/types'
import { known, say, t } from '../shared/words'
import type { CardPart, MatterCard } from './card'
import { askedField, field } from './fields'

/** The first reasons decide; the rest stand in the tooltip. */
const REASONS_SHOWN = 3
const percent = (share: number | null): string => (share === null ? '—' : `${Math.round(share * 100)}%`)

/** A declined or recalled order leaves the matter waiting: the recommendation must come back then, too. */
export function recommendationPart(card: MatterCard, matter: MatterDetail): CardPart {
  if (matter.kind !== 'incident' || !['waiting', 'ordered', 'on_scene'].includes(matter.state)) return nothing
  const { recommendation } = card.state
  if (matter.lon === null) return nothing
  if (!recommendation) return matter.state === 'waiting' ? html`<section class="part"><h3>${t('card.nearest')}</h3><span class="skeleton"></span></section>` : nothing
  const rows = card.choices
  const { responsible, warnings } = recommendation
  const backup = liveOrders(matter).length > 0
  return html`<section class="part nearest"><h3 title=${t('card.took', { ms: recommendation.took_ms?.toFixed(1) ?? '—' })}>${t(backup ? 'card.backup' : 'card.nearest')}</h3>
    ${(warnings ?? []).map((one) => html`<p class="notice is-warning">${icon('alert-triangle')} ${say(one)}</p>`)}
    ${responsible?.person ? html`<p class="quiet">${t('card.responsible', { room: responsible.answers_at?.name ?? '', person: responsible.person })}</p>` : nothing}
    ${rows.length ? html`<ol class="choices">${rows.map((one, at) => choice(card, one, at, !backup && at === 0))}</ol>` : html`<p class="quiet">${t('card.no_unit')}</p>`}
  </section>`
}

function choice(card: MatterCard, one: Recommended, at: number, best: boolean): CardPart {
  const busy = card.state.busy === `order:${one.unit.id}`
  return html`<li><button type="button" class="choice ${best ? 'is-best' : ''}" title=${one.reasons.map((reason) => say(reason)).join('\n')} data-unit=${one.unit.id} ?disabled=${card.state.busy !== ''} @click=${() => card.order(one.unit.id)}>
    <kbd>${at + 1}</kbd>
    <span class="choice-name">${one.unit.call_sign}${best ? html` <span class="tag is-accent">Enter ${t('action.order')}</span>` : nothing}</span>
    <span class="choice-share">${one.within_300_s === null || one.within_300_s === undefined ? nothing : html`${t('card.within', { s: span(one.target_s ?? 300) })} ${percent(one.within_300_s)}`}</span>
    <span class="choice-eta">${busy ? '…' : span(one.eta_s)}</span>
    <span class="choice-why">${say(one.reasons.slice(0, REASONS_SHOWN))}${one.covers_hole ? html`；${t('card.covers', { unit: one.covers_hole.unit.call_sign, s: span(one.covers_hole.eta_s) })}` : nothing}</span>
  </button></li>`
}

const NEXT_BY_RADIO: Record<string, string> = { ordered: 'sign', delivered: 'sign', signed: 'set_out', under_way: 'arrive', arrived: 'finish' }

export function ordersPart(card: MatterCard, matter: MatterDetail): CardPart {
  if (!matter.orders.length) return nothing
  return html`<section class="part"><h3>${t('card.orders')}</h3><ul class="orders">${matter.orders.map((order) => orderRow(card, order))}</ul></section>`
}

function orderRow(card: MatterCard, order: Order): CardPart {
  const gone = order.state === 'declined' || order.state === 'recalled' || order.state === 'done'
  const next = NEXT_BY_RADIO[order.state]
  const waiting = !order.signed_at && !gone
  const stamps: [string, string | null][] = [['delivered', order.delivered_at], ['signed', order.signed_at], ['under_way', order.under_way_at], ['arrived', arrival(order)], ['done', order.done_at]]
  return html`<li class="order" data-order=${order.id} data-state=${order.state}>
    <div class="card-line"><strong>${order.unit.call_sign}</strong><span class="stage" data-stage=${orderStage(order)}>${t(`order.${order.state}`)}</span>
      ${waiting ? html`<span class="tag ${(seconds(order.ordered_at) ?? 0) > 30 ? 'is-danger' : ''}">${t('order.since', { s: span(seconds(order.ordered_at)) })}</span>` : nothing}
      ${order.eta_s && !arrival(order) && !gone ? html`<span class="quiet">${t('order.eta', { s: span(order.eta_s) })}</span>` : nothing}
      ${order.via ? html`<span class="quiet">${known(`via.${order.via}`) ? t(`via.${order.via}`) : order.via}</span>` : nothing}</div>
    <ol class="order-steps">${stamps.map(([name, at]) => html`<li class=${at ? 'is-done' : ''}><span>${t(`step.${name}`)}</span><b class="num">${at ? clockSeconds(at) : '—'}</b>
      ${name === 'arrived' && at ? html`<em class=${order.arrived_proven_at ? 'is-ok' : ''}>${t(order.arrived_proven_at ? 'stamp.proven' : 'stamp.claimed_only')}</em>` : nothing}</li>`)}</ol>
    ${gone ? nothing : html`<div class="card-line actions">
      ${next ? html`<button type="button" class="button is-small" ?disabled=${card.state.busy !== ''} @click=${() => card.orderMove(order.id, next, { by_radio: true })}>${icon('radio')} ${t(`radio.${next}`)}${next === 'sign' ? html` <kbd>A</kbd>` : nothing}</button>` : nothing}
      <button type="button" class="button is-small" ?disabled=${card.state.busy !== ''} @click=${() => card.recall(order.id)}>${icon('arrow-back-up')} ${t('action.recall')} <kbd>R</kbd></button></div>`}
  </li>`
}

function orderStage(order: Order): string {
  if (order.state === 'ordered' || order.state === 'delivered') return 'unsigned'
  return order.state === 'arrived' ? 'on_scene' : order.state
}

export function similarPart(card: MatterCard): CardPart {
  const linked = new Set(card.state.matter?.links.filter((link) => !link.undone).map((link) => link.number))
  const rows = card.state.similar.filter((one) => !linked.has(one.number))
  if (!rows.length) return nothing
  return html`<section class="part suggestion"><h3>${icon('link')} ${t(card.state.matter?.kind === 'incident' ? 'card.similar' : 'card.similar_report')}</h3><ul class="plain">${rows.slice(0, 3).map((one, at) => html`<li class="card-line">
    <span><a href="/matters/${one.number}">${one.title || one.number}</a><br><span class="quiet">${one.why ? say(one.why) : one.address}</span></span>
    <button type="button" class="button is-small" @click=${() => card.link(one.number)} ?disabled=${card.state.busy !== ''}>${t('action.link')}${at === 0 ? html` <kbd>L</kbd>` : nothing}</button></li>`)}</ul></section>`
}

function relationWords(relation: string, kind: string): string {
  const key = relation === 'same_incident' && kind !== 'incident' ? 'relation.same_thing' : `relation.${relation}`
  return known(key) ? t(key) : relation
}

export function linksPart(card: MatterCard, matter: MatterDetail): CardPart {
  const rows = matter.links.filter((link) => !link.undone)
  if (!rows.length) return nothing
  return html`<section class="part"><h3>${t('card.links')}</h3><ul class="plain">${rows.map((one, at) => html`<li class="card-line">
    <span><a href="/matters/${one.number}">${one.number}</a> <span class="quiet">${one.title ?? ''} · ${relationWords(one.relation, matter.kind)}</span></span>
    <button type="button" class="button is-small" @click=${() => card.unlink(one.id)} ?disabled=${card.state.busy !== ''}>${icon('unlink')} ${t('action.unlink')}${at === 0 ? html` <kbd>U</kbd>` : nothing}</button></li>`)}</ul></section>`
}

/** Every step the workflow knows from here; those that are not allowed stay visible and say why not. */
export function movesPart(card: MatterCard, matter: MatterDetail): CardPart {
  if (!matter.moves.length) return nothing
  const shown = matter.moves.filter((offer) => offer.name !== 'order' && offer.name !== 'hand_over')
  return html`<section class="part no-print"><h3>${t('card.moves')}</h3><div class="moves">${shown.map((offer) => moveButton(card, offer))}</div>
    ${card.state.full && matter.machine_moves?.length ? html`<p class="quiet machine">${t('card.by_itself')} ${matter.machine_moves.map((one) => say(one)).join('、')}</p>` : nothing}
    ${shown.filter((offer) => card.state.form === `move:${offer.name}`).map((offer) => moveForm(card, offer))}</section>`
}

function moveButton(card: MatterCard, offer: MoveOffer): CardPart {
  if (!offer.may) return html`<span class="button is-small is-off" aria-disabled="true" title=${say(offer.why_not)}>${say(offer)}<small>${say(offer.why_not)}</small></span>`
  const run = (): void => {
    if (offer.needs.length || offer.asks?.length) card.set({ form: card.state.form === `move:${offer.name}` ? '' : `move:${offer.name}` })
    else void card.move(offer, null)
  }
  return html`<button type="button" class="button is-small" data-move=${offer.name} ?disabled=${card.state.busy !== ''} @click=${run}>${say(offer)}</button>`
}

function moveForm(card: MatterCard, offer: MoveOffer): CardPart {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    void card.move(offer, event.target as HTMLFormElement)
  }
  return html`<form class="inline-form" data-form="move:${offer.name}" @submit=${submit}>${offer.asks ? offer.asks.map((one) => askedField(one, card.state.vocabulary)) : offer.needs.map((name) => field(name, card.state.vocabulary))}
    <div class="card-line actions"><button class="button is-primary">${say(offer)}</button><button type="button" class="button" @click=${() => card.dropForm()}>${t('action.cancel')}</button></div></form>`
}

export function handoverPart(card: MatterCard, matter: MatterDetail): CardPart {
  const rows = matter.handovers
  const open = card.state.form === 'handover'
  const ended = ['closed', 'void'].includes(matter.state)
  if (ended && !rows.length) return nothing
  return html`<section class="part"><h3>${t('card.handover')}</h3>
    ${rows.length ? html`<ul class="plain">${rows.map((one) => handoverRow(card, one))}</ul>` : nothing}
    ${ended || open ? nothing : along(card, matter)}
    ${ended ? nothing : open ? handoverForm(card) : html`<div class="card-line actions no-print"><button type="button" class="button is-small" @click=${() => card.set({ form: 'handover' })}>${icon('arrow-forward-up')} ${t('action.handover')} <kbd>H</kbd></button></div>`}
  </section>`
}

/** The partners that the category names: one tap asks them along. */
function along(card: MatterCard, matter: MatterDetail): CardPart {
  const asked = new Set(matter.handovers.map((one) => one.agency.id))
  const rows = (matter.suggested_along ?? []).map((one) => ('agency' in one ? one.agency : one)).filter((one) => !asked.has(one.id))
  if (!rows.length) return nothing
  return html`<div class="card-line actions no-print">${rows.map((one) => html`<button type="button" class="button is-small" data-along=${one.code} ?disabled=${card.state.busy !== ''}
    @click=${() => card.act(`along:${one.id}`, `/matters/${matter.number}/handovers`, { agency: one.id, mode: 'ask_along', text: '' })}>${icon('phone-call')} ${t('action.ask', { name: one.name })}</button>`)}</div>`
}

function handoverRow(card: MatterCard, one: Handover): CardPart {
  return html`<li><div class="card-line"><strong>${one.agency.name}</strong><span class="tag">${t(`handover.${one.mode}`)}</span><span class="quiet">${say(one.state_words) || one.state}</span></div>
    <p class="quiet">${one.text}${one.answer ? html`<br>${icon('message')} ${one.answer}` : nothing}</p>
    ${(one.moves ?? []).filter((offer) => offer.may).map((offer) => ticketButton(card, one, offer))}
    ${(one.moves ?? []).filter((offer) => card.state.form === `move:${one.id}:${offer.name}`).map((offer) => answerForm(card, one, offer))}</li>`
}

/** A step that needs a word opens its form; the others are one tap. */
function ticketButton(card: MatterCard, one: Handover, offer: MoveOffer): CardPart {
  const form = `move:${one.id}:${offer.name}` as const
  const run = (): void => {
    if (offer.needs.length) card.set({ form: card.state.form === form ? '' : form })
    else void card.act(`handover:${one.id}`, `/handovers/${one.id}/moves/${offer.name}`)
  }
  return html`<button type="button" class="button is-small" data-ticket-move=${offer.name} ?disabled=${card.state.busy !== ''} @click=${run}>${say(offer)}</button> `
}

function answerForm(card: MatterCard, one: Handover, offer: MoveOffer): CardPart {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const answer = new FormData(event.target as HTMLFormElement).get('answer')
    void card.act(`move:${one.id}:${offer.name}`, `/handovers/${one.id}/moves/${offer.name}`, { answer })
  }
  return html`<form class="inline-form" data-form="move:${one.id}:${offer.name}" @submit=${submit}><label>${t('handover.answer')}<textarea name="answer" rows="3" maxlength="4000" required></textarea></label>
    <div class="card-line actions"><button class="button is-primary">${say(offer)}</button><button type="button" class="button" @click=${() => card.dropForm()}>${t('action.cancel')}</button></div></form>`
}

function handoverForm(card: MatterCard): CardPart {
  const agencies = card.state.vocabulary?.agencies ?? []
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    void card.handOver(event.target as HTMLFormElement)
  }
  return html`<form class="inline-form" data-form="handover" @submit=${submit}>
    <label>${t('handover.to')}<select name="agency" required>${agencies.map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select></label>
    <fieldset class="segments"><label><input type="radio" name="mode" value="ask_along" checked><span>${t('handover.ask_along')}</span></label>
      <label><input type="radio" name="mode" value="hand_over"><span>${t('handover.hand_over')}</span></label>
      <label><input type="radio" name="mode" value="share"><span>${t('handover.share')}</span></label></fieldset>
    <label>${t('handover.text')}<textarea name="text" rows="2"></textarea></label>
    <div class="card-line actions"><button class="button is-primary" ?disabled=${card.state.busy !== ''}>${t('action.send')}</button><button type="button" class="button" @click=${() => card.dropForm()}>${t('action.cancel')}</button></div></form>`
}
