export type Land = GeoJSON.Polygon | GeoJSON.MultiPolygon
export interface Answers { id: string; code: string; name: string; officer: string | null }

/** A grid as GET /grids gives it. */
export interface GridRow {
  id: string
  code: string
  name: string
  kind: string
  division: string | null
  valid_from: string
  valid_to: string | null
  next_from: string | null
  version: number
  active: boolean
  geometry: Land
  answered_by: Answers | null
}

export interface GridsAnswer { items: GridRow[]; on: string; earliest: string; may: Record<'open' | 'redraw' | 'split' | 'merge' | 'close' | 'withdraw', boolean> }
export interface Checked { shape: Land; area_m2: number; overlaps: { code: string; name: string; area_m2: number; geometry: Land }[]; gaps: { area_m2: number; geometry: Land }[] }
export interface PartRow { code: string; name: string; area_m2: number; geometry: Land; answered_by?: string }
export interface Version { id: string; code: string; name: string; valid_from: string; valid_to: string | null; version: number; active: boolean; area_m2: number }

export type Mode = '' | 'open' | 'redraw' | 'split' | 'merge' | 'close'
