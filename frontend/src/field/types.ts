import type { Bilingual } from '../shared/types'

/** What the house says about one input of an act that may be done offline. */
export interface InputSpec {
  name: string
  kind: InputKind
  zh: string
  en: string
  hint?: Bilingual | null
  required: boolean
  choices?: Choice[]
  most?: number | null
  least?: number | null
  longest?: number | null
  /** Rows that can be named here: their model, and the types of what is taken along. */
  of?: string | null
  from?: string[]
  typed?: boolean
  default?: unknown
  shown_if?: { input: string; in: string[] } | null
  /** Inputs any of which says what this one asks for: a photo instead of words. */
  unless?: string[]
}
export type InputKind = 'text' | 'long_text' | 'choice' | 'choices' | 'number' | 'date' | 'datetime' | 'place' | 'flag' | 'row' | 'rows' | 'file' | 'person' | 'matter' | 'premises' | 'photo' | 'voice' | 'signature'
export interface Choice { code: string; zh: string; en: string }

export interface FormSpec {
  /** Its code: an act, or an act and its variant ("matter.open:hazard"). */
  act: string
  version: string
  zh: string
  en: string
  icon?: string
  group?: string
  order?: number
  creates: string | null
  subject: string | null
  /** What the subject must show for the act to be offered: {"state": [...], "kind": [...]}. */
  when?: Record<string, string[]>
  /** The subject's state after it. */
  to?: string | null
  inputs: InputSpec[]
  /** Forms that may be filled in the same sheet, each an operation of its own right after. */
  follows?: string[]
  /** The input by which it is begun with one tap from the first page. */
  quick?: string
}
export interface Forms { version: string; forms: FormSpec[] }

/** One thing taken along. The same shape for every type, so that a new type needs no code here. */
export interface Item {
  type: string
  id: string
  version: number
  data: ItemData
}
export interface ItemData {
  group?: string
  kind?: string
  title: string
  lines?: (Bilingual | string)[]
  state?: string
  state_words?: Bilingual | null
  at?: string | null
  due_at?: string | null
  lon?: number | null
  lat?: number | null
  address?: string
  rank?: number | null
  /** Doors it belongs to: what lies behind the same one is offered first where rows are named. */
  doors?: string[]
  number?: string
  priority?: number | null
  acts?: string[]
  values?: Record<string, unknown>
  level?: string
  at_it?: string
}

export type Told = 'applied' | 'duplicate' | 'conflict' | 'rejected' | 'retry'
export interface Answer {
  id: string
  answer: Told
  code?: string | null
  zh?: string
  en?: string
  facts?: Record<string, unknown>
  number?: string | null
  record?: string | null
  version?: number | null
  replayed?: boolean
  /** The house has it and answers later. */
  held?: boolean
}

export interface Change { old: unknown; new: unknown }
/** What the phone sends: never a row, always a verb with what changed. Its place in the branch is given when it is kept. */
export interface Operation {
  id: string
  author: string
  branch: string
  act: string
  record: string
  base_version: number | null
  changed: Record<string, Change>
  device_at: string
  form_version: string
  cause: string | null
  replaces: string | null
}

/** kept: on this phone only. ended: a person decided that nothing more comes of it. The others are what the house answered. */
export type OpState = 'kept' | 'delivered' | 'conflict' | 'rejected' | 'later' | 'replaced' | 'ended'
export interface Kept {
  op: Operation
  form: string
  title: string
  files: string[]
  subject: { type: string; id: string } | null
  answer: Answer | null
  answered_at: string | null
}
/** `seq` is its place among all on this phone, `place` that in its branch. State and files stand in clear: they are counted while locked. */
export interface OpRow extends Kept { id: string; seq: number; place: number; state: OpState }

export interface FileRef { sha256: string; bytes: number; media_type: string; name: string }
export interface FileRow { sha256: string; bytes: number; media_type: string; sent: number; done: boolean; added_at: number }

export interface Trouble { at: string; what: string; code: string; why: string }
export interface Seal { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer }
