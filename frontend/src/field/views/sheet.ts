import { html, nothing } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import { icon } from '../../shared/dom'
import { say, t } from '../../shared/words'
import type { Field } from '../app'
import { photoInput, voiceInput } from '../inputs/files'
import { placeInput, rowInput, rowsInput } from '../inputs/places'
import { choiceInput, choicesInput, dateInput, datetimeInput, flagInput, numberInput, textInput, type Asked } from '../inputs/plain'
import { signatureInput } from '../inputs/signature'
import { wanted, type Part, type Sheet } from '../sheet'
import { back, type View } from './frame'

/** One form, and what was added to it, on one page; the large button keeps it on this phone first. */
export function sheetView(field: Field, sheet: Sheet): View {
  const first = sheet.parts[0]
  if (!first) return html`${back(field, 'new', t('field.tab_new'))}<p class="notice">${t('field.no_forms')}</p>`
  const item = sheet.subject ? field.item(sheet.subject) : null
  const follows = (first.form.follows ?? []).map((act) => field.form(act)).filter((one) => one !== null)
  const from = sheet.replaces ? `op/${sheet.replaces}` : item ? `item/${item.type}:${item.id}` : 'new'
  const faults = Object.keys(sheet.errors).length
  const done = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (await field.keep(sheet)) return field.go('out')
    document.querySelector<HTMLElement>('.field-ask[data-fault]')?.scrollIntoView({ block: 'center' })
  }
  return html`${back(field, from, say(first.form))}
    ${item ? html`<p class="field-about">${icon('map-pin')} <b>${item.data.title}</b> ${item.data.address ?? ''}</p>` : nothing}
    ${sheet.restored ? html`<p class="strip" role="status">${icon('history')} <span>${t('field.restored')} <button type="button" class="button is-small" data-discard @click=${() => void sheet.discard().then(() => { field.sheet = null; field.go(...from.split('/')) })}>${t('field.discard')}</button></span></p>` : nothing}
    <form class="field-form" data-act=${first.form.act} @submit=${(event: Event) => void done(event)}>
      ${repeat(sheet.parts, (part) => part.record + part.form.act, (part, at) => partView(field, sheet, part, at))}
      ${follows.length ? html`<section class="field-follow"><h2>${t('field.follow')}</h2><div class="field-choices">${follows.map((form) => html`<button type="button" class="choice" data-follow=${form.act} @click=${() => sheet.add(form.act)}>${icon('plus')}${say(form)}</button>`)}</div></section>` : nothing}
      <footer class="field-actions">${faults ? html`<p class="is-danger" role="alert">${icon('alert-triangle')} ${t('field.faults', { n: faults })}</p>` : nothing}
        <button class="big is-primary" data-keep ?disabled=${sheet.busy}>${icon('check')} ${t(navigator.onLine ? 'field.keep_send' : 'field.keep')}</button></footer></form>`
}

function partView(field: Field, sheet: Sheet, part: Part, at: number): View {
  // What a report is begun by stands first: the picture is seen, not searched for.
  const first = (name: string): number => (name === part.form.quick ? 0 : 1)
  const inputs = sheet.shown(part).sort((a, b) => first(a.name) - first(b.name)).map((input) => ask(field, sheet, part, at, input))
  if (at === 0) return html`${inputs}`
  return html`<fieldset class="field-part"><legend>${say(part.form)} <button type="button" class="button is-quiet" @click=${() => sheet.remove(part)}>${icon('x')} ${t('field.remove')}</button></legend>${inputs}</fieldset>`
}

function ask(field: Field, sheet: Sheet, part: Part, at: number, input: Asked['input']): View {
  const id = `in-${at}-${input.name}`
  const fault = sheet.errors[`${at}.${input.name}`]
  const asked: Asked = { sheet, part, input, id, value: part.values[input.name] }
  const shown = input.hint || fault
  return html`<div class="field-ask" data-input=${input.name} data-kind=${input.kind} ?data-fault=${Boolean(fault)}><label id="${id}-label" for=${id}>${say(input)}${wanted(input, part.values) ? nothing : html` <small class="quiet">${t('field.may')}</small>`}</label>
    ${control(field, asked)}
    <p id="${id}-note" class=${fault ? 'is-danger' : 'quiet'} ?hidden=${!shown}>${fault ? html`${icon('alert-circle')} ${fault}` : input.hint ? say(input.hint) : nothing}</p></div>`
}

function control(field: Field, asked: Asked): View {
  switch (asked.input.kind) {
    case 'choice': return choiceInput(asked)
    case 'choices': return choicesInput(asked)
    case 'flag': return flagInput(asked)
    case 'number': return numberInput(asked)
    case 'date': return dateInput(asked)
    case 'datetime': return datetimeInput(asked)
    case 'place': return placeInput(field, asked)
    case 'row': case 'person': case 'matter': case 'premises': return rowInput(field, asked)
    case 'rows': return rowsInput(field, asked)
    case 'photo': case 'file': return photoInput(field, asked)
    case 'voice': return voiceInput(field, asked)
    case 'signature': return signatureInput(field, asked)
    default: return textInput(asked)
  }
}
