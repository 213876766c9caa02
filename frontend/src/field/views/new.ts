import { html, nothing } from 'lit-html'
import { icon } from '../../shared/dom'
import { known, say, t } from '../../shared/words'
import type { Field } from '../app'
import { keyOf } from '../store'
import type { FormSpec } from '../types'
import type { View } from './frame'

const GROUPS = ['visit', 'report']

/** What can be begun here: every act that makes something new. The list comes from the house; a new kind needs no new app. */
export function newView(field: Field): View {
  const forms = field.forms.forms.filter((one) => !one.subject && one.group !== 'unseen').sort((a, b) => (a.order ?? 50) - (b.order ?? 50))
  const names = [...new Set([...GROUPS, ...forms.map((one) => one.group ?? 'other')])]
  return html`<h1 class="field-h1">${t('field.tab_new')}</h1>
    ${field.drafts.length ? html`<section><h2>${t('field.unfinished')}</h2><ul class="field-list plain">${field.drafts.map((key) => draftRow(field, key))}</ul></section>` : nothing}
    ${names.map((name) => group(name, forms.filter((one) => (one.group ?? 'other') === name)))}
    ${forms.length ? nothing : html`<p class="notice">${t('field.no_forms')}</p>`}`
}

function group(name: string, forms: FormSpec[]): View {
  if (!forms.length) return nothing
  const title = known(`field.group_${name}`) ? t(`field.group_${name}`) : t('field.group_other')
  return html`<section><h2>${title}</h2><div class="field-tiles">${forms.map((form) => html`<a class="field-tile" href="#form/${encodeURIComponent(form.act)}" data-form=${form.act}>${icon(form.icon || 'edit')}<span>${say(form)}</span></a>`)}</div></section>`
}

function draftRow(field: Field, key: string): View {
  const [act = '', subject = ''] = key.split('|')
  const form = field.form(act)
  const item = field.items.find((one) => keyOf(one) === subject)
  return html`<li><a class="field-row" href="#form/${encodeURIComponent(act)}${subject ? `/${encodeURIComponent(subject)}` : ''}" data-draft=${key}>${icon('edit')}<span>${form ? say(form) : act}${item ? html`<small class="quiet">${item.data.title}</small>` : nothing}</span></a></li>`
}
