import { html, nothing, render, svg } from 'lit-html'
import { inThemeOf, maplibregl, newMap, styleUrl } from '../shared/basemap'
import { byId, icon } from '../shared/dom'
import { toast } from '../shared/toast'
import { exact } from '../shared/time'
import { lang, page, say, t } from '../shared/words'
import { lookOf } from './looks'
import { Overlay } from './overlay'
import type { MapPage } from './page'
import { isoShanghai } from './timebar'

/** A3 less 10 mm on each side; the map's part of it, in millimetres. */
const PAPER = { landscape: { width: 400, height: 277 }, portrait: { width: 277, height: 400 } }
const HEAD_MM = 16
const FOOT_MM = 30
const MM_PX = 96 / 25.4
/** Twice the resolution of a screen: 192 dots an inch, sharp on paper and small enough for a weak graphics card. */
const PIXEL_RATIO = 2
const WAIT_MS = 60_000

type Orient = keyof typeof PAPER

/** The map on A3 with title, legend, scale, north, date, who printed it, and the line of approval. */
export class Print {
  private orient: Orient = 'landscape'
  private title: string
  private busy = false

  constructor(private readonly app: MapPage, private readonly ended: () => void) {
    this.title = `${app.facts.bureau} ${t('map.title')}`.trim()
  }

  view(): unknown {
    return html`<form class="map-print-form" aria-label=${t('map.bar_print')} @submit=${(event: Event) => { event.preventDefault(); void this.make() }}>
      <header><h2>${t('map.print_title')}</h2><button type="button" class="icon-button" title=${t('action.close_panel')} @click=${() => this.ended()}>${icon('x')}<span class="sr">${t('action.close_panel')}</span></button></header>
      <label class="field">${t('map.print_name')}<input name="title" maxlength="60" .value=${this.title} @input=${(event: InputEvent) => { this.title = (event.target as HTMLInputElement).value }}></label>
      <fieldset class="segments"><legend class="sr">${t('map.print_orient')}</legend>${(['landscape', 'portrait'] as const).map((one) => html`<label><input type="radio" name="orient" value=${one} ?checked=${one === this.orient} @change=${() => { this.orient = one }}><span>A3 ${t(`map.print_${one}`)}</span></label>`)}</fieldset>
      <p class="quiet">${t('map.print_what')}</p>
      <button class="button is-primary" ?disabled=${this.busy}>${icon('printer')}${this.busy ? t('map.print_busy') : t('map.bar_print')}</button></form>`
  }

  private async make(): Promise<void> {
    this.busy = true
    this.app.render()
    const sheet = byId('map-print')
    delete sheet.dataset.ready
    try {
      const { picture, metres_a_px } = await this.draw(sheet)
      this.lay(sheet, picture, metres_a_px)
      await sheet.querySelector('img')?.decode()
      sheet.dataset.ready = this.orient
      sheet.hidden = false
      window.addEventListener('afterprint', () => this.end(sheet, picture), { once: true })
      window.print()
    } catch (failure) {
      toast(failure instanceof Error ? failure.message : String(failure), 'danger')
    }
    this.busy = false
    this.app.render()
  }

  private end(sheet: HTMLElement, picture: string): void {
    sheet.hidden = true
    URL.revokeObjectURL(picture)
    this.ended()
  }

  /** A second map, as large as the paper and in light colours, drawn once into a picture. */
  private async draw(sheet: HTMLElement): Promise<{ picture: string; metres_a_px: number }> {
    const { state, layers, overlay } = this.app
    const paper = PAPER[this.orient]
    const box = document.createElement('div')
    box.className = 'map-print-canvas'
    box.dataset.bsTheme = 'light'
    box.style.width = `${Math.round(paper.width * MM_PX)}px`
    box.style.height = `${Math.round((paper.height - HEAD_MM - FOOT_MM) * MM_PX)}px`
    sheet.dataset.bsTheme = 'light'
    document.body.append(box)
    const map = newMap(box, {
      style: styleUrl({ plain: true, base: state.base, theme: 'light' }), interactive: false, pixelRatio: PIXEL_RATIO, bounds: this.app.map.getBounds(),
      canvasContextAttributes: { preserveDrawingBuffer: true },
    })
    try {
      await once(map, 'style.load')
      const looks = inThemeOf(box, () => new Map(layers.defs.map((def, at) => [def.code, lookOf(def, at)])))
      const marks = new Overlay(map)
      layers.layOn(map, looks)
      marks.copy(overlay)
      inThemeOf(box, () => marks.dress())
      await once(map, 'idle')
      const { lat } = map.getCenter()
      const metres_a_px = (78_271.516_96 * Math.cos((lat * Math.PI) / 180)) / 2 ** map.getZoom()
      const blob = await new Promise<Blob | null>((done) => map.getCanvas().toBlob(done, 'image/png'))
      if (!blob) throw new Error(t('map.print_failed'))
      return { picture: URL.createObjectURL(blob), metres_a_px }
    } finally {
      map.remove()
      box.remove()
    }
  }

