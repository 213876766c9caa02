import type { Recommendation, Unit } from '../shared/types'

const EARTH_M = 6_371_008.8
const RADIAN = Math.PI / 180
/** Roads are longer than the straight line by about this factor. */
const DETOUR = 1.35
const SPEED_M_S = { car: 9, motorcycle: 8, foot: 1.6 }
const SHOWN = 5

export function distance_m(lon1: number, lat1: number, lon2: number, lat2: number): number {
  const a = Math.sin(((lat2 - lat1) * RADIAN) / 2) ** 2 + Math.cos(lat1 * RADIAN) * Math.cos(lat2 * RADIAN) * Math.sin(((lon2 - lon1) * RADIAN) / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.sqrt(a))
}

/** A first look while the road answer is on its way: distance as the crow flies. Marked as an estimate; never ordered from. */
export function straightLine(lon: number, lat: number, units: Iterable<Unit>): Recommendation {
  const near: { unit: Unit; eta_s: number }[] = []
  for (const unit of units) {
    if (unit.order || unit.availability === 'unavailable' || unit.lon === null || unit.lat === null) continue
    near.push({ unit, eta_s: (distance_m(lon, lat, unit.lon, unit.lat) * DETOUR) / SPEED_M_S[unit.kind] })
  }
  near.sort((a, b) => a.eta_s - b.eta_s)
  const rows = near.slice(0, SHOWN).map(({ unit, eta_s }) => ({
    unit: { id: unit.id, call_sign: unit.call_sign }, eta_s, within_300_s: null, reasons: [], availability: unit.availability, agency: unit.agency, covers_hole: null,
  }))
  return { units: rows, took_ms: 0, responsible: null, joint: null, estimate: true }
}
