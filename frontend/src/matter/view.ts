import { html, nothing } from 'lit-html'
import { clockBar } from '../shared/clockbar'
import { icon } from '../shared/dom'
import { stateIcon } from '../shared/parts'
import { stageOf } from '../shared/stage'
import { ago, clockSeconds, exact } from '../shared/time'
import type { MatterDetail, TimelineEntry } from '../shared/types'
import { known, say, t } from '../shared/words'
import type { CardPart, MatterCard } from './card'
import { earlierPart, netPart } from './around'
import { filesPart, notesPart } from './files'
import { handoverPart, linksPart, movesPart, ordersPart, recommendationPart, similarPart } from './parts'

export function cardView(card: MatterCard): CardPart {
  const { matter, problem } = card.state
  if (!matter) {
    return html`<div class="card-wait" role="status">${problem ? html`${icon('alert-triangle')} ${problem}` : html`<span class="skeleton"></span><span class="skeleton"></span><span class="skeleton"></span>`}</div>`
  }
  return html`
    ${head(card, matter)}
    <div class="card-body">
      ${problem ? html`<p class="notice is-danger" role="alert">${icon('alert-triangle')} ${problem}</p>` : nothing}
      ${card.state.note ? html`<p class="notice" role="status">${icon('map-pin')} ${card.state.note}</p>` : nothing}
      ${matter.warnings.map((one) => html`<p class="notice is-warning">${icon('alert-triangle')} ${say(one)}</p>`)}
      ${place(card, matter)}
      ${matter.state === 'waiting' ? [recommendationPart(card, matter), ordersPart(card, matter)] : [ordersPart(card, matter), recommendationPart(card, matter)]}
      ${similarPart(card)}
      ${heard(matter)}
      ${declared(matter)}
      ${earlierPart(card)}
      ${matter.kind === 'incident' ? html`<section class="part"><h3>${t('card.clock')}</h3>${clockBar(matter)}</section>` : nothing}
      ${movesPart(card, matter)}
      ${handoverPart(card, matter)}
      ${linksPart(card, matter)}
      ${netPart(card, matter)}
      ${notesPart(card, matter)}
      ${filesPart(card, matter)}
      ${stamps(card, matter)}
      ${timeline(card, matter)}
    </div>`
}

function head(card: MatterCard, matter: MatterDetail): CardPart {
  const stage = stageOf(matter)
  return html`<header class="card-head">
    <div class="card-line">
      ${matter.priority === null ? nothing : html`<span class="call-priority" data-priority=${matter.priority}>${matter.priority}</span>`}
      <h2>${matter.title || say(matter.category) || t('matter.untitled')}</h2>
      ${card.host.close ? html`<button type="button" class="icon-button" @click=${() => card.host.close?.()} aria-label=${t('action.close_panel')} title="Esc">${icon('x')}</button>` : nothing}
    </div>
    <div class="card-line card-sub">
      <span class="stage" data-stage=${stage}>${icon(stateIcon(stage))}<span>${matter.kind === 'incident' && known(`stage.${stage}`) ? t(`stage.${stage}`) : say(matter.state_words)}</span></span>
      ${matter.late ? html`<span class="tag is-danger">${icon('clock-exclamation')} ${t('matter.late')}</span>` : nothing}
      ${matter.category ? html`<span class="tag">${say(matter.category)}</span>` : nothing}
      <a class="number" href="/matters/${matter.number}">${matter.number}</a>
      <span class="quiet" title=${exact(matter.received_at)}>${ago(matter.received_at)}</span>
    </div>
  </header>`
}

function place(card: MatterCard, matter: MatterDetail): CardPart {
  const missing = matter.lon === null || matter.lat === null
  return html`<section class="part place ${missing ? 'is-missing' : ''}">
    <p class="place-line">${icon(missing ? 'map-pin-question' : 'map-pin')}<strong>${matter.address || t('matter.no_place')}</strong></p>
    <p class="quiet">${[matter.grid?.name, matter.agency?.name].filter(Boolean).join(' · ')}</p>
    ${missing ? html`<p class="quiet">${t('matter.not_located')}</p>` : nothing}
    ${card.host.pickPlace ? html`<button type="button" class="button is-small ${missing ? 'is-primary' : ''}" @click=${() => card.pickPlace()}>${icon('map-2')} ${t(missing ? 'action.place_on_map' : 'action.move_on_map')} <kbd>P</kbd></button>` : nothing}
    ${matter.known_here.length ? html`<div class="known"><h3>${t('card.known_here')}</h3><ul>${matter.known_here.map((one) => html`<li>${say(one)}</li>`)}</ul></div>` : nothing}
  </section>`
}

