import { html, nothing } from 'lit-html'
import { icon } from '../shared/dom'
import { toast } from '../shared/toast'
import { say, t } from '../shared/words'
import type { MapPage } from './page'

/** The buttons over the map: base map, measuring, the link to exactly this map, print. */
export class Bar {
  private measuring: { view(): unknown; stop(): void } | null = null
  private printing: { view(): unknown } | null = null

  constructor(private readonly app: MapPage) {}

  /** While distances are measured, clicks on the map are points of the line. */
  get busy(): boolean { return this.measuring !== null }

  view(): unknown {
    const { facts, state } = this.app
    return html`<div class="map-bar" role="toolbar" aria-label=${t('map.bar')}>
        ${facts.bases.length ? html`<label class="map-base">${icon('map-2')}<span class="sr">${t('map.base')}</span><select id="map-base" @change=${(event: Event) => this.base((event.target as HTMLSelectElement).value)}>
          <option value="" ?selected=${!state.base}>${t('map.base_own')}</option>${facts.bases.map((base) => html`<option value=${base.code} ?selected=${base.code === state.base}>${say(base)}</option>`)}</select></label>` : nothing}
        ${this.button('measure', 'ruler-measure', this.measuring !== null, () => void this.measure())}
        ${this.button('home', 'home', false, () => { if (facts.box) this.app.fit(facts.box) })}
        ${this.button('share', 'link', false, () => void this.share())}
        ${this.button('print', 'printer', this.printing !== null, () => void this.print())}
      </div>${this.measuring?.view() ?? nothing}${this.printing?.view() ?? nothing}`
  }

  private button(name: string, picture: string, pressed: boolean, act: () => void): unknown {
    return html`<button type="button" class="button" data-bar=${name} aria-pressed=${pressed} title=${t(`map.bar_${name}`)} @click=${act}>${icon(picture)}<span>${t(`map.bar_${name}`)}</span></button>`
  }

  private base(code: string): void {
    this.app.state.base = code
    this.app.restyle()
    this.app.save()
  }

  private async measure(): Promise<void> {
    if (this.measuring) {
      this.measuring.stop()
      this.measuring = null
      this.app.render()
      return
    }
    const { Measure } = await import('./measure')
    this.measuring = new Measure(this.app, () => { this.measuring = null; this.app.render() })
    this.app.render()
  }

  private async share(): Promise<void> {
    const link = this.app.link
    history.replaceState(null, '', link)
    try {
      await navigator.clipboard.writeText(link)
      toast(t('map.shared'))
    } catch {
      // No right to the clipboard: the address bar now holds the same link.
      toast(t('map.shared_in_bar'), 'info')
    }
  }

  private async print(): Promise<void> {
    const { Print } = await import('./print')
    this.printing = this.printing ? null : new Print(this.app, () => { this.printing = null; this.app.render() })
    this.app.render()
  }
}
