import { html, nothing, type TemplateResult } from 'lit-html'
import { icon } from '../../shared/dom'
import { t } from '../../shared/words'
import { areaText } from '../measure'
import { corners, lineAcross, type Draft } from './draft'
import type { GridEditor } from './editor'
import type { PartRow } from './types'

const written = (event: Event): string => (event.target as HTMLInputElement).value

/** The form of a change: from when, what it is called, who answers, what is wrong with it, and the same by keyboard. */
export function draftForm(editor: GridEditor, draft: Draft): TemplateResult {
  const again = (): void => editor.app.render()
  return html`<form class="grid-form" data-grid-form=${draft.mode} @submit=${(event: Event) => { event.preventDefault(); void editor.save() }}>
    <h2>${t(`map.grid_${draft.mode}`)}${draft.rows.length ? html` <small class="quiet">${draft.rows.map((row) => row.name).join('、')}</small>` : nothing}</h2>
    ${editor.failure ? html`<p class="notice is-danger" role="alert">${icon('alert-triangle')} ${editor.failure}</p>` : nothing}
    <label class="field">${t(draft.mode === 'close' ? 'map.grid_until' : 'map.grid_from')}<input type="date" name="from" required .value=${draft.from} @change=${(event: Event) => void editor.date(written(event))}><small>${t('map.grid_from_what')}</small></label>
    ${draft.mode === 'open' || draft.mode === 'merge' ? html`
      <label class="field">${t('map.grid_code')}<input name="code" required maxlength="24" .value=${draft.code} @input=${(event: Event) => { draft.code = written(event); again() }}></label>
      <label class="field">${t('map.grid_name')}<input name="name" required maxlength="80" .value=${draft.name} @input=${(event: Event) => { draft.name = written(event); again() }}></label>` : nothing}
    ${draft.mode === 'split' ? splitFields(editor, draft) : draft.mode === 'merge' ? mergeFields(editor, draft) : draft.mode === 'close' ? nothing : shapeFields(editor, draft)}
    <div class="form-end"><button type="button" class="button" @click=${() => editor.cancel()}>${t('action.cancel')}</button>
      <button class="button is-primary" data-grid-save ?disabled=${!draft.ready || editor.busy}>${icon('check')}${t('map.grid_save')}</button></div></form>`
}

function room(editor: GridEditor, value: string, choose: (code: string) => void, none: string): TemplateResult {
  return html`<select name="room" @change=${(event: Event) => { choose(written(event)); editor.app.render() }}><option value="" ?selected=${!value}>${none}</option>
    ${editor.rooms.map((one) => html`<option value=${one.code} ?selected=${one.code === value}>${one.name}</option>`)}</select>`
}

function shapeFields(editor: GridEditor, draft: Draft): TemplateResult {
  const { checked } = draft
  return html`${checked ? html`<div class="grid-check" role="status"><p><b class="num">${areaText(checked.area_m2)}</b></p>
      ${checked.overlaps.map((one) => html`<p class="is-danger">${icon('alert-triangle')} ${t('map.grid_overlap', { name: `${one.name}（${one.code}）`, area: areaText(one.area_m2) })}</p>`)}
      ${checked.gaps.map((one) => html`<p class="is-amber">${icon('info-circle')} ${t('map.grid_gap', { area: areaText(one.area_m2) })}</p>`)}
      ${checked.overlaps.length || checked.gaps.length ? html`<button type="button" class="button is-small" data-grid-fit @click=${() => void editor.fit()}>${icon('magnet')}${t('map.grid_fit')}</button>`
        : html`<p class="is-ok">${icon('circle-check')} ${t('map.grid_fits')}</p>`}</div>` : html`<p class="quiet">${t(draft.mode === 'redraw' ? 'map.grid_redraw_hint' : 'map.grid_open_hint')}</p>`}
    <details><summary>${t('map.grid_by_words')}</summary><div class="inline-form"><label class="field">${t('map.grid_corners')}<textarea name="corners" rows="6" spellcheck="false" .value=${cornersOf(draft)}></textarea></label>
      <button type="button" class="button is-small" @click=${(event: Event) => takeCorners(editor, event)}>${t('map.grid_check')}</button></div></details>`
}

function cornersOf(draft: Draft): string {
  const land = draft.checked?.shape ?? draft.rows[0]?.geometry
  return land?.type === 'Polygon' ? (land.coordinates[0] ?? []).slice(0, -1).map((at) => `${at[0]},${at[1]}`).join('\n') : ''
}

function takeCorners(editor: GridEditor, event: Event): void {
  const text = (event.target as HTMLElement).closest('.inline-form')?.querySelector('textarea')?.value ?? ''
  const ring = corners(text)
  if (!ring || ring.length < 3) {
    editor.failure = t('map.grid_corners_wrong')
    editor.app.render()
    return
  }
  const polygon: GeoJSON.Polygon = { type: 'Polygon', coordinates: [[...ring, ring[0] as GeoJSON.Position]] }
  editor.pen?.edit(polygon)
  void editor.drawn(polygon)
}

function splitFields(editor: GridEditor, draft: Draft): TemplateResult {
  const change = (part: PartRow, values: Partial<PartRow>): void => { Object.assign(part, values); draft.show(); editor.app.render() }
  return html`${draft.parts.map((part, at) => html`<fieldset class="grid-part" data-part=${at}><legend>${t('map.grid_part', { n: at + 1 })} <small class="num">${areaText(part.area_m2)}</small></legend>
      <label class="field">${t('map.grid_code')}<input name="code-${at}" required maxlength="24" .value=${part.code} @input=${(event: Event) => change(part, { code: written(event) })}></label>
      <label class="field">${t('map.grid_name')}<input name="name-${at}" required maxlength="80" .value=${part.name} @input=${(event: Event) => change(part, { name: written(event) })}></label>
      <label class="field">${t('map.grid_room')}${room(editor, part.answered_by ?? '', (code) => change(part, { answered_by: code }), t('map.grid_room_same'))}</label></fieldset>`)}
    ${draft.parts.length ? nothing : html`<p class="quiet">${t('map.grid_split_hint')}</p>`}
    <details><summary>${t('map.grid_by_words')}</summary><div class="inline-form">
      <label class="field">${t('map.grid_line_way')}<select name="way"><option value="ns">${t('map.grid_line_ns')}</option><option value="ew">${t('map.grid_line_ew')}</option></select></label>
      <label class="field">${t('map.grid_line_at')}<input name="percent" type="number" min="1" max="99" value="50"></label>
      <label class="field">${t('map.grid_line_corners')}<textarea name="line" rows="3" spellcheck="false"></textarea></label>
      <button type="button" class="button is-small" @click=${(event: Event) => takeLine(editor, draft, event)}>${t('map.grid_line_take')}</button></div></details>`
}

function takeLine(editor: GridEditor, draft: Draft, event: Event): void {
  const form = (event.target as HTMLElement).closest('.inline-form') as HTMLElement
  const value = (name: string): string => form.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? ''
  const [row] = draft.rows
  const drawn = corners(value('line'))
  if (!row) return
  const line: GeoJSON.LineString = drawn ? { type: 'LineString', coordinates: drawn } : lineAcross(row.geometry, value('way') === 'ew' ? 'ew' : 'ns', Number(value('percent')) || 50)
  editor.pen?.clear()
  void editor.drawn(line as GeoJSON.LineString)
}

function mergeFields(editor: GridEditor, draft: Draft): TemplateResult {
  const several = (draft.whole?.rooms.length ?? 0) > 1
  return html`<p class="quiet">${draft.rows.length < 2 ? t('map.grid_merge_more') : draft.whole ? areaText(draft.whole.area_m2) : nothing}</p>
    <ul class="grid-list plain">${editor.rows.map((row) => html`<li><label><input type="checkbox" .checked=${draft.rows.some((one) => one.id === row.id)} @change=${() => editor.pick(row.id, true)}><span>${row.name} <small class="num">${row.code}</small></span></label></li>`)}</ul>
    <label class="field">${t('map.grid_room')}${room(editor, draft.room, (code) => { draft.room = code }, t(several ? 'map.grid_room_ask' : 'map.grid_room_same'))}
      ${several ? html`<small class="is-amber">${t('map.grid_room_several', { rooms: draft.whole?.rooms.map((one) => one.name).join('、') ?? '' })}</small>` : nothing}</label>`
}
