import { html, nothing } from 'lit-html'
import { clockBar, response_s } from '../shared/clockbar'
import { icon } from '../shared/dom'
import { stateIcon } from '../shared/parts'
import { liveOrders, overdueOrder, stageOf } from '../shared/stage'
import { ago, clock, exact, now_ms, span } from '../shared/time'
import type { Matter, Today, Unit } from '../shared/types'
import { known, lang, say, t } from '../shared/words'
import type { CardPart } from '../matter/card'

interface State { today: Today | null; units: Unit[]; problem: string }

export function todayView({ today, units, problem }: State): CardPart {
  if (!today) return html`<div class="page-wait" role="status">${problem ? html`<p class="notice is-danger">${problem}</p>` : html`<span class="skeleton"></span><span class="skeleton"></span><span class="skeleton"></span>`}</div>`
  const calls = new Map<string, Matter>()
  for (const matter of [...today.late, ...today.open]) calls.set(matter.number, matter)
  const late = new Set(today.late.map((matter) => matter.number))
  const rows = [...calls.values()].sort((a, b) => Number(isLate(b, late)) - Number(isLate(a, late)) || b.received_at.localeCompare(a.received_at))
  const unsigned = rows.filter((matter) => overdueOrder(matter) !== null)
  return html`
    ${problem ? html`<p class="notice is-danger" role="alert">${icon('alert-triangle')} ${problem}</p>` : nothing}
    <section class="figures">
      ${figure(t('today.incidents'), String(today.incidents), period(today))}
      ${figure(t('today.diverted'), today.diverted_share === null ? '—' : `${(today.diverted_share * 100).toFixed(1)}%`, t('today.diverted_of', { a: today.diverted, b: today.incidents }))}
      ${figure(t('today.late'), String(late.size), t('today.late_why'), late.size > 0)}
      ${figure(t('today.unsigned'), String(unsigned.length), t('today.unsigned_why'), unsigned.length > 0)}
    </section>
    <div class="today-columns">
      <section class="panel"><header><h2>${t('today.calls')}</h2><span class="quiet">${t('today.late_first')}</span></header>
        ${rows.length ? html`<ul class="calls">${rows.map((matter) => callRow(matter, isLate(matter, late)))}</ul>` : html`<p class="empty">${icon('circle-check')} ${t('today.empty')}</p>`}</section>
      <section class="panel"><header><h2>${t('today.on_duty')}</h2><span class="quiet">${units.filter((unit) => unit.availability !== 'unavailable').length}</span></header>${duty(units)}</section>
    </div>`
}

const isLate = (matter: Matter, late: Set<string>): boolean => late.has(matter.number) || matter.late

const period = (today: Today): string => `${clock(today.from)} – ${clock(new Date(Math.min(now_ms(), Date.parse(today.to))).toISOString())}`

function figure(name: string, value: string, note: string, hot = false): CardPart {
  return html`<div class="figure ${hot ? 'is-danger' : ''}"><span class="figure-name">${name}</span><b class="num">${value}</b><span class="quiet">${note}</span></div>`
}

function callRow(matter: Matter, late: boolean): CardPart {
  const stage = stageOf(matter)
  const total = response_s(matter)
  return html`<li class="call-line ${late ? 'is-late' : ''}"><a href="/matters/${matter.number}" class="call-main">
      <span class="call-priority" data-priority=${matter.priority ?? ''}>${matter.priority ?? '–'}</span>
      <span class="call-text"><strong>${matter.title || say(matter.category) || t('matter.untitled')}</strong><span class="quiet">${matter.address || matter.grid?.name || t('matter.no_place')}</span></span>
      <span class="stage" data-stage=${stage}>${icon(stateIcon(stage))}<span>${known(`stage.${stage}`) ? t(`stage.${stage}`) : say(matter.state_words)}</span></span>
      <span class="call-total"><b class="num ${late ? 'is-danger' : ''}">${span(total)}</b><span class="quiet" title=${exact(matter.received_at)}>${ago(matter.received_at)}</span></span></a>
    ${clockBar(matter)}
    <p class="quiet call-units">${liveOrders(matter).map((order) => order.unit.call_sign).join(' · ') || t('today.no_unit')}</p></li>`
}

/** Who is on duty, by room or station. */
function duty(units: Unit[]): CardPart {
  const groups = new Map<string, Unit[]>()
  for (const unit of units) {
    if (unit.availability === 'unavailable') continue
    const name = unit.agency?.name ?? '—'
    groups.set(name, [...(groups.get(name) ?? []), unit])
  }
  const order = new Intl.Collator(lang === 'en' ? 'en' : 'zh')
  const names = [...groups.keys()].sort(order.compare)
  if (!names.length) return html`<p class="empty">${t('today.nobody')}</p>`
  return html`<dl class="duty">${names.slice(0, 60).map((name) => html`<dt>${name}</dt><dd>${(groups.get(name) ?? []).map((unit) => html`<span class="duty-unit" data-state=${unit.order ? 'ordered' : unit.availability}>
    <b>${unit.call_sign}</b> ${unit.crew.join('、')} <span class="quiet">${unit.order ? t('unit.on_call') : t(`unit.${unit.availability}`)}</span></span>`)}</dd>`)}</dl>
    ${names.length > 60 ? html`<p class="quiet">${t('today.more_rooms', { n: names.length - 60 })}</p>` : nothing}`
}
