import type { Seal } from './types'

/**
 * How the phone's own store is sealed (ADR 0115). A random data key of 256 bits seals every row with AES-GCM. It lies on the phone twice,
 * wrapped: once under the PIN together with a secret of this browser that scripts cannot read out, once under a recovery key that only the
 * house holds and gives to the same person after a full sign-in. The data key itself lives in memory while the app is unlocked.
 */
const ROUNDS = 600_000
const text = new TextEncoder()
const words = new TextDecoder()

const bytes = (n: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(n))

export const newSalt = (): Uint8Array<ArrayBuffer> => bytes(16)

/** The secret of this browser: usable by this origin, readable by no script. */
export const newBrowserKey = (): Promise<CryptoKey> => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign'])

export const newDataKey = (): Promise<CryptoKey> => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt'])

async function wrapping(raw: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['wrapKey', 'unwrapKey'])
}

/** The key that a PIN opens: slow on purpose, and of no use on another machine. */
export async function pinKey(pin: string, salt: Uint8Array<ArrayBuffer>, browser: CryptoKey): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', text.encode(pin), 'PBKDF2', false, ['deriveBits'])
  const slow = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }, base, 256)
  return wrapping(await crypto.subtle.sign('HMAC', browser, slow))
}

/** The key of the house for this person on this device, from base64. */
export const recoveryKey = (base64: string): Promise<CryptoKey> =>
  wrapping(Uint8Array.from(atob(base64.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0)))

export async function wrap(key: CryptoKey, under: CryptoKey): Promise<Seal> {
  const iv = bytes(12)
  return { iv, data: await crypto.subtle.wrapKey('raw', key, under, { name: 'AES-GCM', iv }) }
}

/** Throws when `under` is not the key that wrapped: a wrong PIN. Only a key to be wrapped anew may be taken out again. */
export const unwrap = (seal: Seal, under: CryptoKey, again = false): Promise<CryptoKey> =>
  crypto.subtle.unwrapKey('raw', seal.data, under, { name: 'AES-GCM', iv: seal.iv }, 'AES-GCM', again, ['encrypt', 'decrypt'])

/** `about` (the row's own name) is bound in: a sealed row that was moved to another place does not open. */
export async function sealBytes(key: CryptoKey, data: BufferSource, about: string): Promise<Seal> {
  const iv = bytes(12)
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: text.encode(about) }, key, data) }
}

export const openBytes = (key: CryptoKey, seal: Seal, about: string): Promise<ArrayBuffer> =>
  crypto.subtle.decrypt({ name: 'AES-GCM', iv: seal.iv, additionalData: text.encode(about) }, key, seal.data)

export const seal = (key: CryptoKey, value: unknown, about: string): Promise<Seal> =>
  sealBytes(key, text.encode(JSON.stringify(value)), about)

export async function open<T>(key: CryptoKey, sealed: Seal, about: string): Promise<T> {
  return JSON.parse(words.decode(await openBytes(key, sealed, about))) as T
}

export async function sha256(data: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
  return Array.from(digest, (one) => one.toString(16).padStart(2, '0')).join('')
}
