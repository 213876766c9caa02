import { html, nothing, svg } from 'lit-html'
import { icon } from '../shared/dom'
import { clock, exact, seconds, span } from '../shared/time'
import { known, page, say, t } from '../shared/words'
import type { Mine, Phone } from '../phone'
import type { CardPart } from '../matter/card'
import { bearing_deg, metres } from './position'
import { callForm, declineForm, dutyForm, textForm } from './forms'

export function phoneView(phone: Phone): CardPart {
  const { me } = phone
  if (!me) return html`<div class="phone-wait" role="status">${phone.unread || html`<span class="skeleton tall"></span><span class="skeleton"></span>`}</div>`
  const order = phone.current
  return html`
    ${phone.sos.view()}
    <div class="phone-top"><div>${strip(phone)}</div>${phone.sos.button()}</div>
    ${order ? orderView(phone, order) : idle(phone)}
    ${phone.problem || phone.unread ? html`<p class="notice is-danger phone-problem" role="alert">${icon('alert-triangle')} ${phone.problem || phone.unread}</p>` : nothing}
    ${phone.notice ? html`<p class="notice phone-problem" role="status">${icon('circle-check')} ${phone.notice}</p>` : nothing}
    ${order ? actions(phone, order) : nothing}`
}

/** What is true about this phone right now; the unsent count above all. */
function strip(phone: Phone): CardPart {
  const kept = phone.outbox.taps.length
  return html`${kept ? html`<p class="strip is-warning" role="status" data-kept=${kept}>${icon('cloud-upload')} ${t('phone.kept', { n: kept })}</p>` : nothing}
    ${!navigator.onLine && !kept ? html`<p class="strip is-warning" role="status">${icon('wifi-off')} ${t('phone.offline')}</p>` : nothing}
    ${phone.positions.refused ? html`<p class="strip" role="status">${icon('map-pin-question')} ${t('phone.no_position')}</p>` : nothing}
    ${phone.silent && phone.me?.unit ? html`<button type="button" class="strip is-button">${icon('volume-off')} ${t('phone.silent')}</button>` : nothing}`
}

function idle(phone: Phone): CardPart {
  const unit = phone.me?.unit
  if (!unit) return html`<section class="phone-idle">${icon('user-off', 'huge')}<h1>${t('phone.no_unit')}</h1><p class="quiet">${t('phone.no_unit_why')}</p></section>`
  const activity = unit.activity && known(`activity.${unit.activity}`) ? t(`activity.${unit.activity}`) : unit.activity
  return html`<section class="phone-idle">
      ${icon(unit.availability === 'unavailable' ? 'user-off' : 'shield-check', 'huge')}
      <h1>${unit.availability === 'unavailable' ? t('phone.off') : t('phone.ready')}</h1>
      <p class="quiet">${unit.call_sign} · ${t(`unit.${unit.availability}`)}${activity ? ` · ${activity}` : ''}</p></section>
    ${phone.form === 'call' ? callForm(phone) : phone.form === 'duty' ? dutyForm(phone) : html`<div class="phone-grid">
      <a class="big is-plain" href="/field/">${icon('walk')} ${t('phone.field')}</a>
      <button type="button" class="big is-plain" @click=${() => phone.set('duty')}>${icon('user-check')} ${t('phone.duty')}</button>
      <button type="button" class="big is-plain" @click=${() => phone.set('call')}>${icon('phone-call')} ${t('phone.own_call')}</button>
      ${page.posts.includes('community_officer') ? html`<a class="big is-plain" href="/rooms">${icon('home')} ${t('phone.rooms')}</a>` : nothing}</div>`}
    ${others(phone, null)}`
}

