import { html, nothing } from 'lit-html'
import { icon } from '../../shared/dom'
import { ago, span } from '../../shared/time'
import { t } from '../../shared/words'
import type { Gate } from '../gate'
import { PIN_DIGITS, type Profile } from '../profiles'
import type { View } from './frame'

export function gateView(gate: Gate): View {
  switch (gate.screen) {
    case 'pin': return pinView(gate)
    case 'new': return padView(gate, t('field.pin_new', { name: gate.session?.name ?? '' }), t('field.pin_new_why'))
    case 'again': return padView(gate, t('field.pin_again'), '')
    case 'people': return peopleView(gate)
    case 'sign_in': return plainView('login', t('field.sign_in'), t(navigator.onLine ? 'field.sign_in_why' : 'field.needs_line'), html`<button type="button" class="big is-primary" data-sign-in ?disabled=${gate.busy} @click=${() => void gate.signInAnew(false)}>${icon('login')} ${t('field.sign_in')}</button>`)
    case 'closed': return closedView(gate)
    case 'insecure': return plainView('lock-open', t('field.insecure'), t('field.insecure_why'), nothing)
    case 'elsewhere': return plainView('device-mobile', t('field.elsewhere'), t('field.elsewhere_why'), html`<button type="button" class="big is-primary" @click=${() => location.reload()}>${icon('refresh')} ${t('action.again')}</button>`)
    default: return html`<div class="field-wait" role="status"><span class="sr">${t('state.loading')}</span><span class="skeleton tall"></span><span class="skeleton"></span></div>`
  }
}

const plainView = (shape: string, title: string, why: string, button: View): View =>
  html`<section class="field-gate">${icon(shape, 'huge')}<h1>${title}</h1><p class="quiet">${why}</p>${button}</section>`

function pinView(gate: Gate): View {
  const { profile } = gate
  if (!profile) return nothing
  const contact = `${t('field.contact')} ${profile.contact_at ? ago(profile.contact_at) : t('field.never')}`
  const left = profile.waiting ? `${t('field.waits_here', { n: profile.waiting })} ${contact}` : contact
  return html`${padView(gate, profile.name, left)}
    <div class="field-gate-more"><button type="button" class="big is-quiet" data-people @click=${() => gate.others()}>${icon('users')} ${t('field.other_user')}</button>
      <button type="button" class="big is-quiet" data-forgotten @click=${() => void gate.signInAnew(true)}>${icon('key')} ${t('field.pin_forgotten')}</button></div>`
}

/** Keys as large as a gloved thumb; no keyboard comes up and covers the half of the screen. */
function padView(gate: Gate, title: string, why: string): View {
  const key = (one: string): View => html`<button type="button" class="pad-key" data-digit=${one} ?disabled=${gate.busy || gate.waits_s > 0} @click=${() => void gate.digit(one)}>${one}</button>`
  return html`<section class="field-gate is-pad" data-screen=${gate.screen}>${icon('shield-check', 'huge')}<h1>${title}</h1>${why ? html`<p class="quiet">${why}</p>` : nothing}
    <p class="pad-dots" role="status" aria-label=${t('field.pin_typed', { n: gate.typed.length })}>${Array.from({ length: PIN_DIGITS }, (_, at) => html`<i class=${at < gate.typed.length ? 'is-on' : ''}></i>`)}</p>
    <p class="is-danger" role="alert">${gate.waits_s > 0 ? t('field.pin_wait', { s: span(gate.waits_s) }) : gate.problem}</p>
    <div class="pad">${['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(key)}<span></span>${key('0')}<button type="button" class="pad-key" data-erase @click=${() => gate.erase()}>${icon('backspace')}<span class="sr">${t('field.erase')}</span></button></div></section>`
}

function peopleView(gate: Gate): View {
  const row = (one: Profile): View => html`<li><button type="button" class="field-row" data-person=${one.person} @click=${() => gate.choose(one)}>${icon('user')}<span>${one.name}${one.waiting ? html`<small class="is-warning">${t('field.waits_here', { n: one.waiting })}</small>` : nothing}</span>${icon('chevron-right')}</button></li>`
  return html`<section class="field-gate">${icon('users', 'huge')}<h1>${t('field.who')}</h1><p class="quiet">${t('field.who_why')}</p>
    <ul class="field-list plain">${gate.all.map(row)}</ul>
    ${gate.problem ? html`<p class="is-danger" role="alert">${gate.problem}</p>` : nothing}
    <button type="button" class="big is-plain" data-newcomer ?disabled=${gate.busy} @click=${() => void gate.signInAnew(false)}>${icon('plus')} ${t('field.newcomer')}</button></section>`
}

function closedView(gate: Gate): View {
  const { profile } = gate
  const wiped = profile?.closed === 'wipe'
  const kept = profile?.waiting ? ` ${t('field.closed_kept', { n: profile.waiting })}` : ''
  return html`<div data-closed=${profile?.closed ?? ''}>${plainView('lock', t(wiped ? 'field.wiped' : 'field.closed'), t(wiped ? 'field.wiped_why' : 'field.closed_why') + kept,
    html`${gate.problem ? html`<p class="is-danger" role="alert">${gate.problem}</p>` : nothing}<button type="button" class="big is-primary" ?disabled=${gate.busy} @click=${() => void gate.signInAnew(true)}>${icon('login')} ${t('field.sign_in')}</button>
    <button type="button" class="big is-quiet" data-people @click=${() => gate.others()}>${icon('users')} ${t('field.other_user')}</button>`)}</div>`
}
