import { newKey } from '../shared/api'
import { say, t } from '../shared/words'
import type { Field } from './app'
import { StorageFull } from './store'
import { locateIfAllowed } from './where'
import type { Change, FileRef, FormSpec, InputSpec, Item, Kept, OpRow } from './types'

/** One form of a sheet as it is being written. The first is what was asked for, the others came along with it. */
export interface Part { form: FormSpec; record: string; values: Record<string, unknown> }
interface Draft { parts: { act: string; record: string; values: Record<string, unknown> }[]; subject: { type: string; id: string } | null; base: number | null; replaces: string | null }

const SAVE_AFTER_MS = 400
const FILES = new Set(['photo', 'voice', 'signature', 'file'])

export const draftKey = (act: string, subject: { type: string; id: string } | null): string => `${act}|${subject ? `${subject.type}:${subject.id}` : ''}`

/** What is being written now. Every change is kept on the phone at once, so that a killed app comes back with it. */
export class Sheet {
  parts: Part[] = []
  errors: Record<string, string> = {}
  restored = false
  busy = false
  replaces: string | null = null
  subject: { type: string; id: string } | null = null
  private base: number | null = null
  private timer = 0

  constructor(private readonly field: Field, readonly key: string) {}

  static async open(field: Field, form: FormSpec, item: Item | null): Promise<Sheet> {
    const subject = item ? { type: item.type, id: item.id } : null
    const sheet = new Sheet(field, draftKey(form.act, subject))
    sheet.subject = subject
    sheet.base = item?.version ?? null
    if (await sheet.restore()) return sheet
    sheet.parts = [{ form, record: item?.id ?? newKey(), values: started(form, item?.data.values ?? {}) }]
    if (form.group === 'report') void locateIfAllowed(field, sheet)
    return sheet
  }

  /** A refused operation comes back as the form it was, with everything in it. */
  static again(field: Field, row: OpRow): Sheet | null {
    const form = field.form(row.form)
    if (!form) return null
    const sheet = new Sheet(field, `again|${row.id}`)
    const values = Object.fromEntries(Object.entries(row.op.changed).map(([name, change]) => [name, change.new]))
    sheet.subject = row.subject
    sheet.base = row.op.base_version
    sheet.replaces = row.id
    sheet.parts = [{ form, record: row.op.record, values }]
    const fault = row.answer?.facts?.field
    if (typeof fault === 'string') sheet.errors[`0.${fault}`] = say(row.answer as { zh: string; en: string })
    return sheet
  }

  private async restore(): Promise<boolean> {
    const draft = await this.field.store.draft<Draft>(this.key)
    if (!draft) return false
    const parts = draft.parts.map((one) => ({ form: this.field.form(one.act), record: one.record, values: one.values }))
    this.parts = parts.filter((one): one is Part => one.form !== null)
    this.replaces = draft.replaces
    this.base = draft.base
    this.subject = draft.subject
    this.restored = this.parts.length > 0
    return this.restored
  }

  /** Inputs that are asked for, as far as what was answered asks for them. */
  shown(part: Part): InputSpec[] {
    return part.form.inputs.filter((one) => {
      if (!one.shown_if) return true
      const other = part.values[one.shown_if.input]
      return Array.isArray(other) ? other.some((code) => one.shown_if?.in.includes(String(code))) : one.shown_if.in.includes(String(other ?? ''))
    })
  }

  set(part: Part, name: string, value: unknown): void {
    part.values[name] = value
    delete this.errors[`${this.parts.indexOf(part)}.${name}`]
    window.clearTimeout(this.timer)
    // A photo is kept in the same moment: between a picture and the next tap the phone may fall into the water.
    if (Array.isArray(value) && value.some(isFile)) void this.keep()
    else this.timer = window.setTimeout(() => void this.keep(), SAVE_AFTER_MS)
    this.field.draw()
  }

  /** Another form in the same sheet: what was seen on the visit becomes its own matter, written once. */
  add(act: string): void {
    const form = this.field.form(act)
    if (!form) return
    const place = this.parts[0]?.values.place
    this.parts.push({ form, record: newKey(), values: { ...started(form, {}), ...(place && form.inputs.some((one) => one.name === 'place') ? { place } : {}) } })
    void this.keep()
    this.field.draw()
  }

  remove(part: Part): void {
    this.parts = this.parts.filter((one) => one !== part)
    void this.keep()
    this.field.draw()
  }

