import { html, nothing } from 'lit-html'
import { icon } from '../../shared/dom'
import { say, t } from '../../shared/words'
import type { Field } from '../app'
import { keyOf } from '../store'
import { found } from '../views/today'
import type { View } from '../views/frame'
import type { Item } from '../types'
import { locate, locating, type Spot } from '../where'
import type { Asked } from './plain'

const searched = new Map<string, string>()

/** Where the phone is, or an address in words; either is enough, both are better. */
export function placeInput(field: Field, { sheet, part, input, id, value }: Asked): View {
  const spot = (value ?? {}) as Spot
  const state = locating.get(id)
  const has = typeof spot.lon === 'number' && typeof spot.lat === 'number'
  return html`<div class="field-place">
    <button type="button" class="big is-plain" data-gps ?disabled=${state === 'busy'} @click=${() => locate(field, sheet, part, input.name)}>${icon('target-arrow')} ${t(state === 'busy' ? 'field.locating' : has ? 'field.locate_again' : 'field.locate')}</button>
    ${has ? html`<p class="is-ok">${icon('circle-check')} <span class="num">${spot.lon?.toFixed(5)}, ${spot.lat?.toFixed(5)}</span> ±${Math.round(spot.accuracy_m ?? 0)} m <button type="button" class="button is-quiet" @click=${() => sheet.set(part, input.name, spot.address ? { address: spot.address } : null)}>${t('field.remove')}</button></p>` : nothing}
    ${state === 'refused' || state === 'failed' ? html`<p class="is-danger" role="alert">${icon('map-pin-question')} ${t(`field.gps_${state}`)}</p>` : nothing}
    <input id=${id} autocomplete="off" .value=${spot.address ?? ''} placeholder=${t('field.address')} aria-describedby="${id}-note" @input=${(event: Event) => {
      const address = (event.target as HTMLInputElement).value
      const now = (part.values[input.name] ?? {}) as Spot
      sheet.set(part, input.name, { ...now, address })
    }}></div>`
}

/** One of the things taken along, found by typing; words of one's own where the form allows it. */
export function rowInput(field: Field, { sheet, part, input, id, value }: Asked): View {
  const chosen = typeof value === 'object' && value ? (value as { id?: string; text?: string }) : null
  if (chosen?.id) {
    const item = field.items.find((one) => one.id === chosen.id)
    return html`<p class="field-chosen">${icon('check')} <b>${item?.data.title ?? chosen.id}</b> <button type="button" class="button is-quiet" @click=${() => sheet.set(part, input.name, null)}>${t('field.change')}</button></p>`
  }
  const query = chosen?.text ?? searched.get(id) ?? ''
  const hits = found(candidates(field, input.from, input.of ?? ''), query).slice(0, 6)
  const type = (event: Event): void => {
    const text = (event.target as HTMLInputElement).value
    searched.set(id, text)
    if (input.typed) sheet.set(part, input.name, text ? { text } : null)
    else field.draw()
  }
  return html`<input id=${id} type="search" autocomplete="off" .value=${query} placeholder=${t(input.typed ? 'field.find_or_type' : 'field.find')} aria-describedby="${id}-note" @input=${type}>
    ${query || hits.length <= 6 ? html`<ul class="field-hits plain">${hits.map((item) => html`<li><button type="button" class="field-row" data-hit=${keyOf(item)} @click=${() => { searched.delete(id); sheet.set(part, input.name, { id: item.id }) }}><span>${item.data.title}<small class="quiet">${item.data.address ?? ''}</small></span></button></li>`)}</ul>` : nothing}
    ${!hits.length && query && !input.typed ? html`<p class="quiet">${t('field.not_along')}</p>` : nothing}`
}

/** Several of the things taken along: first what lies behind the door that the sheet is about, then what is found by typing. */
export function rowsInput(field: Field, { sheet, part, input, id, value }: Asked): View {
  const chosen = (Array.isArray(value) ? value : []) as { id: string }[]
  const all = unique(candidates(field, input.from, input.of ?? ''))
  const doors = new Set((sheet.subject ? field.item(sheet.subject)?.data.doors : undefined) ?? [])
  const behind = all.filter((one) => one.data.doors?.some((door) => doors.has(door)))
  const query = searched.get(id) ?? ''
  const held = all.filter((one) => chosen.some((other) => other.id === one.id) && !behind.includes(one))
  const offered = [...behind, ...held, ...(query ? found(all, query).filter((one) => !behind.includes(one) && !held.includes(one)).slice(0, 6) : [])]
  const toggle = (item: Item): void => {
    const left = chosen.filter((one) => one.id !== item.id)
    sheet.set(part, input.name, left.length < chosen.length ? (left.length ? left : null) : [...chosen, { id: item.id }])
  }
  return html`<div class="field-choices" role="group" aria-labelledby="${id}-label">${offered.map((item) => {
    const on = chosen.some((one) => one.id === item.id)
    return html`<button type="button" class="choice" role="checkbox" aria-checked=${on ? 'true' : 'false'} data-hit=${keyOf(item)} @click=${() => toggle(item)}>${on ? icon('check') : nothing}${item.data.title}<small class="quiet">${item.data.lines?.[0] ? say(item.data.lines[0]) : ''}${behind.includes(item) ? '' : ` ${item.data.address ?? ''}`}</small></button>`
  })}</div>
    ${behind.length ? nothing : html`<input id=${id} type="search" autocomplete="off" .value=${query} placeholder=${t('field.find')} aria-describedby="${id}-note" @input=${(event: Event) => { searched.set(id, (event.target as HTMLInputElement).value); field.draw() }}>`}`
}

/** The same person may be along for two reasons. */
const unique = (items: Item[]): Item[] => [...new Map(items.map((one) => [one.id, one])).values()]

function candidates(field: Field, types: string[] | undefined, of: string): Item[] {
  const name = of.split('.').at(-1)
  return field.items.filter((one) => (types ? types.includes(one.type) : one.type === name))
}