  private lay(sheet: HTMLElement, picture: string, metres_a_px: number): void {
    const { state, layers, facts } = this.app
    sheet.dataset.orient = this.orient
    const moment = exact(state.at || isoShanghai(Date.now()))
    const base = facts.bases.find((one) => one.code === state.base)
    const scale = round(metres_a_px / (0.0254 / 96))
    render(html`
      <header><h1>${this.title}</h1><p>${t(state.at ? 'map.print_as_of' : 'map.print_now', { at: moment })}</p></header>
      <div class="map-print-map"><img src=${picture} alt=${this.title}>${north()}</div>
      <footer><section class="map-print-legend" aria-label=${t('map.legend')}>${layers.shown.map((def) => {
        const entries = inThemeOf(sheet, () => lookOf(def, layers.defs.indexOf(def)).legend)
        const chosen = def.filters.flatMap((filter) => filter.choices.filter((one) => state.chosen(def.code, filter.name).includes(one.code)).map(say))
        return html`<dl><dt>${say(def)}${chosen.length ? html` <small>（${chosen.join('、')}）</small>` : nothing}</dt>${entries.map((entry) => html`<dd><img src=${entry.url} alt="">${entry.words}</dd>`)}</dl>`
      })}</section>
      <section class="map-print-about">${bar(metres_a_px)}<p class="num">${t('map.print_scale', { n: new Intl.NumberFormat(lang === 'en' ? 'en-GB' : 'zh-CN').format(scale) })} · WGS-84</p>
        <p>${t('map.print_by', { name: page.user, at: exact(isoShanghai(Date.now())) })}</p>
        <p>${[base?.credit ?? t('map.print_own'), facts.note].filter(Boolean).join(' · ')}</p></section></footer>`, sheet)
  }
}

function once(map: maplibregl.Map, event: 'style.load' | 'idle'): Promise<void> {
  return new Promise((done, fail) => {
    const timer = window.setTimeout(() => fail(new Error(t('map.print_slow'))), WAIT_MS)
    map.once(event, () => { window.clearTimeout(timer); done() })
  })
}

/** The nearest 1, 2 or 5 with noughts below. */
function nice(value: number): number {
  const ten = 10 ** Math.floor(Math.log10(value))
  return ([5, 2, 1].find((step) => step * ten <= value) ?? 1) * ten
}

const round = (value: number): number => Number(value.toPrecision(2))

function bar(metres_a_px: number): unknown {
  const length_m = nice(metres_a_px * 60 * MM_PX)
  const width = length_m / metres_a_px
  const words = length_m < 1000 ? t('map.metres', { n: length_m }) : t('map.kilometres', { n: length_m / 1000 })
  return svg`<svg class="map-print-scale" width=${width + 70} height="26" viewBox="0 0 ${width + 70} 26" role="img" aria-label=${words}>
    <path d="M1 8v8h${width / 2}v-8M1 16H${width + 1}v-8" fill="none" stroke="#000" stroke-width="1.5"></path><rect x="1" y="12" width=${width / 2} height="4" fill="#000"></rect>
    <text x=${width + 8} y="17" font-size="12">${words}</text></svg>`
}

const north = (): unknown => svg`<svg class="map-print-north" viewBox="0 0 40 56" width="40" height="56" role="img" aria-label=${t('map.north')}><path d="M20 4 32 40 20 32 8 40Z" fill="#fff" stroke="#000" stroke-width="2"></path><path d="M20 4 32 40 20 32Z" fill="#000"></path><text x="20" y="54" text-anchor="middle" font-size="14" font-weight="700">${t('map.letter_north')}</text></svg>`