  async keep(): Promise<void> {
    window.clearTimeout(this.timer)
    const draft: Draft = { parts: this.parts.map(({ form, record, values }) => ({ act: form.act, record, values })), subject: this.subject, base: this.base, replaces: this.replaces }
    try {
      await this.field.store.putDraft(this.key, draft, this.parts.flatMap((one) => filesOf(one.values)).map((one) => one.sha256))
    } catch (failure) {
      if (!(failure instanceof StorageFull)) throw failure
      this.field.full = true
    }
    this.field.draw()
  }

  async discard(): Promise<void> {
    window.clearTimeout(this.timer)
    await this.field.store.deleteDraft(this.key)
  }

  check(): boolean {
    this.errors = {}
    for (const [at, part] of this.parts.entries()) {
      for (const one of this.shown(part)) {
        const why = fault(one, part.values)
        if (why) this.errors[`${at}.${one.name}`] = why
      }
    }
    return Object.keys(this.errors).length === 0
  }

  /** The operations of this sheet, in order; what the first one made is named by the others as where they come from. */
  operations(author: string): Kept[] {
    const first = this.parts[0] as Part
    return this.parts.map((part, at) => {
      const values = Object.fromEntries(this.shown(part).map((one) => [one.name, part.values[one.name]]))
      const item = at === 0 && this.subject ? this.field.item(this.subject) : null
      return {
        op: {
          id: newKey(), author, branch: part.record, act: part.form.act, record: part.record, base_version: at === 0 ? this.base : null,
          changed: changes(values, item?.data.values ?? {}), device_at: new Date().toISOString(), form_version: part.form.version ?? this.field.forms.version,
          cause: at === 0 ? null : first.record, replaces: at === 0 ? this.replaces : null,
        },
        form: part.form.act, title: titled(part, item), files: filesOf(values).map((one) => one.sha256), subject: at === 0 ? this.subject : null, answer: null, answered_at: null,
      }
    })
  }
}

export const isFile = (value: unknown): value is FileRef => typeof value === 'object' && value !== null && 'sha256' in value

export const filesOf = (values: Record<string, unknown>): FileRef[] => Object.values(values).flatMap((one) => (Array.isArray(one) ? one.filter(isFile) : []))

function started(form: FormSpec, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(form.inputs.filter((one) => (values[one.name] ?? one.default ?? null) !== null).map((one) => [one.name, values[one.name] ?? one.default]))
}

export const empty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length) ||
  (typeof value === 'object' && !Array.isArray(value) && Object.values(value as object).every((one) => one === null || one === undefined || one === ''))

/** Only what was answered, and of a record that stood before only what was changed: with both values, so that the house can merge. */
function changes(values: Record<string, unknown>, before: Record<string, unknown>): Record<string, Change> {
  const found: Record<string, Change> = {}
  for (const [name, value] of Object.entries(values)) {
    const old = before[name] ?? null
    if (name in before ? JSON.stringify(old) === JSON.stringify(value ?? null) : empty(value)) continue
    found[name] = { old, new: empty(value) ? null : value }
  }
  return found
}

/** Whether it has to be answered: not where a photo or a voice says it. */
export const wanted = (input: InputSpec, values: Record<string, unknown>): boolean =>
  input.required && !(input.unless ?? []).some((name) => !empty(values[name]))

function fault(input: InputSpec, values: Record<string, unknown>): string {
  const value = values[input.name]
  if (empty(value)) return wanted(input, values) ? t(FILES.has(input.kind) ? 'field.must_file' : 'field.must') : ''
  if (input.kind === 'number') {
    if (typeof value !== 'number' || Number.isNaN(value)) return t('field.must_number')
    if (typeof input.least === 'number' && value < input.least) return t('field.least', { n: input.least })
    if (typeof input.most === 'number' && value > input.most) return t('field.most', { n: input.most })
  }
  if (typeof value === 'string' && input.longest && value.length > input.longest) return t('field.longest', { n: input.longest })
  return ''
}

function titled(part: Part, item: Item | null): string {
  const words = part.form.inputs.filter((one) => one.kind === 'text' || one.kind === 'long_text').map((one) => part.values[one.name])
  const named = part.form.inputs.map((one) => part.values[one.name] as { text?: string; address?: string } | undefined).map((one) => one?.text || one?.address)
  const about = item?.data.title ?? [...words, ...named].find((one) => typeof one === 'string' && one) ?? ''
  return about ? `${say(part.form)} · ${String(about).slice(0, 30)}` : say(part.form)
}
