import { answer, newKey, Problem } from '../shared/api'
import { page, t } from '../shared/words'
import type { Call } from '../phone/sos'
import type { Answer, Forms, Item, Operation } from './types'

/** The doors of the house that this app knows. A line in the country may take its time: patience in milliseconds, for words and for a piece of a photo. */
const PATIENCE_MS = 20_000
const PIECE_PATIENCE_MS = 90_000
/** A line that resets is asked again at once, before the round is given up. */
const AGAIN_MS = [300, 1000, 3000]

export interface Session { person: string | null; name?: string; posts?: string[]; csrf?: string }
interface Wipeable { wipe: boolean }
export interface Pack extends Wipeable { items: Item[]; gone: { type: string; id: string }[]; next: string | null; cursor: string; reset: boolean; expires_at: string; forms_version: string; server_at: string; me?: { calls?: Call[] } }
export interface Answers extends Wipeable { items: Answer[]; cursor: string; more: boolean }
export interface Answered extends Wipeable { answers: Answer[]; server_at: string }
export interface Had { have: number; done: boolean }
export interface Registered extends Wipeable { recovery: string }

let csrf = ''

async function once<T>(address: string, init: RequestInit, headers: Record<string, string>, patience_ms: number): Promise<T> {
  try {
    return await answer<T>(await fetch(address, { credentials: 'same-origin', signal: AbortSignal.timeout(patience_ms), ...init, headers: { Accept: 'application/json', ...headers } }))
  } catch (failure) {
    // A line that breaks in the middle of an answer is a line that breaks.
    throw failure instanceof Problem ? failure : new Problem(0, 'unreachable', t('error.unreachable'))
  }
}

/** Everything here may be said twice: operations by their id, pieces by their place. So a broken line is tried again. */
async function send<T>(address: string, init: RequestInit, headers: Record<string, string> = {}, patience_ms = PATIENCE_MS): Promise<T> {
  for (const wait_ms of AGAIN_MS) {
    try {
      return await once<T>(address, init, headers, patience_ms)
    } catch (failure) {
      if (!(failure instanceof Problem) || !failure.unreachable || !navigator.onLine) throw failure
    }
    await new Promise((done) => window.setTimeout(done, wait_ms))
  }
  return once<T>(address, init, headers, patience_ms)
}

const get = <T>(path: string): Promise<T> => send<T>(page.api + path, {})

/** Words are sent compressed where the browser can: on 100 kbit/s that is most of the time. */
async function packed(text: string): Promise<{ body: BodyInit; headers: Record<string, string> }> {
  if (typeof CompressionStream === 'undefined' || text.length < 1000) return { body: text, headers: {} }
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return { body: await new Response(stream).blob(), headers: { 'Content-Encoding': 'gzip' } }
}

async function post<T>(path: string, value: unknown): Promise<T> {
  const { body, headers } = await packed(JSON.stringify(value))
  return send<T>(page.api + path, { method: 'POST', body }, { 'Content-Type': 'application/json', 'X-CSRFToken': csrf, 'Idempotency-Key': newKey(), ...headers })
}

/** Who is signed in on this phone now; the answer of the house, never of a cache. */
export async function session(): Promise<Session> {
  const told = await send<Session>('/field/session', { cache: 'no-store' })
  csrf = told.csrf ?? ''
  setCsrf(csrf)
  return told
}

/** What is shared with the desk's scripts finds the token where their pages have it. */
function setCsrf(token: string): void {
  let meta = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')
  if (!meta) {
    meta = document.createElement('meta')
    meta.name = 'csrf'
    document.head.append(meta)
  }
  meta.content = token
}

export const register = (device: string): Promise<Registered> =>
  post<Registered>('/field/devices', { device, name: phoneName(), facts: { app: String(page.version ?? ''), platform: navigator.platform } })

/** Whether the house has closed this store: asked also while locked, it tells nothing else. */
export const isClosed = async (device: string): Promise<boolean> => (await get<Wipeable>(`/field/devices/${device}/state`)).wipe

export const sayWiped = (device: string): Promise<unknown> => post(`/field/devices/${device}/wiped`, {})

export type Sending = Operation & { seq: number }
export const operations = (device: string, sent: Sending[], waiting: number): Promise<Answered> =>
  post<Answered>('/field/operations', { device, sent_at: new Date().toISOString(), waiting, operations: sent })

export const answersSince = (device: string, since: string): Promise<Answers> =>
  get<Answers>(`/field/answers?since=${encodeURIComponent(since)}&device=${device}`)

export const pack = (device: string, since: string): Promise<Pack> => get<Pack>(`/field/pack?device=${device}&since=${encodeURIComponent(since)}&limit=200`)

export const forms = (): Promise<Forms> => get<Forms>('/field/forms')

export const had = (sha256: string): Promise<Had> => get<Had>(`/field/files/${sha256}`)

export const putPiece = (sha256: string, offset: number, piece: Uint8Array<ArrayBuffer>, of: { size: number; name: string; media_type: string }): Promise<Had> => {
  const query = new URLSearchParams({ offset: String(offset), size: String(of.size), name: of.name, media_type: of.media_type })
  return send<Had>(`${page.api}/field/files/${sha256}?${query}`, { method: 'PUT', body: piece }, { 'Content-Type': 'application/octet-stream', 'X-CSRFToken': csrf, 'Idempotency-Key': newKey() }, PIECE_PATIENCE_MS)
}

function phoneName(): string {
  const found = /\(([^)]*)\)/.exec(navigator.userAgent)?.[1] ?? navigator.platform
  return found.split(';').map((one) => one.trim()).filter((one) => one && !/^(Linux|K|wv|U)$/.test(one)).slice(0, 2).join(' ').slice(0, 60) || 'web'
}
