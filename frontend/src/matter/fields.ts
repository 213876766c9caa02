import { html, type TemplateResult } from 'lit-html'
import type { AskedFact, Vocabulary } from '../shared/types'
import { known, say, t } from '../shared/words'

/** Whom the page names as possible takers; the desk names nobody and takes a staff number. */
const people = (): { id: string; name: string }[] => JSON.parse(document.getElementById('people')?.textContent ?? '[]') as { id: string; name: string }[]

const LONG: ReadonlySet<string> = new Set(['reason', 'result', 'outcome', 'text', 'narrative', 'note'])

/** The form field of one fact that a move needs: a list where the house knows the answers, else text. */
export function field(name: string, vocabulary: Vocabulary | null): TemplateResult {
  const label = known(`need.${name}`) ? t(`need.${name}`) : name
  if (name.includes('category') && vocabulary) {
    return html`<label>${label}<select name=${name} required>${vocabulary.categories.map((one) => html`<option value=${one.code}>${say(one)}</option>`)}</select></label>`
  }
  if (name === 'assignee_id' && people().length) {
    return html`<label>${label}<select name=${name} required><option value=""></option>${people().map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select></label>`
  }
  if (name === 'agency' && vocabulary?.agencies) {
    return html`<label>${label}<select name=${name} required>${vocabulary.agencies.map((one) => html`<option value=${one.id}>${one.name}</option>`)}</select></label>`
  }
  if (name.endsWith('priority')) {
    return html`<label>${label}<select name=${name} required>${[1, 2, 3, 4].map((one) => html`<option value=${one}>${one}</option>`)}</select></label>`
  }
  if (LONG.has(name)) return html`<label>${label}<textarea name=${name} rows="3" required></textarea></label>`
  return html`<label>${label}<input name=${name} required></label>`
}

/** One fact as its kind declares it: a list of answers, a number, a date, or room to write. */
export function askedField(one: AskedFact, vocabulary: Vocabulary | null): TemplateResult {
  if (one.kind === 'column') return field(one.name, vocabulary)
  const label = say(one)
  if (one.kind === 'choice') {
    return html`<label>${label}<select name=${one.name} ?required=${one.required}><option value=""></option>${one.choices.map((choice) => html`<option value=${choice.code}>${say(choice)}</option>`)}</select></label>`
  }
  if (one.kind === 'flag') return html`<label><input type="checkbox" name=${one.name} value="1"> ${label}</label>`
  if (one.kind === 'number') return html`<label>${label}<input name=${one.name} type="number" step="any" ?required=${one.required}></label>`
  if (one.kind === 'moment') return html`<label>${label}<input name=${one.name} type="date" ?required=${one.required}></label>`
  return html`<label>${label}<textarea name=${one.name} rows="3" ?required=${one.required}></textarea></label>`
}
