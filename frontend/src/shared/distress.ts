import type { Bilingual } from './types'

/** An officer in danger, as GET /distress tells it. */
export interface Distress {
  id: string
  state: 'calling' | 'help_coming' | 'over'
  state_words: Bilingual
  person: { name: string; staff_no: string }
  agency: { code: string; name: string }
  unit: { id: string; call_sign: string } | null
  lon: number | null
  lat: number | null
  accuracy_m: number | null
  position_from: 'phone' | 'unit' | null
  place_at: string | null
  raised_at: string
  answered_by: string | null
  answered_at: string | null
  safe_at: string | null
  may_answer?: boolean
  mine?: boolean
}
