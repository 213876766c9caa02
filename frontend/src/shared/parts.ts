import { html, nothing, type TemplateResult } from 'lit-html'
import looks from '../../../linli/web/components/looks.json'
import { icon } from './dom'
import { t } from './words'

const LOOKS = looks as unknown as Record<string, [icon: string, tone: string]>

/** The shape of a state, as the pages of the server show it. */
export const stateIcon = (code: string): string => LOOKS[code]?.[0] ?? 'circle-dashed'

/** A state: shape, word, and only then a colour. The same as linli/web/components/state.html. */
export const stateBadge = (code: string, words: string): TemplateResult =>
  html`<span class="stage" data-stage=${code} data-tone=${LOOKS[code]?.[1] ?? 'over'}>${icon(stateIcon(code))}${words}</span>`

export const loading = (rows = 4): TemplateResult => html`<div class="loading" role="status"><span class="sr">${t('state.loading')}</span>
  ${Array.from({ length: rows }, () => html`<span class="skeleton" aria-hidden="true"></span>`)}</div>`

export const empty = (title: string, text = '', picture = 'circle-check', end: unknown = nothing): TemplateResult =>
  html`<div class="blank">${icon(picture)}<b>${title}</b>${text ? html`<p>${text}</p>` : nothing}${end}</div>`

const PICTURE = { offline: 'wifi-off', stale: 'clock-exclamation', error: 'alert-triangle' }

/** What is wrong, what was kept, what to do: offline, stale or error. `again` adds a button to try once more. */
export const trouble = (kind: keyof typeof PICTURE, title = '', text = '', again: (() => void) | null = null): TemplateResult =>
  html`<div class="trouble" data-kind=${kind} role=${kind === 'error' ? 'alert' : 'status'}>${icon(PICTURE[kind])}<b>${title || t(`trouble.${kind}`)}</b>
    <p>${text || t(`trouble.${kind}_what`)}</p>${again ? html`<div class="end"><button type="button" class="button is-small" @click=${again}>${t('action.again')}</button></div>` : nothing}</div>`