function heard(matter: MatterDetail): CardPart {
  const caller = Object.entries(matter.caller ?? {}).filter(([, value]) => value)
  if (!matter.narrative && !caller.length) return nothing
  return html`<section class="part"><h3>${t('card.heard')}</h3>
    ${matter.narrative ? html`<p class="narrative">${matter.narrative}</p>` : nothing}
    ${caller.length ? html`<p class="quiet">${icon('phone')} ${caller.map(([, value]) => value).join(' · ')}</p>` : nothing}
  </section>`
}

/** What the kind of the matter declares, in its own words, and who has it to do. */
function declared(matter: MatterDetail): CardPart {
  const rows = (matter.declared ?? []).filter((one) => one.name !== 'outcome' || matter.kind !== 'incident')
  if (!rows.length && !matter.assignee) return nothing
  return html`<section class="part"><h3>${say(matter.kind_words)}</h3><dl class="facts">
    ${matter.assignee ? html`<dt>${t('card.assignee')}</dt><dd>${matter.assignee.name}</dd>` : nothing}
    ${matter.due_at && !matter.closed_at ? html`<dt>${t('card.due')}</dt><dd title=${exact(matter.due_at)}>${exact(matter.due_at)}</dd>` : nothing}
    ${rows.map((one) => html`<dt>${say(one)}</dt><dd>${say(one.value_words)}</dd>`)}</dl></section>`
}

/** Claimed by a person and proven by a position stand side by side: a machine's stamp never passes for a human one. */
function stamps(card: MatterCard, matter: MatterDetail): CardPart {
  if (!card.state.full || !matter.stamps.length) return nothing
  return html`<section class="part"><h3>${t('card.stamps')}</h3><div class="scroll-x"><table class="table">
    <thead><tr><th>${t('stamp.milestone')}</th><th>${t('stamp.claimed')}</th><th>${t('stamp.device_at')}</th><th>${t('stamp.server_at')}</th><th>${t('stamp.proof')}</th></tr></thead>
    <tbody>${matter.stamps.map((one) => html`<tr>
      <td>${known(`milestone.${one.milestone}`) ? t(`milestone.${one.milestone}`) : one.milestone}${one.unit ? ` · ${one.unit}` : ''}</td>
      <td>${one.claimed_by ?? '—'} <span class="quiet">${known(`source.${one.source}`) ? t(`source.${one.source}`) : one.source}</span></td>
      <td class="num" title=${exact(one.device_at)}>${one.device_at ? clockSeconds(one.device_at) : '—'}</td>
      <td class="num" title=${exact(one.server_at)}>${clockSeconds(one.server_at)}</td>
      <td>${one.source === 'position' ? html`<span class="tag is-ok">${icon('shield-check')} ${t('stamp.proven')}</span>` : html`<span class="quiet">${one.milestone === 'arrived' ? t('stamp.claimed_only') : ''}</span>`}</td></tr>`)}</tbody>
  </table></div></section>`
}

const DAY_MS = 86_400_000
const today = (at: string): boolean => Date.now() - Date.parse(at) < DAY_MS / 2

function timeline(card: MatterCard, matter: MatterDetail): CardPart {
  const rows = [...matter.timeline].sort((a, b) => (a.at < b.at ? 1 : -1))
  return html`<section class="part"><details ?open=${card.state.timeline} @toggle=${(event: Event) => { card.state.timeline = (event.target as HTMLDetailsElement).open }}>
    <summary>${icon('history')} ${t('card.timeline')} <span class="quiet">${rows.length}</span></summary>
    <ol class="timeline">${rows.map((one: TimelineEntry) => html`<li><time datetime=${one.at} title=${exact(one.at)}>${today(one.at) ? clockSeconds(one.at) : ago(one.at)}</time><span>${say(one)}</span><span class="quiet">${one.actor}</span></li>`)}</ol>
  </details></section>`
}
