import { html } from 'lit-html'
import { icon } from '../shared/dom'
import { t } from '../shared/words'
import type { Phone } from '../phone'
import type { CardPart } from '../matter/card'

const REASONS = ['busy', 'far', 'vehicle', 'unfit'] as const
const RESULTS = ['settled', 'advised', 'taken_over', 'nobody', 'false_call'] as const
const ACTIVITIES = ['patrol', 'visiting', 'mediating', 'school_gate'] as const

const value = (event: Event, name: string): string => String(new FormData(event.target as HTMLFormElement).get(name) ?? '').trim()

/** Reasons to decline: one tap each, because the next unit is waiting for it. */
export function declineForm(phone: Phone): CardPart {
  return html`<footer class="phone-actions is-form"><h2>${t('phone.decline_why')}</h2>
    ${REASONS.map((one) => html`<button type="button" class="big is-plain" data-reason=${one} @click=${() => void phone.tap('decline', { reason: t(`decline.${one}`) })}>${t(`decline.${one}`)}</button>`)}
    <button type="button" class="big is-quiet" @click=${() => phone.set('')}>${t('action.back')}</button></footer>`
}

/** What came of it: a tap for the usual, words for the rest. */
export function textForm(phone: Phone, move: 'finish' | 'feed_back'): CardPart {
  const name = move === 'finish' ? 'result' : 'outcome'
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    void phone.tap(move, move === 'finish' ? { result: value(event, name) } : { outcome: value(event, name) })
  }
  const fill = (event: Event, words: string): void => {
    const box = (event.target as HTMLElement).closest('form')?.querySelector('textarea')
    if (box) box.value = box.value ? `${box.value}；${words}` : words
  }
  return html`<footer class="phone-actions is-form"><form @submit=${submit}><h2>${t(`phone.${move}_what`)}</h2>
    <div class="chips">${RESULTS.map((one) => html`<button type="button" class="chip" @click=${(event: Event) => fill(event, t(`result.${one}`))}>${t(`result.${one}`)}</button>`)}</div>
    <textarea name=${name} rows="3" required aria-label=${t(`phone.${move}_what`)}></textarea>
    <button class="big is-primary" ?disabled=${phone.busy} data-submit=${move}>${icon('send')} ${t(`phone.${move}_send`)}</button>
    <button type="button" class="big is-quiet" @click=${() => phone.set('')}>${t('action.back')}</button></form></footer>`
}

export function callForm(phone: Phone): CardPart {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    void phone.ownCall(value(event, 'narrative'), value(event, 'address'))
  }
  return html`<form class="phone-form" @submit=${submit}><h2>${t('phone.own_call')}</h2>
    <label>${t('phone.call_what')}<textarea name="narrative" rows="3" required></textarea></label>
    <label>${t('phone.call_where')}<input name="address" autocomplete="off" placeholder=${t('phone.call_here')}></label>
    <button class="big is-primary" ?disabled=${phone.busy}>${icon('users')} ${t('phone.send_team')}</button>
    <button type="button" class="big is-quiet" @click=${() => phone.set('')}>${t('action.back')}</button></form>`
}

export function dutyForm(phone: Phone): CardPart {
  return html`<div class="phone-form"><h2>${t('phone.duty')}</h2>
    <button type="button" class="big is-plain" @click=${() => void phone.duty('available', '')}>${icon('shield-check')} ${t('unit.available')}</button>
    ${ACTIVITIES.map((one) => html`<button type="button" class="big is-plain" @click=${() => void phone.duty('conditional', one)}>${t(`activity.${one}`)}</button>`)}
    <button type="button" class="big is-plain" @click=${() => void phone.duty('unavailable', 'off_duty')}>${icon('user-off')} ${t('unit.unavailable')}</button>
    <button type="button" class="big is-quiet" @click=${() => phone.set('')}>${t('action.back')}</button></div>`
}
