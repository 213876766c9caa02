import type { Field } from './app'
import type { Part, Sheet } from './sheet'

export interface Spot { lon?: number | null; lat?: number | null; accuracy_m?: number | null; address?: string }
const GPS_MS = 20_000
export const locating = new Map<string, string>()

/** The name of an input on the page. */
export const inputId = (sheet: Sheet, part: Part, name: string): string => `in-${sheet.parts.indexOf(part)}-${name}`

/** Puts the phone's position into an input, beside the words that stand there. */
export function locate(field: Field, sheet: Sheet, part: Part, name: string): void {
  const id = inputId(sheet, part, name)
  locating.set(id, 'busy')
  field.draw()
  navigator.geolocation.getCurrentPosition((fix) => {
    locating.delete(id)
    const now = (part.values[name] ?? {}) as Spot
    const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6
    sheet.set(part, name, { ...now, lon: round(fix.coords.longitude), lat: round(fix.coords.latitude), accuracy_m: Math.round(fix.coords.accuracy) })
  }, (failure) => {
    locating.set(id, failure.code === failure.PERMISSION_DENIED ? 'refused' : 'failed')
    field.draw()
  }, { enableHighAccuracy: true, maximumAge: 15_000, timeout: GPS_MS })
}

/** A report is mostly made where one stands: one tap less, where the phone was allowed to say so before. It stands on the page and can be taken out. */
export async function locateIfAllowed(field: Field, sheet: Sheet): Promise<void> {
  const part = sheet.parts[0]
  const input = part?.form.inputs.find((one) => one.kind === 'place')
  const allowed = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null)
  if (part && input && allowed?.state === 'granted' && !part.values[input.name]) locate(field, sheet, part, input.name)
}
