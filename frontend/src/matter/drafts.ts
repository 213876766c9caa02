import { page } from '../shared/words'

const KEPT = 'linli_drafts'
const MOST = 20

type Values = Record<string, string>
/** By matter and form: what was typed and not sent yet, kept for this tab. Another matter may be opened in between. */
type Kept = Record<string, Values>

function all(): Kept {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') as { user?: string; drafts?: Kept }
    return kept.user === page.user ? kept.drafts ?? {} : {}
  } catch {
    return {}
  }
}

function store(drafts: Kept): void {
  const last = Object.entries(drafts).slice(-MOST)
  if (last.length) sessionStorage.setItem(KEPT, JSON.stringify({ user: page.user, drafts: Object.fromEntries(last) }))
  else sessionStorage.removeItem(KEPT)
}

const key = (number: string, form: string): string => `${number} ${form}`

export const draftOf = (number: string, form: string): Values | undefined => all()[key(number, form)]

/** The form of a matter that was begun and stands open by itself no longer; '' when there is none. */
export const formOf = (number: string): string => Object.keys(all()).find((one) => one.startsWith(`${number} `) && !one.endsWith(' note'))?.slice(number.length + 1) ?? ''

/** Keeps what stands in the form; a form without a written word is no draft. */
export function keepDraft(number: string, form: string, element: HTMLFormElement): void {
  const values: Values = {}
  let written = false
  for (const field of element.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>('[name]')) {
    const isChoice = field instanceof HTMLInputElement && field.type === 'radio'
    if ((isChoice && !field.checked) || !field.value) continue
    values[field.name] = field.value
    written ||= !isChoice
  }
  const drafts = all()
  delete drafts[key(number, form)]
  if (written) drafts[key(number, form)] = values
  store(drafts)
}

export function dropDraft(number: string, form: string): void {
  const drafts = all()
  delete drafts[key(number, form)]
  store(drafts)
}

/** Puts what was kept back where it stood. */
export function fill(element: HTMLFormElement, values: Values): void {
  for (const field of element.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>('[name]')) {
    const value = values[field.name]
    if (value === undefined) continue
    if (field instanceof HTMLInputElement && field.type === 'radio') field.checked = field.value === value
    else field.value = value
  }
}
