import type { Distress } from './distress'

/** The shapes that /api/v1 answers with. Times are ISO 8601 with offset; coordinates WGS-84; durations seconds. */

export interface Bilingual { zh: string; en: string }
export interface Coded extends Bilingual { code: string }
export interface AgencyRef { id: string; code: string; name: string }
export interface UnitRef { id: string; call_sign: string }

export type OrderState = 'ordered' | 'delivered' | 'signed' | 'under_way' | 'arrived' | 'done' | 'declined' | 'recalled'

export interface Order {
  id: string
  unit: UnitRef
  state: OrderState
  ordered_at: string | null
  delivered_at: string | null
  signed_at: string | null
  under_way_at: string | null
  arrived_at: string | null
  arrived_proven_at: string | null
  done_at: string | null
  eta_s: number | null
  via: string | null
}

export interface Warned extends Coded { facts?: Record<string, unknown> }

export interface Matter {
  id: string
  number: string
  kind: string
  state: string
  state_words: Bilingual
  title: string
  category: Coded | null
  priority: number | null
  agency: AgencyRef | null
  grid: { code: string; name: string } | null
  lon: number | null
  lat: number | null
  address: string
  received_at: string
  opened_at: string | null
  due_at: string | null
  closed_at: string | null
  version: number
  warnings: Warned[]
  orders: Order[]
  late: boolean
}

/** One fact that a step takes; of kind `column` where the house knows the answers itself. */
export interface AskedFact extends Bilingual { name: string; kind: string; required: boolean; choices: (Bilingual & { code: string })[] }
export interface MoveOffer extends Bilingual { name: string; needs: string[]; asks?: AskedFact[]; may: boolean; why_not: Bilingual | string | null }
export interface TimelineEntry extends Bilingual { at: string; act: string; actor: string; facts?: Record<string, unknown> }
export interface Stamp {
  milestone: string
  source: string
  claimed_by: string | null
  device_at: string | null
  server_at: string
  proof: Record<string, unknown> | string | null
  unit?: string | null
}
export interface Link { id: string; relation: string; number: string; title?: string; state_words?: Bilingual; undone?: boolean }
export interface Handover {
  id: string
  agency: AgencyRef
  mode: 'hand_over' | 'ask_along'
  state: string
  state_words?: Bilingual
  text: string
  at?: string
  due_at?: string | null
  answer?: string | null
  moves?: MoveOffer[]
}

export interface Attached { id: string; name: string; bytes: number; media_type: string; picture: boolean; by: string; at: string; href: string }
export interface Brief { number: string; kind: Bilingual; icon: string; title: string; state: string; state_words: Bilingual; at: string; away?: number }
export interface Around { nodes: (Brief & { away: number })[]; edges: { one: string; other: string; relation: Bilingual }[]; earlier: Brief[] }

export interface MatterDetail extends Matter {
  kind_words?: Bilingual
  assignee?: { id: string; name: string } | null
  machine_moves?: (Bilingual & { name: string })[]
  declared?: (Bilingual & { name: string; value_words: Bilingual })[]
  files?: Attached[]
  notes?: { at: string; by: string; text: string }[]
  narrative: string
  caller: Record<string, string> | null
  moves: MoveOffer[]
  timeline: TimelineEntry[]
  stamps: Stamp[]
  links: Link[]
  handovers: Handover[]
  suggested_along?: { agency: AgencyRef & { service?: string }; words?: Bilingual }[] | (AgencyRef & { service?: string })[]
  known_here: (Coded | { zh: string; en: string })[]
}

export interface Recommended {
  unit: UnitRef
  eta_s: number
  within_300_s: number | null
  reasons: Coded[]
  availability: string
  agency: AgencyRef | string | null
  target_s?: number
  covers_hole: { unit: UnitRef; eta_s: number } | null
}

export interface Responsible { agency: AgencyRef | null; station: AgencyRef | null; person: string | null; answers_at: AgencyRef | null }
export interface Recommendation { units: Recommended[]; took_ms: number; responsible: Responsible | null; warnings?: Coded[]; joint: unknown }

export interface Unit {
  id: string
  call_sign: string
  kind: 'car' | 'motorcycle' | 'foot'
  agency: AgencyRef | null
  availability: 'available' | 'conditional' | 'unavailable'
  activity: string
  lon: number | null
  lat: number | null
  fix_at: string | null
  order: string | null
  crew: string[]
}

export interface Place {
  text: string
  lon: number
  lat: number
  kind: string
  score: number
  grid: { code: string; name: string } | null
  address_id: string | null
}

export interface Category extends Coded { priority?: number; words?: string[]; parent?: string | null; automatic?: boolean }
export interface Vocabulary {
  categories: Category[]
  kinds: (Coded & { states?: (Bilingual & { name: string })[] })[]
  agencies?: (AgencyRef & { kind?: string })[]
}

export interface Me {
  name: string
  posts: unknown[]
  unit: Unit | null
  orders: (Order & { matter: Matter & Partial<MatterDetail> })[]
  distress: Distress[]
}

export interface Today {
  from: string
  to: string
  incidents: number
  diverted: number
  diverted_share: number | null
  open: Matter[]
  late: Matter[]
}
