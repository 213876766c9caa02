import { html, nothing, svg, type TemplateResult } from 'lit-html'
import { icon } from '../shared/dom'
import { stateBadge } from '../shared/parts'
import { seconds, span } from '../shared/time'
import { lang, t } from '../shared/words'
import type { Scene } from './rotation'

export type Ring = [number, number][][]
interface Count { code: string; today: number; yesterday: number; of: number | null }
interface OpenCall { category_zh: string; category_en: string; area: string; stage: string; priority: number | null; since: string; late: boolean }
interface Area { name: string; waiting: number; running: number; late: number }
interface Dot { what: 'room' | 'unit'; name: string; state: string; lon: number; lat: number }
interface Reach { target_s: number; why: string; addresses: number | null; roads: number | null; worst: [string, number][]; step: [string, string] | null }
export interface WallData { at: string; counts: Count[]; calls: OpenCall[]; calls_in_all: number; areas: Area[]; dots: Dot[]; reach: Reach }

const WIDE = 1600
const HIGH = 800
const LETTER = 21
const LINE = 30

const percent = (share: number | null): string => (share === null ? '—' : `${Math.round(share * 100)}%`)

export function sceneView(scene: Scene, data: WallData | null, rings: Ring[]): TemplateResult {
  if (!data) return html`<div class="wall-wait" role="status"><span class="sr">${t('state.loading')}</span>${Array.from({ length: 6 }, () => html`<span class="skeleton" aria-hidden="true"></span>`)}</div>`
  if (scene === 'today') return today(data)
  if (scene === 'calls') return calls(data)
  return scene === 'map' ? map(data, rings) : reach(data.reach)
}

function today(data: WallData): TemplateResult {
  return html`<div class="wall-figures">${data.counts.map((one) => html`<div class="wall-figure ${one.code === 'late' && one.today ? 'is-danger' : ''}">
      <span>${one.code === 'late' ? icon('clock-exclamation') : nothing}${t(`wall.count.${one.code}`)}</span><b>${one.today}${one.of === null ? nothing : html`<small>${t('wall.of', { n: one.of })}</small>`}</b><em>${one.code === 'calls' ? `${t('wall.open')} ${data.calls_in_all} · ` : ''}${t('wall.before', { n: one.yesterday })}</em></div>`)}
      <div class="wall-figure"><span>${t('wall.reach')}</span><b>${percent(data.reach.addresses)}</b><em>${t('wall.within', { s: data.reach.target_s })}</em></div></div>
    <table class="wall-table"><thead><tr><th>${t('wall.area')}</th><th>${t('wall.waiting')}</th><th>${t('wall.running')}</th><th>${t('wall.late')}</th></tr></thead>
      <tbody>${data.areas.slice(0, 6).map((one) => html`<tr class=${one.late ? 'is-late' : ''}><td>${one.name || t('wall.area_none')}</td><td>${one.waiting}</td><td>${one.running}</td><td>${one.late ? html`${icon('clock-exclamation')} ${one.late}` : 0}</td></tr>`)}
      ${data.areas.length ? nothing : html`<tr><td colspan="4">${t('wall.quiet')}</td></tr>`}</tbody></table>`
}

function calls(data: WallData): TemplateResult {
  if (!data.calls.length) return html`<p class="wall-none">${icon('circle-check')} ${t('wall.quiet')}</p>`
  const rest = data.calls_in_all - Math.min(8, data.calls.length)
  return html`<table class="wall-table is-calls"><tbody>${data.calls.slice(0, 8).map((one) => html`<tr class=${one.late ? 'is-late' : ''}>
    <td><span class="call-priority" data-priority=${one.priority ?? ''}>${one.priority ?? '–'}</span></td><td><b>${lang === 'en' ? one.category_en : one.category_zh}</b></td><td>${one.area || t('wall.area_none')}</td>
    <td>${stateBadge(one.stage, t(`stage.${one.stage}`))}</td><td class="num">${one.late ? icon('clock-exclamation') : nothing} ${span(seconds(one.since))}</td></tr>`)}</tbody></table>
    ${rest > 0 ? html`<p class="wall-more">${t('wall.more', { n: rest })}</p>` : nothing}`
}

/** Longitude and latitude to the picture: equal scale both ways, north up. */
function frame(rings: Ring[], dots: Dot[]): (lon: number, lat: number) => [number, number] {
  const points: [number, number][] = [...rings.flat(2), ...dots.map((one): [number, number] => [one.lon, one.lat])]
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lon, lat] of points) {
    west = Math.min(west, lon)
    east = Math.max(east, lon)
    south = Math.min(south, lat)
    north = Math.max(north, lat)
  }
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const scale = Math.min((WIDE - 80) / Math.max(1e-6, (east - west) * squeeze), (HIGH - 80) / Math.max(1e-6, north - south))
  const left = (WIDE - (east - west) * squeeze * scale) / 2
  const top = (HIGH - (north - south) * scale) / 2
  return (lon, lat) => [left + (lon - west) * squeeze * scale, top + (north - lat) * scale]
}

function map(data: WallData, rings: Ring[]): TemplateResult {
  const at = frame(rings, data.dots)
  const path = rings.map((ring) => ring.map((line) => `M${line.map(([lon, lat]) => at(lon, lat).map((v) => v.toFixed(1)).join(' ')).join('L')}Z`).join('')).join('')
  const rooms = data.dots.filter((one) => one.what === 'room')
  const units = data.dots.filter((one) => one.what === 'unit')
  const written: [number, number, number][] = []
  /** A name is written only where it runs into no other; rooms come first. */
  const named = (x: number, y: number, name: string): boolean => {
    const half = (name.length * LETTER) / 2
    const free = written.every(([ox, oy, oh]) => Math.abs(ox - x) > oh + half || Math.abs(oy - y) > LINE)
    if (free) written.push([x, y, half])
    return free
  }
  const mark = (one: Dot): TemplateResult => {
    const [x, y] = at(one.lon, one.lat)
    const shape = one.what === 'room' ? svg`<rect x="-9" y="-9" width="18" height="18" rx="3"></rect>` : svg`<path d="M0-12 12 0 0 12-12 0Z"></path>`
    return svg`<g class="dot" data-what=${one.what} data-state=${one.state} transform="translate(${x.toFixed(1)} ${y.toFixed(1)})">${shape}${named(x, y, one.name) ? svg`<text y="32">${one.name}</text>` : nothing}</g>`
  }
  return html`<svg class="wall-map" viewBox="0 0 ${WIDE} ${HIGH}" role="img" aria-label=${t('wall.map')}><path class="outline" d=${path}></path>${rooms.map(mark)}${units.map(mark)}</svg>
    <ul class="wall-legend">${([['room', 'open', 'room_open'], ['room', 'shut', 'room_shut'], ['unit', 'available', 'unit_free'], ['unit', 'ordered', 'unit_busy']] as const).map(([what, state, words]) => html`<li>
      <svg viewBox="-14 -14 28 28" aria-hidden="true">${svg`<g class="dot" data-what=${what} data-state=${state}>${what === 'room' ? svg`<rect x="-9" y="-9" width="18" height="18" rx="3"></rect>` : svg`<path d="M0-12 12 0 0 12-12 0Z"></path>`}</g>`}</svg>
      ${t(`wall.${words}`)} <b>${data.dots.filter((one) => one.what === what && one.state === state).length}</b></li>`)}</ul>`
}

function reach(found: Reach): TemplateResult {
  if (found.why) return html`<p class="wall-none">${icon('info-circle')} ${t('wall.no_reach')}</p>`
  return html`<div class="wall-figures is-two"><div class="wall-figure"><span>${t('wall.addresses')}</span><b>${percent(found.addresses)}</b><em>${t('wall.within', { s: found.target_s })}</em></div>
      <div class="wall-figure"><span>${t('wall.roads')}</span><b>${percent(found.roads)}</b><em>${t('wall.within', { s: found.target_s })}</em></div></div>
    <h2 class="wall-sub">${t('wall.worst')}</h2><table class="wall-table"><tbody>${found.worst.map(([name, share]) => html`<tr><td>${name}</td><td class="wall-bar"><progress max="1" value=${share} aria-label=${name}></progress></td><td class="num">${percent(share)}</td></tr>`)}</tbody></table>
    ${found.step ? html`<p class="wall-more">${icon('navigation')} ${t('wall.step', { unit: found.step[0], room: found.step[1] })}</p>` : nothing}`
}
