import { openDB, type IDBPDatabase } from 'idb'
import { newKey } from '../shared/api'
import { newBrowserKey, newDataKey, newSalt, pinKey, recoveryKey, unwrap, wrap } from './sealing'
import type { Seal } from './types'

/** What lies on the phone in clear about one of its users: enough to ask for his PIN and to say how much of his waits, no more. */
export interface Profile {
  person: string
  name: string
  device: string
  salt: Uint8Array<ArrayBuffer>
  browser: CryptoKey
  /** The data key under the PIN; gone after too many wrong PINs or when the house has closed this phone. */
  by_pin: Seal | null
  by_house: Seal
  tries: number
  next_try_at: number
  contact_at: string | null
  skew_ms: number
  expires_at: string | null
  waiting: number
  asked: number
  closed: '' | 'pins' | 'wipe'
  used_at: number
}

/** After the third wrong PIN each further one costs time; the tenth closes this way in: only a full sign-in opens it again. */
const WAIT_S = [0, 0, 0, 30, 60, 300, 900, 1800, 3600]
export const MOST_TRIES = 10
export const PIN_DIGITS = 6

export type Opening = { kind: 'open'; key: CryptoKey } | { kind: 'wrong'; left: number } | { kind: 'wait'; s: number } | { kind: 'closed' }

let held: Promise<IDBPDatabase> | null = null
const database = (): Promise<IDBPDatabase> => {
  held ??= openDB('linli-field', 1, { upgrade: (db) => { db.createObjectStore('profiles', { keyPath: 'person' }); db.createObjectStore('settings') } })
  return held
}

export async function profiles(): Promise<Profile[]> {
  const all = (await (await database()).getAll('profiles')) as Profile[]
  return all.sort((a, b) => b.used_at - a.used_at)
}

export const saveProfile = async (profile: Profile): Promise<void> => { await (await database()).put('profiles', profile) }

/** Changes named fields of the row as it stands now: two tabs may be open. */
export async function touch(profile: Profile, change: Partial<Profile>): Promise<void> {
  Object.assign(profile, change)
  const tx = (await database()).transaction('profiles', 'readwrite')
  const now = (await tx.store.get(profile.person)) as Profile | undefined
  if (now) await tx.store.put({ ...now, ...change })
  await tx.done
}

export async function setting<T>(name: string): Promise<T | undefined> {
  return (await (await database()).get('settings', name)) as T | undefined
}
export const keepSetting = async (name: string, value: unknown): Promise<void> => { await (await database()).put('settings', value, name) }

/** The name of this person's store on this phone towards the house; made once. */
export async function deviceOf(person: string): Promise<string> {
  const known = (await (await database()).get('profiles', person)) as Profile | undefined
  return known?.device ?? newKey()
}

/** A new user of this phone, or one who sets a new PIN: with the house's recovery key what he already keeps here stays his. */
export async function enrol(person: string, name: string, device: string, pin: string, recovery: string): Promise<{ profile: Profile; key: CryptoKey }> {
  const known = (await (await database()).get('profiles', person)) as Profile | undefined
  const house = await recoveryKey(recovery)
  const key = known ? await unwrap(known.by_house, house, true) : await newDataKey()
  const salt = newSalt()
  const browser = known?.browser ?? await newBrowserKey()
  const profile: Profile = {
    ...(known ?? { contact_at: null, skew_ms: 0, expires_at: null, waiting: 0, asked: 0 }),
    person, name, device, salt, browser, tries: 0, next_try_at: 0, closed: '', used_at: Date.now(),
    by_pin: await wrap(key, await pinKey(pin, salt, browser)), by_house: known?.by_house ?? await wrap(key, house),
  }
  await saveProfile(profile)
  return { profile, key: await unwrap(profile.by_house, house) }
}

/** Tries a PIN. The try is written down before it is tested, so that switching the app off does not give it back. */
export async function tryPin(profile: Profile, pin: string): Promise<Opening> {
  if (!profile.by_pin) return { kind: 'closed' }
  const wait_ms = profile.next_try_at - Date.now()
  // A clock set back must not lock anybody out for a day: no wait is longer than the longest.
  if (wait_ms > 0 && wait_ms <= Math.max(...WAIT_S) * 1000) return { kind: 'wait', s: Math.ceil(wait_ms / 1000) }
  const tries = profile.tries + 1
  await touch(profile, { tries, next_try_at: Date.now() + (WAIT_S[Math.min(tries, WAIT_S.length - 1)] ?? 0) * 1000 })
  try {
    const key = await unwrap(profile.by_pin, await pinKey(pin, profile.salt, profile.browser))
    await touch(profile, { tries: 0, next_try_at: 0, used_at: Date.now() })
    return { kind: 'open', key }
  } catch {
    if (tries < MOST_TRIES) return { kind: 'wrong', left: MOST_TRIES - tries }
    await touch(profile, { by_pin: null, closed: 'pins' })
    return { kind: 'closed' }
  }
}

/** True when `pin` is too plain to keep anything: all the same, or a run. */
export function isPlain(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((one, at) => (Number(one) - Number(pin[at]) + 10) % 10))
  return steps.size === 1 && [0, 1, 9].includes([...steps][0] ?? -1)
}
