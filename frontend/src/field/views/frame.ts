import { html, nothing, type TemplateResult } from 'lit-html'
import { icon } from '../../shared/dom'
import { ago } from '../../shared/time'
import { t } from '../../shared/words'
import type { Field } from '../app'
import { itemView } from './item'
import { meView } from './me'
import { newView } from './new'
import { opView, outView } from './out'
import { sheetView } from './sheet'
import { todayView } from './today'

export type View = TemplateResult | typeof nothing

const LINE_ICON: Record<string, string> = { idle: 'cloud-check', busy: 'refresh', offline: 'wifi-off', signed_out: 'login', other_person: 'user-off', trouble: 'alert-triangle' }

/** Three figures that are true at any moment, on every screen; what stops them from falling stands below in words. */
export function headView(field: Field): View {
  const left = field.waiting + field.filesLeft
  return html`${field.sos.view()}<div class="field-top"><button type="button" class="field-status" data-line=${field.sync.line} @click=${() => field.go('out')}>
      <span class=${left ? 'is-warning' : ''} data-waiting=${left}>${icon('cloud-upload')}<b>${left}</b><small>${t('field.waiting')}</small></span>
      <span class=${field.asked ? 'is-danger' : ''} data-asked=${field.asked}>${icon('alert-circle')}<b>${field.asked}</b><small>${t('field.asked')}</small></span>
      <span data-contact>${icon(LINE_ICON[field.sync.line] ?? 'refresh')}<b>${field.profile.contact_at ? ago(field.profile.contact_at) : t('field.never')}</b><small>${t('field.contact')}</small></span>
    </button>${field.sos.button()}</div>${strips(field)}`
}

function strips(field: Field): View {
  const { line, other } = field.sync
  const next = encodeURIComponent('/field/')
  return html`
    ${line === 'offline' || !navigator.onLine ? html`<p class="strip is-warning" role="status">${icon('wifi-off')} ${t('field.offline')}</p>` : nothing}
    ${line === 'signed_out' ? html`<a class="strip is-warning" href="/sign-in/?next=${next}">${icon('login')} ${t('field.signed_out')}</a>` : nothing}
    ${line === 'other_person' ? html`<p class="strip is-danger" role="alert">${icon('user-off')} ${t('field.other_person', { name: other })}</p>` : nothing}
    ${line === 'trouble' ? html`<a class="strip is-warning" href="#out">${icon('alert-triangle')} ${t('field.trouble')}</a>` : nothing}
    ${field.full ? html`<p class="strip is-danger" role="alert" data-full>${icon('alert-octagon')} <span>${t('field.full')} <button type="button" class="button" @click=${() => void field.makeRoom()}>${t('field.make_room')}</button></span></p>` : nothing}
    ${field.update ? html`<p class="strip" role="status" data-update>${icon('download')} <span>${t('field.update')} <button type="button" class="button" @click=${() => field.update?.()}>${t('field.update_now')}</button></span></p>` : nothing}
    ${field.filesLeft && field.sync.filesWait ? html`<p class="strip" role="status">${icon('photo')} ${t('field.files_wait', { n: field.filesLeft })}</p>` : nothing}`
}

const TABS = [['today', 'sun'], ['new', 'plus'], ['out', 'cloud-upload'], ['me', 'user']] as const

export function tabsView(field: Field): View {
  const now = field.at[0]
  const under = now === 'item' ? 'today' : now === 'op' || now === 'again' ? 'out' : now
  if (now === 'form' || now === 'again') return nothing
  return html`${TABS.map(([name, shape]) => html`<a href="#${name}" data-tab=${name} aria-current=${under === name ? 'page' : 'false'}>${icon(shape)}<span>${t(`field.tab_${name}`)}</span>
    ${name === 'out' && field.waiting + field.asked ? html`<em class=${field.asked ? 'is-danger' : ''}>${field.waiting + field.asked}</em>` : nothing}</a>`)}`
}

export function pageView(field: Field): View {
  const [page, id] = field.at
  if (page === 'new') return newView(field)
  if (page === 'out') return outView(field)
  if (page === 'me') return meView(field)
  if (page === 'item') return itemView(field, id ?? '')
  if (page === 'op') return opView(field, id ?? '')
  if ((page === 'form' || page === 'again') && field.sheet) return sheetView(field, field.sheet)
  return todayView(field)
}

/** The way back, always in the same corner. */
export const back = (field: Field, to: string, title: string): View =>
  html`<div class="field-title"><button type="button" class="icon-button" data-back @click=${() => field.go(...to.split('/'))}>${icon('chevron-left')}<span class="sr">${t('action.back')}</span></button><h1>${title}</h1></div>`
