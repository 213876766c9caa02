import { html, nothing, type TemplateResult } from 'lit-html'
import { get, problemText } from '../shared/api'
import { icon } from '../shared/dom'
import { loading } from '../shared/parts'
import { ago } from '../shared/time'
import type { Bilingual } from '../shared/types'
import { say, t } from '../shared/words'

export interface Spot { title: string; lon: number; lat: number; address: string | null }
interface Brief { number: string; kind: Bilingual; icon: string; title: string; state_words: Bilingual; at: string }
interface Agency { code: string; name: string; is_room: boolean; phone: string }
interface Here {
  grid: { code: string; name: string } | null
  room: Agency | null
  station: Agency | null
  officer: string | null
  known: (Bilingual & { code: string; count: number })[]
  open: Brief[]
  before: Brief[]
  premises: { code: string; name: string; kind: Bilingual; hazard: string }[]
}

/** Any place, registered or not: who answers for it, what is open there, what last happened, within one's own reach. */
export class PlaceCard {
  private spot: Spot | null = null
  private here: Here | null = null
  private failure = ''

  constructor(private readonly changed: () => void, private readonly mayClose: boolean) {}

  get open(): boolean { return this.spot !== null }

  close(): void {
    this.spot = null
    this.changed()
  }

  async show(spot: Spot): Promise<void> {
    this.spot = spot
    this.here = null
    this.failure = ''
    this.changed()
    try {
      const here = await get<Here>(`/places/here?lon=${spot.lon}&lat=${spot.lat}${spot.address ? `&address_id=${spot.address}` : ''}`)
      if (this.spot === spot) this.here = here
    } catch (failure) {
      if (this.spot === spot) this.failure = problemText(failure)
    }
    this.changed()
  }

  view(): TemplateResult | typeof nothing {
    const spot = this.spot
    if (!spot) return nothing
    return html`<article class="map-card" data-card="place" aria-label=${spot.title}>
      <header>${icon('map-pin')}<div><small>${t('map.place')}</small><h2>${spot.title}</h2></div>
        <button type="button" class="icon-button" title=${t('action.close_panel')} @click=${() => this.close()}>${icon('x')}<span class="sr">${t('action.close_panel')}</span></button></header>
      ${this.failure ? html`<p class="notice is-danger">${this.failure}</p>` : this.here ? facts(this.here) : loading(3)}
      <footer>${this.mayClose ? html`<a class="button" href="/roads?lon=${spot.lon.toFixed(6)}&lat=${spot.lat.toFixed(6)}#close-road">${icon('traffic-cone')}${t('map.close_road')}</a>` : nothing}</footer></article>`
  }
}

function facts(here: Here): TemplateResult {
  const rows: [string, unknown][] = [
    ['grid', here.grid?.name], ['room', here.room?.is_room ? html`<a href="/rooms/${here.room.code}">${here.room.name}</a>${here.room.phone ? ` ${here.room.phone}` : ''}` : here.room?.name],
    ['station', here.station?.code === here.room?.code ? '' : here.station?.name], ['officer', here.officer],
  ]
  return html`<dl class="map-facts">${rows.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${t(`map.here_${name}`)}</dt><dd>${value}</dd></div>`)}</dl>
    ${here.known.length ? html`<ul class="plain map-here-known">${here.known.map((one) => html`<li>${icon('alert-triangle')} ${say(one)}</li>`)}</ul>` : nothing}
    ${list('map.here_open', here.open)}${list('map.here_before', here.before)}
    ${here.premises.length ? html`<h3>${t('map.here_premises')}</h3><ul class="plain map-here">${here.premises.map((one) => html`<li>${icon('building-store')}<a href="/premises/${one.code}">${one.name}</a> <small class="quiet">${say(one.kind)}${one.hazard ? ` · ${one.hazard}` : ''}</small></li>`)}</ul>` : nothing}
    ${here.open.length || here.before.length || here.known.length || here.premises.length ? nothing : html`<p class="quiet">${t('map.here_nothing')}</p>`}`
}

function list(title: string, rows: Brief[]): TemplateResult | typeof nothing {
  if (!rows.length) return nothing
  return html`<h3>${t(title)}</h3><ul class="plain map-here">${rows.map((one) => html`<li>${icon(one.icon)}<a href="/matters/${encodeURIComponent(one.number)}">${one.title || say(one.kind)}</a>
    <small class="quiet">${say(one.state_words)} · ${ago(one.at)}</small></li>`)}</ul>`
}
