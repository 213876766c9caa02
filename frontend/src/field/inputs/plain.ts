import { html, nothing } from 'lit-html'
import { icon } from '../../shared/dom'
import { say, t } from '../../shared/words'
import type { Part, Sheet } from '../sheet'
import type { Choice, InputSpec } from '../types'
import type { View } from '../views/frame'

export interface Asked { sheet: Sheet; part: Part; input: InputSpec; id: string; value: unknown }

const BUTTONS_UP_TO = 12
const typed = (event: Event): string => (event.target as HTMLInputElement).value

export const textInput = ({ sheet, part, input, id, value }: Asked): View =>
  input.kind === 'long_text'
    ? html`<textarea id=${id} rows="4" maxlength=${input.longest || 4000} .value=${String(value ?? '')} aria-describedby="${id}-note" @input=${(event: Event) => sheet.set(part, input.name, typed(event))}></textarea>`
    : html`<input id=${id} autocomplete="off" maxlength=${input.longest || 200} .value=${String(value ?? '')} aria-describedby="${id}-note" @input=${(event: Event) => sheet.set(part, input.name, typed(event))}>`

export const numberInput = ({ sheet, part, input, id, value }: Asked): View =>
  html`<input id=${id} inputmode="decimal" autocomplete="off" .value=${value === undefined || value === null ? '' : String(value)} aria-describedby="${id}-note" @input=${(event: Event) => {
    const text = typed(event).trim().replace('，', '.').replace(',', '.')
    sheet.set(part, input.name, text === '' ? null : Number.isFinite(Number(text)) ? Number(text) : text)
  }}>`

export const dateInput = ({ sheet, part, input, id, value }: Asked): View =>
  html`<input id=${id} type="date" .value=${String(value ?? '')} aria-describedby="${id}-note" @change=${(event: Event) => sheet.set(part, input.name, typed(event) || null)}>`

const local = (iso: string): string => {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export const datetimeInput = ({ sheet, part, input, id, value }: Asked): View =>
  html`<input id=${id} type="datetime-local" .value=${value ? local(String(value)) : ''} aria-describedby="${id}-note" @change=${(event: Event) => sheet.set(part, input.name, typed(event) ? new Date(typed(event)).toISOString() : null)}>`

export function flagInput(asked: Asked): View {
  const { sheet, part, input, value } = asked
  const one = (flag: boolean, words: string): View =>
    html`<button type="button" class="choice" role="radio" aria-checked=${value === flag ? 'true' : 'false'} @click=${() => sheet.set(part, input.name, flag)}>${words}</button>`
  return html`<div class="field-choices" role="radiogroup" aria-labelledby="${asked.id}-label">${one(true, t('field.yes'))}${one(false, t('field.no'))}</div>`
}

/** Few choices are buttons, many are a list: a gloved thumb hits a button. */
export function choiceInput(asked: Asked): View {
  const { sheet, part, input, id, value } = asked
  const choices = input.choices ?? []
  if (choices.length > BUTTONS_UP_TO) {
    return html`<select id=${id} aria-describedby="${id}-note" @change=${(event: Event) => sheet.set(part, input.name, typed(event) || null)}><option value="" ?selected=${!value}>—</option>
      ${choices.map((one) => html`<option value=${one.code} ?selected=${value === one.code}>${say(one)}</option>`)}</select>`
  }
  return html`<div class="field-choices" role="radiogroup" aria-labelledby="${id}-label">${choices.map((one) => button(one, value === one.code, 'radio', () => sheet.set(part, input.name, value === one.code && !input.required ? null : one.code)))}</div>`
}

export function choicesInput(asked: Asked): View {
  const { sheet, part, input, id } = asked
  const chosen = Array.isArray(asked.value) ? (asked.value as string[]) : []
  const toggle = (code: string): void => sheet.set(part, input.name, chosen.includes(code) ? chosen.filter((one) => one !== code) : [...chosen, code])
  return html`<div class="field-choices" role="group" aria-labelledby="${id}-label">${(input.choices ?? []).map((one) => button(one, chosen.includes(one.code), 'checkbox', () => toggle(one.code)))}</div>`
}

const button = (one: Choice, on: boolean, role: string, press: () => void): View =>
  html`<button type="button" class="choice" role=${role} aria-checked=${on ? 'true' : 'false'} data-code=${one.code} @click=${press}>${on ? icon('check') : nothing}${say(one)}</button>`
