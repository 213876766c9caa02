import { html, nothing, type TemplateResult } from 'lit-html'
import { icon } from '../shared/dom'
import { empty } from '../shared/parts'
import { say, t } from '../shared/words'
import type { App, Tool } from './app'
import type { Standing } from './sources'
import type { LayerDef } from './types'

const AGES_S = [0, 3600, 86400, 7 * 86400, 30 * 86400, 90 * 86400]
const PICTURE: Partial<Record<Standing, string>> = { loading: 'refresh', error: 'alert-triangle', offline: 'wifi-off', stale: 'clock-exclamation', undated: 'clock', far: 'zoom-in', partial: 'refresh', cut: 'alert-triangle' }

/** The list of layers: on and off, how many are in sight, what the marks mean, by what it is narrowed. */
export class LayerPanel implements Tool {
  private readonly unfolded = new Set<string>()

  constructor(private readonly app: App) {}

  panel(): TemplateResult {
    const { state, layers } = this.app
    if (!layers.defs.length) return empty(t('map.no_layers'))
    return html`
      <div class="map-age"><label for="map-age">${t('map.age')}</label><select id="map-age" @change=${(event: Event) => this.age(Number((event.target as HTMLSelectElement).value))}>
        ${AGES_S.map((age_s) => html`<option value=${age_s} ?selected=${age_s === state.age_s}>${t(`map.age_${age_s}`)}</option>`)}</select></div>
      <ul class="layers plain" aria-label=${t('map.tab_layers')}>${layers.defs.map((def) => this.row(def))}</ul>`
  }

  private row(def: LayerDef): TemplateResult {
    const { layers, state } = this.app
    const on = layers.on.includes(def.code)
    const status = layers.status.get(def.code)
    const open = this.unfolded.has(def.code)
    const chosen = def.filters.reduce((sum, filter) => sum + state.chosen(def.code, filter.name).length, 0)
    return html`<li class="layer" data-layer=${def.code} data-standing=${status?.standing ?? 'off'}>
      <div class="layer-line">
        <label><input type="checkbox" .checked=${on} @change=${(event: Event) => this.toggle(def.code, (event.target as HTMLInputElement).checked)}>${icon(def.icon)}<span>${say(def)}</span></label>
        ${on ? this.standing(def) : nothing}
        <button type="button" class="icon-button" aria-expanded=${open} aria-controls="layer-${def.code}" @click=${() => this.fold(def.code)}>
          ${icon(open ? 'chevron-up' : 'chevron-down')}${chosen ? html`<b class="layer-chosen">${chosen}</b>` : nothing}<span class="sr">${t('map.layer_more', { name: say(def) })}</span></button>
      </div>
      <div id="layer-${def.code}" class="layer-more" ?hidden=${!open}>${open ? this.more(def) : nothing}</div></li>`
  }

  private standing(def: LayerDef): TemplateResult {
    const status = this.app.layers.status.get(def.code)
    const standing = status?.standing ?? 'loading'
    if (standing === 'ready') return html`<span class="layer-count num" title=${t('map.in_sight')}>${status?.count}<span class="sr"> ${t('map.in_sight')}</span></span>`
    if (standing === 'empty') return html`<span class="layer-count quiet">${t('map.standing_empty')}</span>`
    const count = standing !== 'loading' && standing !== 'undated' && status?.count ? html` <b class="num">${status.count}</b>` : nothing
    return html`<span class="layer-state" title=${status?.text ?? ''}>${icon(PICTURE[standing] ?? 'info-circle')}${t(`map.standing_${standing}`)}${count}
      ${standing === 'error' ? html`<button type="button" class="button is-small" @click=${() => this.app.layers.ask([def.code])}>${t('action.again')}</button>` : nothing}</span>`
  }

  private more(def: LayerDef): TemplateResult {
    const legend = this.app.layers.looks.get(def.code)?.legend ?? []
    return html`
      ${legend.length ? html`<ul class="legend-list plain" aria-label=${t('map.legend')}>${legend.map((entry) => html`<li><img src=${entry.url} alt="" width="22" height="22">${entry.words}</li>`)}</ul>` : nothing}
      ${def.filters.filter((filter) => filter.choices.length).map((filter) => html`<fieldset class="layer-filter"><legend>${say(filter)}</legend><div class="chips-row">${filter.choices.map((choice) => {
        const chosen = this.app.state.chosen(def.code, filter.name)
        return html`<label class="chip-choice"><input type="checkbox" name="${def.code}.${filter.name}" value=${choice.code} .checked=${chosen.includes(choice.code)}
          @change=${(event: Event) => this.filter(def, filter.name, choice.code, (event.target as HTMLInputElement).checked)}><span>${say(choice)}</span></label>`
      })}</div></fieldset>`)}
      ${def.people ? html`<p class="quiet">${icon('shield')} ${t('map.people_layer')}</p>` : nothing}
      ${!def.dated ? html`<p class="quiet">${t('map.layer_undated')}</p>` : nothing}`
  }

  private toggle(code: string, on: boolean): void {
    this.app.layers.toggle(code, on)
    this.app.save()
  }

  private fold(code: string): void {
    if (!this.unfolded.delete(code)) this.unfolded.add(code)
    this.app.render()
  }

  private filter(def: LayerDef, name: string, code: string, on: boolean): void {
    const codes = new Set(this.app.state.chosen(def.code, name))
    if (on) codes.add(code)
    else codes.delete(code)
    this.app.state.choose(def.code, name, [...codes])
    this.app.layers.ask([def.code])
    this.app.save()
  }

  private age(age_s: number): void {
    this.app.state.age_s = age_s
    this.app.layers.ask()
    this.app.save()
  }
}
