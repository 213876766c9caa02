import { learnServerTime } from './time'
import { lang, page, t } from './words'

/** What the house answered instead of doing it: problem+json, or no answer at all (`status` 0). */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly facts: Record<string, unknown> = {}) {
    super(message)
  }

  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }
}

/** A random UUID, also where the page is not a secure context (a LAN address without TLS). */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const csrf = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ''

/** The body of an answer, or the problem that it is. */
export async function answer<T>(response: Response): Promise<T> {
  learnServerTime(response.headers.get('Date'))
  if (response.status === 401 || (response.redirected && response.url.includes('/sign-in'))) {
    throw new Problem(401, 'signed.out', t('error.signed_out'))
  }
  const isJson = response.headers.get('Content-Type')?.includes('json')
  const body: unknown = isJson ? await response.json() : null
  if (response.ok) return body as T
  const problem = (body ?? {}) as { code?: string; title?: string; title_en?: string; facts?: Record<string, unknown> }
  const words = lang === 'en' ? problem.title_en ?? problem.title : problem.title
  throw new Problem(response.status, problem.code ?? `http.${response.status}`, words ?? t('error.server', { status: response.status }), problem.facts)
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(page.api + path, { credentials: 'same-origin', ...init })
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure
    throw new Problem(0, 'unreachable', t('error.unreachable'))
  }
  return answer<T>(response)
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  send<T>(path, { headers: { Accept: 'application/json' }, signal: signal ?? null })

/** Every POST carries a key: the same key again is answered, not done twice. Pass `key` to repeat an earlier try. */
export const post = <T>(path: string, body: unknown = {}, key: string = newKey()): Promise<T> =>
  send<T>(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': csrf(), 'Idempotency-Key': key },
    body: JSON.stringify(body),
  })

export const problemText = (failure: unknown): string =>
  failure instanceof Error ? failure.message : String(failure)
