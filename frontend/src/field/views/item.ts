import { html, nothing, svg } from 'lit-html'
import { bearing_deg } from '../../phone/position'
import { icon } from '../../shared/dom'
import { by, exact } from '../../shared/time'
import { say, t } from '../../shared/words'
import type { Field } from '../app'
import { keyOf } from '../store'
import type { Item } from '../types'
import { back, type View } from './frame'
import { away } from './today'

let mapFor = ''

export function itemView(field: Field, key: string): View {
  const item = field.items.find((one) => keyOf(one) === key)
  if (!item) return html`${back(field, 'today', t('field.tab_today'))}<p class="notice">${t('field.item_gone')}</p>`
  const { data } = item
  const kept = field.pending(item).filter((row) => field.form(row.form)?.group !== 'unseen')
  return html`${back(field, 'today', data.title)}
    <article class="field-item" data-state=${field.stateOf(item)}>
      <div class="field-facts">${data.state_words && field.stateOf(item) === data.state ? html`<span class="pill">${say(data.state_words)}</span>` : nothing}
        ${kept.map((row) => html`<a class="pill" data-state=${row.state} href="#op/${row.id}">${t(`field.state_${row.state}`)} · ${row.title.split(' · ')[0]}</a>`)}
        ${data.due_at ? html`<span title=${exact(data.due_at)}>${icon('clock')} ${t('field.due', { at: by(data.due_at) })}</span>` : nothing}</div>
      ${data.address ? html`<p class="phone-place">${icon('map-pin')} <span>${data.address}</span></p>` : nothing}
      ${way(field, item)}
      ${(data.lines ?? []).map((line) => html`<p class="field-line">${say(line)}</p>`)}
      ${data.number ? html`<p class="quiet phone-number">${data.number}${data.at ? html` · ${exact(data.at)}` : nothing}</p>` : nothing}
    </article>${buttons(field, item)}`
}

/** The way there as an arrow that needs no map and no signal; the map itself only with a line. */
function way(field: Field, item: Item): View {
  const { lon, lat } = item.data
  if (typeof lon !== 'number' || typeof lat !== 'number') return nothing
  const self = field.positions.last
  const far = away(field, item)
  const winds = t('phone.winds').split(' ')
  const bearing = self ? bearing_deg(self, { lon, lat }) : 0
  return html`<div class="phone-way">${far ? html`<svg class="arrow" viewBox="0 0 24 24" aria-hidden="true">${svg`<path transform="rotate(${bearing} 12 12)" d="M12 3 L18 20 L12 16 L6 20 Z"></path>`}</svg><span><b>${far}</b> ${winds[Math.round(bearing / 45) % 8]}<small class="quiet">${t('phone.straight')}</small></span>` : nothing}
    ${navigator.onLine ? html`<button type="button" class="button" @click=${() => void map(field, item, lon, lat)}>${icon('map-2')} ${t(mapFor === item.id ? 'phone.map_close' : 'phone.map')}</button>` : nothing}</div>
    ${mapFor === item.id ? html`<div id="minimap" class="minimap"></div>` : nothing}`
}

async function map(field: Field, item: Item, lon: number, lat: number): Promise<void> {
  mapFor = mapFor === item.id ? '' : item.id
  field.draw()
  if (!mapFor) return
  const { showMap } = await import('../../phone/minimap')
  const box = document.getElementById('minimap')
  if (box && !box.dataset.made) {
    box.dataset.made = 'true'
    showMap(box, { lon, lat }, field.positions.last)
  }
}

function buttons(field: Field, item: Item): View {
  const acts = field.actsOf(item)
  if (!acts.length) return nothing
  const [first, ...rest] = acts
  return html`<footer class="field-actions">
    ${first ? html`<button type="button" class="big is-primary" data-act=${first.act} @click=${() => void field.tap(first, item)}>${first.icon ? icon(first.icon) : nothing} ${say(first)}</button>` : nothing}
    ${rest.length ? html`<div class="field-more">${rest.map((form) => html`<button type="button" class="big is-plain" data-act=${form.act} @click=${() => void field.tap(form, item)}>${form.icon ? icon(form.icon) : nothing} ${say(form)}</button>`)}</div>` : nothing}</footer>`
}
