import type { Bilingual, Coded } from '../shared/types'

/** A layer as GET /map/layers declares it. */
export interface LayerDef extends Coded {
  geometry: 'point' | 'line' | 'polygon'
  clustered: boolean
  dated: boolean
  live: boolean
  people: boolean
  min_zoom: number
  icon: string
  order: number
  /** False while the server, just started, has read only what is open. */
  whole: boolean
  filters: { name: string; zh: string; en: string; choices: Coded[] }[]
  tiles: string
  items: string
}

export interface BaseRef extends Coded { credit: string }
export interface MapFacts { bases: BaseRef[]; note: string; box: [number, number, number, number] | null; bureau: string; today: string; may_close: boolean }

export type Properties = Record<string, unknown>
export type Item = GeoJSON.Feature<GeoJSON.Geometry, Properties> & { id: string }

export interface Coverage {
  at: string
  target_s: number
  share: { road: number | null; addresses: number | null }
  road_m: { covered: number; all: number }
  addresses: { covered: number; all: number }
  grids: { id: string; code: string; name: string; share: number | null; address_share: number | null; addresses: number; road_m: number }[]
  restore: Suggestion[]
  why: '' | 'no_roads' | 'no_units'
}
export interface Suggestion {
  move: 'unit' | 'room'
  unit?: string
  call_sign?: string
  from?: { lon: number; lat: number }
  to: { code: string; name: string; lon: number; lat: number }
  drive_s?: number
  gains: { road_m: number; addresses: number }
  share_after: { road: number | null; addresses: number | null }
  reason: Bilingual
}

export interface AreaAnswer {
  area_m2: number
  at: string
  layers: (Coded & { total: number; complete: boolean; by: Record<string, number>; items: Item[] })[]
}
