import type { Field } from './app'
import type { Part, Sheet } from './sheet'

export interface Spot { lon?: number | null; lat?: number | null; accuracy_m?: number | null; address?: string }
const GPS_MS = 20_000
/** A fix of the watch that runs on duty is as good as a new one so long: nobody walks farther than a phone is wrong. */
const FRESH_MS = 60_000
export const locating = new Map<string, string>()

/** The name of an input on the page. */
export const inputId = (sheet: Sheet, part: Part, name: string): string => `in-${sheet.parts.indexOf(part)}-${name}`

function put(sheet: Sheet, part: Part, name: string, at: { lon: number; lat: number; accuracy_m: number }): void {
  const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6
  const now = (part.values[name] ?? {}) as Spot
  sheet.set(part, name, { ...now, lon: round(at.lon), lat: round(at.lat), accuracy_m: Math.round(at.accuracy_m) })
}

/** Puts the phone's position into an input, beside the words that stand there. `asked`: somebody waits for it and is told why it does not come. */
export function locate(field: Field, sheet: Sheet, part: Part, name: string, asked = true): void {
  const id = inputId(sheet, part, name)
  locating.set(id, 'busy')
  field.draw()
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    locating.delete(id)
    put(sheet, part, name, { lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy })
  }, (failure) => {
    if (asked) locating.set(id, failure.code === failure.PERMISSION_DENIED ? 'refused' : 'failed')
    else locating.delete(id)
    field.draw()
  }, { enableHighAccuracy: true, maximumAge: 15_000, timeout: GPS_MS })
}

/** A report is mostly made where one stands: one tap less, where the phone was allowed to say so before. It stands on the page and can be taken out. */
export async function locateIfAllowed(field: Field, sheet: Sheet): Promise<void> {
  const part = sheet.parts[0]
  const input = part?.form.inputs.find((one) => one.kind === 'place')
  const allowed = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null)
  if (!part || !input || allowed?.state !== 'granted' || part.values[input.name]) return
  const last = field.positions.last
  if (last && Date.now() - Date.parse(last.at) < FRESH_MS) put(sheet, part, input.name, last)
  else locate(field, sheet, part, input.name, false)
}
