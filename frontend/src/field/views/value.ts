import { html, nothing } from 'lit-html'
import { t } from '../../shared/words'
import { say } from '../../shared/words'
import { exact } from '../../shared/time'
import type { Field } from '../app'
import { filePreview } from '../inputs/files'
import { isFile } from '../sheet'
import type { InputSpec } from '../types'
import type { View } from './frame'

/** A value as it was written, in words. */
export function shownValue(field: Field, input: InputSpec | undefined, value: unknown): View {
  if (value === null || value === undefined || value === '') return html`—`
  if (Array.isArray(value) && value.every(isFile)) return html`<span class="field-files">${value.map((one) => filePreview(field, one, input?.kind ?? 'file', null))}</span>`
  if (Array.isArray(value) && input?.kind === 'rows') return html`${value.map((one: { id?: string }) => field.items.find((item) => item.id === one.id)?.data.title ?? t('field.somebody')).join(t('field.comma'))}`
  const words = (code: unknown): string => { const found = input?.choices?.find((one) => one.code === code); return found ? say(found) : String(code) }
  if (Array.isArray(value)) return html`${value.map(words).join(t('field.comma'))}`
  if (typeof value === 'boolean') return html`${t(value ? 'field.yes' : 'field.no')}`
  if (input?.kind === 'datetime') return html`${exact(String(value))}`
  if (typeof value === 'object') return object(field, value as Record<string, unknown>)
  return html`${words(value)}`
}

function object(field: Field, value: Record<string, unknown>): View {
  if (typeof value.lon === 'number' && typeof value.lat === 'number') {
    return html`${value.address ? html`${value.address}<br>` : nothing}<span class="num">${value.lon.toFixed(5)}, ${value.lat.toFixed(5)}</span>${typeof value.accuracy_m === 'number' ? ` ±${Math.round(value.accuracy_m)} m` : ''}`
  }
  if (value.address) return html`${value.address}`
  if (value.id) return html`${field.items.find((one) => one.id === value.id)?.data.title ?? value.id}`
  return html`${value.text ?? JSON.stringify(value)}`
}
