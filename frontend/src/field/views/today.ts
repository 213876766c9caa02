import { html, nothing } from 'lit-html'
import { icon } from '../../shared/dom'
import { ago, by, clock } from '../../shared/time'
import { say, t } from '../../shared/words'
import { metres } from '../../phone/position'
import type { Field } from '../app'
import { quickForms, withPhoto, withVoice } from '../quick'
import { keyOf } from '../store'
import type { Item } from '../types'
import type { View } from './frame'

const MOST_FOUND = 30
const RECENT = 3

export function todayView(field: Field): View {
  const of = (group: string): Item[] => field.items.filter((one) => one.data.group === group)
  const now = of('now').filter((one) => !['declined', 'recalled'].includes(field.stateOf(one)))
  const today = of('today').sort(byWalk)
  const own = of('mine')
  const along = field.items.filter((one) => !['now', 'today', 'mine'].includes(one.data.group ?? ''))
  const recent = field.ops.filter((row) => row.state !== 'replaced' && field.form(row.form)?.creates).slice(-RECENT).reverse()
  return html`<h1 class="sr">${t('field.tab_today')}</h1>
    ${now.map((item) => card(field, item, true))}
    ${quickRow(field)}
    ${field.drafts.length ? html`<a class="strip is-warning" href="#new">${icon('edit')} ${t('field.drafts', { n: field.drafts.length })}</a>` : nothing}
    <section><h2>${t('field.today')} <small class="quiet">${today.length || ''}</small></h2>
      ${today.length ? html`<ol class="field-list plain">${today.map((item) => html`<li>${card(field, item)}</li>`)}</ol>` : html`<p class="quiet">${t(field.items.length || field.profile.contact_at ? 'field.nothing_today' : 'field.nothing_yet')}</p>`}</section>
    ${recent.length ? html`<section><h2>${t('field.recent')}</h2><ul class="field-list plain">${recent.map((row) => html`<li><a class="field-row" href="#op/${row.id}"><span class="pill" data-state=${row.state}>${t(`field.state_${row.state}`)}</span><span>${row.title}<small class="quiet">${ago(row.op.device_at)}</small></span></a></li>`)}</ul></section>` : nothing}
    ${own.length ? html`<section data-own><h2>${t('field.own_reports')} <small class="quiet">${own.length}</small></h2><ul class="field-list plain">${own.map((item) => html`<li>${card(field, item)}</li>`)}</ul></section>` : nothing}
    ${along.length ? html`<section><h2>${t('field.along')} <small class="quiet">${along.length}</small></h2>
      <input type="search" class="field-search" .value=${field.query} placeholder=${t('field.find')} aria-label=${t('field.find')} @input=${(event: Event) => { field.query = (event.target as HTMLInputElement).value; field.draw() }}>
      <ul class="field-list plain">${found(along, field.query).map((item) => html`<li>${card(field, item)}</li>`)}</ul></section>` : nothing}`
}

/** What is seen or heard now is reported from here: the camera is the first tap. */
function quickRow(field: Field): View {
  const found = quickForms(field)
  if (!found.length) return nothing
  const tile = ({ form, input }: (typeof found)[number]): View => input.kind === 'photo'
    ? html`<label class="field-tile field-take" data-quick=${form.act}>${icon('camera')}<span>${t('field.quick_photo', { what: say(form) })}</span><input type="file" accept="image/*" capture="environment" aria-label=${t('field.quick_photo', { what: say(form) })} @change=${(event: Event) => {
      const file = (event.target as HTMLInputElement).files?.[0]
      if (file) void withPhoto(field, form, input, file)
    }}></label>`
    : html`<button type="button" class="field-tile" data-quick=${form.act} @click=${() => void withVoice(field, form, input)}>${icon('microphone')}<span>${t('field.quick_voice', { what: say(form) })}</span></button>`
  return html`<div class="field-tiles is-quick">${found.map(tile)}</div>`
}

const byWalk = (a: Item, b: Item): number => (a.data.rank ?? 999) - (b.data.rank ?? 999) || String(a.data.due_at ?? '9').localeCompare(String(b.data.due_at ?? '9'))

export function found(items: Item[], query: string): Item[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const text = (item: Item): string => [item.data.title, item.data.address ?? '', item.data.number ?? '', ...(item.data.lines ?? []).map(say)].join(' ').toLowerCase()
  return items.filter((item) => words.every((one) => text(item).includes(one))).slice(0, MOST_FOUND)
}

/** How far it is in words, when the phone knows where it is. */
export function away(field: Field, item: Item): string {
  const self = field.positions.last
  const { lon, lat } = item.data
  if (!self || typeof lon !== 'number' || typeof lat !== 'number') return ''
  const far_m = metres(self, { lon, lat })
  return far_m < 1000 ? `${Math.round(far_m / 10) * 10} m` : `${(far_m / 1000).toFixed(1)} km`
}

function card(field: Field, item: Item, now = false): View {
  const { data } = item
  const state = field.stateOf(item)
  const kept = field.pending(item).length
  const late = data.due_at && Date.parse(data.due_at) < Date.now()
  return html`<a class="field-card ${now ? 'is-now' : ''}" href="#item/${encodeURIComponent(keyOf(item))}" data-item=${keyOf(item)} data-state=${state}>
    ${typeof data.rank === 'number' ? html`<b class="rank">${data.rank}</b>` : typeof data.priority === 'number' ? html`<span class="call-priority" data-priority=${data.priority}>${data.priority}</span>` : nothing}
    <span class="field-what"><b>${data.title}</b>
      ${data.address ? html`<span class="quiet">${icon('map-pin')} ${data.address}</span>` : nothing}
      <span class="field-facts">${kept ? html`<span class="pill" data-state="kept">${t('field.state_kept')}</span>` : data.state_words ? html`<span class="pill">${say(data.state_words)}</span>` : nothing}
        ${data.due_at ? html`<span class=${late ? 'is-danger' : 'quiet'}>${icon(late ? 'clock-exclamation' : 'clock')} ${t('field.due', { at: by(data.due_at) })}</span>` : data.at ? html`<span class="quiet">${clock(data.at)}</span>` : nothing}
        ${away(field, item) ? html`<span class="quiet">${icon('walk')} ${away(field, item)}</span>` : nothing}</span></span>
    ${icon('chevron-right')}</a>`
}
