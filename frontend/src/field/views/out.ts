import { html, nothing } from 'lit-html'
import { icon } from '../../shared/dom'
import { ago, exact } from '../../shared/time'
import { lang, say, t } from '../../shared/words'
import type { Field } from '../app'
import { refusedFiles } from '../sync'
import type { InputSpec, OpRow, OpState } from '../types'
import { back, type View } from './frame'
import { shownValue } from './value'

const ORDER: OpState[] = ['rejected', 'conflict', 'later', 'kept', 'delivered', 'ended']
const MOST = 100

export function outView(field: Field): View {
  const rows = field.ops.filter((row) => row.state !== 'replaced')
  const can = field.sync.line !== 'busy' && navigator.onLine
  return html`<h1 class="field-h1">${t('field.tab_out')}</h1>
    <button type="button" class="big ${field.waiting + field.filesLeft ? 'is-primary' : 'is-plain'}" data-send ?disabled=${!can} @click=${() => void field.sync.run()}>${icon('refresh')} ${t(field.sync.line === 'busy' ? 'field.sending' : 'field.send_now')}</button>
    ${field.sending ? html`<p class="quiet" role="status">${icon('photo')} ${field.sending.name} <progress max="1" .value=${field.sending.share}></progress></p>` : nothing}
    ${field.filesLeft ? html`<p class="quiet" data-files=${field.filesLeft}>${icon('photo')} ${t('field.files_left', { n: field.filesLeft })}</p>` : nothing}
    ${ORDER.map((state) => group(rows.filter((row) => row.state === state).reverse(), state))}
    ${rows.length ? nothing : html`<p class="quiet">${t('field.nothing_out')}</p>`}
    ${field.troubles.length ? html`<section><h2>${t('field.troubles')} <small class="quiet">${field.troubles.length}</small></h2>
      <button type="button" class="big is-plain" data-export @click=${() => exported(field)}>${icon('share')} ${t('field.export')}</button>
      <ul class="field-list plain">${field.troubles.slice(-5).reverse().map((one) => html`<li class="field-row is-still">${icon('alert-triangle')}<span>${one.what}<small class="quiet">${exact(one.at)} · ${one.why || one.code}</small></span></li>`)}</ul></section>` : nothing}`
}

function group(rows: OpRow[], state: OpState): View {
  if (!rows.length) return nothing
  return html`<section data-group=${state}><h2>${t(`field.state_${state}`)} <small class="quiet">${rows.length}</small></h2>
    <ul class="field-list plain">${rows.slice(0, MOST).map((row) => html`<li><a class="field-row" href="#op/${row.id}" data-op=${row.id} data-state=${row.state}><span class="pill" data-state=${row.state}>${t(`field.state_${row.state}`)}</span>
      <span>${row.title}<small class="quiet">${ago(row.op.device_at)}${row.answer?.number ? ` · ${row.answer.number}` : ''}${why(row) ? ` · ${why(row)}` : ''}</small></span>${icon('chevron-right')}</a></li>`)}</ul></section>`
}

const why = (row: OpRow): string => ((row.state === 'delivered' && !row.answer?.held) || row.state === 'ended' ? '' : row.answer?.zh ? say({ zh: row.answer.zh, en: row.answer.en ?? row.answer.zh }) : '')

/** One record: what was written, what the house said to it, and what can be done now. */
export function opView(field: Field, id: string): View {
  const row = field.ops.find((one) => one.id === id)
  if (!row) return html`${back(field, 'out', t('field.tab_out'))}<p class="notice">${t('field.op_gone')}</p>`
  const form = field.form(row.form)
  const inputs = form?.inputs ?? []
  return html`${back(field, 'out', row.title)}
    <p class="field-facts"><span class="pill" data-state=${row.state}>${t(`field.state_${row.state}`)}</span><span class="quiet">${exact(row.op.device_at)}</span>${row.answer?.number ? html`<b class="num">${row.answer.number}</b>` : nothing}</p>
    ${why(row) ? html`<p class="notice ${row.state === 'rejected' ? 'is-danger' : 'is-warning'}" role="status" data-why>${why(row)}</p>` : html`<p class="quiet">${t(`field.means_${row.state}`)}</p>`}
    ${decided(row)}${conflict(row, inputs)}
    <dl class="field-values">${Object.entries(row.op.changed).map(([name, change]) => {
      const input = inputs.find((one) => one.name === name)
      return html`<div><dt>${input ? say(input) : name}</dt><dd>${shownValue(field, input, change.new)}</dd></div>`
    })}</dl>
    ${row.state === 'rejected' && form ? html`<footer class="field-actions"><button type="button" class="big is-primary" data-again @click=${() => field.go('again', row.id)}>${icon('edit')} ${t('field.again')}</button></footer>` : nothing}
    ${row.state === 'rejected' ? html`<p class="field-actions"><button type="button" class="big is-plain" data-end @click=${() => void field.end(row)}>${icon('x')} ${t('field.end')}</button></p>` : nothing}`
}

/** What a person decided in the office, and which files the record had to do without. */
function decided(row: OpRow): View {
  const choice = row.answer?.facts?.settled
  return html`${typeof choice === 'string' ? html`<p class="notice" data-settled=${choice}>${icon('gavel')} ${t(`field.settled_${choice}`)}</p>` : nothing}
    ${refusedFiles(row.answer).map((one) => html`<p class="notice is-warning" data-refused>${icon('photo')} ${one.name}：${say(one)}</p>`)}`
}

interface Sides { mine: unknown; server: unknown; was: unknown }

/** 我的 / 服务器 / 原来 side by side. The office settles it: both values are kept. */
function conflict(row: OpRow, inputs: InputSpec[]): View {
  const facts = row.answer?.facts ?? {}
  const fields = (facts.fields ?? facts.overwrote) as Record<string, Sides> | undefined
  if (!fields || typeof fields !== 'object') return nothing
  const text = (value: unknown): string => (value === null || value === undefined || value === '' ? '—' : typeof value === 'object' ? JSON.stringify(value) : String(value))
  return html`<table class="table field-conflict"><caption class="sr">${t('field.state_conflict')}</caption><thead><tr><th></th><th>${t('field.mine')}</th><th>${t('field.server')}</th><th>${t('field.was')}</th></tr></thead>
    <tbody>${Object.entries(fields).map(([name, side]) => {
      const input = inputs.find((one) => one.name === name)
      const choice = (value: unknown): string => { const found = input?.choices?.find((one) => one.code === value); return found ? say(found) : text(value) }
      return html`<tr><th>${input ? say(input) : name}</th><td>${choice(side.mine)}</td><td>${choice(side.server)}</td><td>${choice(side.was)}</td></tr>`
    })}</tbody></table>`
}

/** The list of troubles as a table that any office program opens; without what was written in the records. */
function exported(field: Field): void {
  const cell = (value: string): string => `"${value.replaceAll('"', '""')}"`
  const head = t('field.export_head').split('|').map(cell).join(',')
  const states = field.ops.filter((row) => ['kept', 'later', 'rejected', 'conflict'].includes(row.state))
    .map((row) => [row.op.device_at, row.op.act, row.op.id, `${t(`field.state_${row.state}`)} ${row.answer?.code ?? ''} ${why(row)}`].map(cell).join(','))
  const rows = field.troubles.map((one) => [one.at, one.what.split(' · ')[0] ?? '', one.code, one.why].map(cell).join(','))
  const blob = new Blob([`\ufeff${[head, ...states, ...rows].join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `linli-${field.profile.device.slice(0, 8)}-${new Date().toISOString().slice(0, 10)}.${lang}.csv`
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