function orderView(phone: Phone, order: Mine): CardPart {
  const { matter } = order
  const unsigned = order.state === 'ordered' || order.state === 'delivered'
  const waited_s = seconds(order.ordered_at)
  return html`<article class="phone-order" data-state=${order.state}>
    <div class="phone-line">${matter.priority === null ? nothing : html`<span class="call-priority" data-priority=${matter.priority}>${matter.priority}</span>`}
      <span class="stage" data-stage=${unsigned ? 'unsigned' : order.state === 'arrived' ? 'on_scene' : order.state}>${t(`order.${order.state}`)}</span>
      <span class="phone-clock ${unsigned && (waited_s ?? 0) > 30 ? 'is-danger' : ''}" title=${exact(order.ordered_at)}>${icon('clock')} ${span(seconds(unsigned ? order.ordered_at : matter.received_at))}</span></div>
    <h1>${matter.title || say(matter.category)}</h1>
    <p class="phone-place">${icon('map-pin')} <span>${matter.address || matter.grid?.name || t('matter.no_place')}</span></p>
    ${way(phone, order)}
    ${phone.mapFor === order.id ? html`<div id="minimap" class="minimap"></div>` : nothing}
    ${matter.warnings.map((one) => html`<p class="notice is-warning">${icon('alert-triangle')} ${say(one)}</p>`)}
    ${matter.known_here?.length ? html`<div class="known"><h2>${t('card.known_here')}</h2><ul>${matter.known_here.map((one) => html`<li>${say(one)}</li>`)}</ul></div>` : nothing}
    ${matter.narrative ? html`<p class="narrative">${matter.narrative}</p>` : nothing}
    <p class="quiet phone-number">${matter.number} · ${t('phone.received', { at: clock(matter.received_at) })}</p>
  </article>${others(phone, order)}`
}

/** How to get there: distance and direction from where the phone is, as an arrow that needs no map and no signal. */
function way(phone: Phone, order: Mine): CardPart {
  const { lon, lat } = order.matter
  const self = phone.positions.last
  if (lon === null || lat === null) return html`<p class="notice">${t('matter.not_located')}</p>`
  const button = html`<button type="button" class="button" @click=${() => void phone.map()}>${icon('map-2')} ${t(phone.mapFor === order.id ? 'phone.map_close' : 'phone.map')}</button>`
  if (!self || order.state === 'arrived' || order.state === 'done') return html`<div class="phone-way">${button}</div>`
  const far_m = metres(self, { lon, lat })
  const bearing = bearing_deg(self, { lon, lat })
  const winds = t('phone.winds').split(' ')
  return html`<div class="phone-way"><svg class="arrow" viewBox="0 0 24 24" aria-hidden="true">${svg`<path transform="rotate(${bearing} 12 12)" d="M12 3 L18 20 L12 16 L6 20 Z"></path>`}</svg>
    <span><b>${far_m < 1000 ? `${Math.round(far_m / 10) * 10} m` : `${(far_m / 1000).toFixed(1)} km`}</b> ${winds[Math.round(bearing / 45) % 8]}<small class="quiet">${t('phone.straight')}</small></span>${button}</div>`
}

function others(phone: Phone, current: Mine | null): CardPart {
  const rows = (phone.me?.orders ?? []).filter((one) => one !== current && !['declined', 'recalled'].includes(one.state)).slice(0, 5)
  if (!rows.length) return nothing
  return html`<section class="phone-others"><h2>${t('phone.others')}</h2><ul class="plain">${rows.map((one) => html`<li><span class="stage" data-stage=${one.state}>${t(`order.${one.state}`)}</span>
    <span>${one.matter.title}<small class="quiet">${one.matter.address}</small></span></li>`)}</ul></section>`
}

const NEXT: Record<string, { move: string; icon: string }> = {
  ordered: { move: 'sign', icon: 'check' }, delivered: { move: 'sign', icon: 'check' }, signed: { move: 'set_out', icon: 'navigation' },
  under_way: { move: 'arrive', icon: 'map-pin' }, arrived: { move: 'finish', icon: 'circle-check' }, done: { move: 'feed_back', icon: 'message' },
}

function actions(phone: Phone, order: Mine): CardPart {
  if (phone.form === 'decline') return declineForm(phone)
  if (phone.form === 'finish' || phone.form === 'feed_back') return textForm(phone, phone.form)
  const next = NEXT[order.state]
  if (!next) return nothing
  const asks = next.move === 'finish' || next.move === 'feed_back'
  const press = (): void => { if (asks) phone.set(next.move as 'finish'); else void phone.tap(next.move) }
  const may_decline = order.state === 'ordered' || order.state === 'delivered'
  return html`<footer class="phone-actions">
    <button type="button" class="big is-primary" data-move=${next.move} ?disabled=${phone.busy} @click=${press}>${icon(next.icon)} ${phone.busy ? t('phone.sending') : t(`phone.${next.move}`)}</button>
    ${order.state === 'under_way' || order.state === 'arrived' ? html`<button type="button" class="big is-quiet" data-backup ?disabled=${phone.busy} @click=${() => void phone.backup()}>${icon('users')} ${t('phone.backup')}</button>` : nothing}
    ${may_decline ? html`<button type="button" class="big is-quiet" @click=${() => phone.set('decline')}>${t('phone.decline')}</button>` : nothing}
  </footer>`
}
