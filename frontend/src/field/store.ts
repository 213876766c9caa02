import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { open, openBytes, seal, sealBytes } from './sealing'
import type { FileRow, Item, Kept, OpRow, OpState, Seal } from './types'

interface Tables extends DBSchema {
  items: { key: string; value: { key: string; seal: Seal } }
  ops: { key: string; value: { id: string; seq: number; place: number; state: OpState; files: string[]; seal: Seal }; indexes: { seq: number } }
  files: { key: string; value: FileRow }
  pieces: { key: [string, number]; value: Seal }
  drafts: { key: string; value: { key: string; files: string[]; at: number; seal: Seal } }
  kept: { key: string; value: unknown }
}

/** The phone has no room left. What was to be written is still where it was: on the screen, or in the store before. */
export class StorageFull extends Error {
  constructor() {
    super('storage full')
  }
}

const PIECE = 256 * 1024
/** Kept free for words: photos may fill the rest, a report must still fit. Given up when the phone says it is full. */
const BALLAST_BYTES = 2_000_000
/** A phone has room again when the ballast lies in it and a photo more would fit. */
const PHOTO_BYTES = 1_000_000
const nameOf = (person: string): string => `linli-field-${person}`

/** What one user keeps on this phone: names and counts in clear, every content sealed with his key. */
export class Store {
  private constructor(private readonly db: IDBPDatabase<Tables>, private readonly key: CryptoKey) {}

  static async open(person: string, key: CryptoKey): Promise<Store> {
    const db = await openDB<Tables>(nameOf(person), 1, {
      upgrade: (made) => {
        made.createObjectStore('items', { keyPath: 'key' })
        made.createObjectStore('ops', { keyPath: 'id' }).createIndex('seq', 'seq')
        made.createObjectStore('files', { keyPath: 'sha256' })
        made.createObjectStore('pieces')
        made.createObjectStore('drafts', { keyPath: 'key' })
        made.createObjectStore('kept')
      },
      // A newer version of the app in another tab: this one lets go, nothing is half written.
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    })
    const store = new Store(db, key)
    await store.keepBallast().catch(() => undefined)
    return store
  }

  close(): void {
    this.db.close()
  }

  /** Everything that the house has or can give again goes; what it has not yet stays, sealed. For a closed phone, without any key. */
  static async shed(person: string): Promise<void> {
    const db = await openDB<Tables>(nameOf(person))
    if (db.objectStoreNames.contains('ops')) {
      const tx = db.transaction(['items', 'ops', 'files', 'pieces', 'kept'], 'readwrite')
      await tx.objectStore('items').clear()
      for (const name of ['cursor', 'forms', 'ballast']) await tx.objectStore('kept').delete(name)
      for (const row of await tx.objectStore('ops').getAll()) {
        if (isOver(row)) await tx.objectStore('ops').delete(row.id)
      }
      for (const file of await tx.objectStore('files').getAll()) {
        if (file.done) {
          await tx.objectStore('pieces').delete(IDBKeyRange.bound([file.sha256, 0], [file.sha256, Infinity]))
          await tx.objectStore('files').delete(file.sha256)
        }
      }
      await tx.done
    }
    db.close()
  }

  private async keepBallast(): Promise<void> {
    if (!(await this.spared())) await this.db.put('kept', noise(BALLAST_BYTES), 'ballast')
  }

  /** Whether what is kept free for words is still there: it was given up when the phone was full. */
  async spared(): Promise<boolean> {
    return (await this.db.getKey('kept', 'ballast')) !== undefined
  }

  /** Tries whether there is room again. */
  async roomy(): Promise<boolean> {
    try {
      await this.keepBallast()
      await this.db.put('kept', noise(PHOTO_BYTES), 'probe')
      await this.db.delete('kept', 'probe')
      return true
    } catch (failure) {
      if (!isFull(failure)) throw failure
      return false
    }
  }

  /** Writes; when the phone is full it gives up the ballast and tries once more, for words only. */
  private async written(run: () => Promise<void>, words = true): Promise<void> {
    try {
      await run()
    } catch (failure) {
      if (!isFull(failure)) throw failure
      if (!words || !(await this.spared())) throw new StorageFull()
      await this.db.delete('kept', 'ballast')
      try {
        await run()
      } catch (again) {
        throw isFull(again) ? new StorageFull() : again
      }
    }
  }

  // What is taken along.

  async items(): Promise<Item[]> {
    const rows = await this.db.getAll('items')
    return Promise.all(rows.map((row) => open<Item>(this.key, row.seal, row.key)))
  }

  async putItems(items: Item[], gone: { type: string; id: string }[], cursor: string, afresh: boolean): Promise<void> {
    const rows = await Promise.all(items.map(async (item) => ({ key: keyOf(item), seal: await seal(this.key, item, keyOf(item)) })))
    await this.written(async () => {
      const tx = this.db.transaction(['items', 'kept'], 'readwrite')
      if (afresh) quiet(tx.objectStore('items').clear())
      for (const row of rows) quiet(tx.objectStore('items').put(row))
      for (const one of gone) quiet(tx.objectStore('items').delete(keyOf(one)))
      quiet(tx.objectStore('kept').put(cursor, 'cursor'))
      await tx.done
    })
  }

  async dropItems(): Promise<void> {
    const tx = this.db.transaction(['items', 'kept'], 'readwrite')
    quiet(tx.objectStore('items').clear())
    quiet(tx.objectStore('kept').delete('cursor'))
    await tx.done
  }

  // What was done here.

  async ops(): Promise<OpRow[]> {
    const rows = await this.db.getAllFromIndex('ops', 'seq')
    return Promise.all(rows.map(async (row) => ({ ...(await open<Kept>(this.key, row.seal, `op:${row.id}`)), id: row.id, seq: row.seq, place: row.place, state: row.state, files: row.files })))
  }

  /** Keeps what was done, gives it its place in the order, and ends the draft it came from: all or nothing. */
  async addOps(kept: Kept[], draft: string | null, replaces: string | null): Promise<OpRow[]> {
    const seals = await Promise.all(kept.map((one) => seal(this.key, one, `op:${one.op.id}`)))
    let made: OpRow[] = []
    await this.written(async () => {
      const tx = this.db.transaction(['ops', 'kept', 'drafts'], 'readwrite')
      let seq = ((await tx.objectStore('kept').get('seq')) as number | undefined) ?? 0
      made = []
      for (const [at, one] of kept.entries()) {
        seq += 1
        const chain = `branch:${one.op.branch}`
        const place = (((await tx.objectStore('kept').get(chain)) as number | undefined) ?? 0) + 1
        quiet(tx.objectStore('kept').put(place, chain))
        quiet(tx.objectStore('ops').put({ id: one.op.id, seq, place, state: 'kept', files: one.files, seal: seals[at] as Seal }))
        made.push({ ...one, id: one.op.id, seq, place, state: 'kept' })
      }
      quiet(tx.objectStore('kept').put(seq, 'seq'))
      if (draft) quiet(tx.objectStore('drafts').delete(draft))
      const old = replaces ? await tx.objectStore('ops').get(replaces) : undefined
      if (old) quiet(tx.objectStore('ops').put({ ...old, state: 'replaced' }))
      await tx.done
    })
    return made
  }

  async putOp(row: OpRow): Promise<void> {
    const { id, seq, place, state, ...kept } = row
    const sealed = await seal(this.key, kept, `op:${id}`)
    await this.written(async () => { await this.db.put('ops', { id, seq, place, state, files: row.files, seal: sealed }) })
  }

  async deleteOps(ids: string[]): Promise<void> {
    const tx = this.db.transaction('ops', 'readwrite')
    for (const id of ids) quiet(tx.store.delete(id))
    await tx.done
  }

  // Half-written forms: they survive the app being killed.

  async putDraft(key: string, value: unknown, files: string[]): Promise<void> {
    const sealed = await seal(this.key, value, `draft:${key}`)
    await this.written(async () => { await this.db.put('drafts', { key, files, at: Date.now(), seal: sealed }) })
  }

  async draft<T>(key: string): Promise<T | null> {
    const row = await this.db.get('drafts', key)
    return row ? open<T>(this.key, row.seal, `draft:${key}`) : null
  }

  drafts(): Promise<string[]> {
    return this.db.getAllKeys('drafts')
  }

  async deleteDraft(key: string): Promise<void> {
    await this.db.delete('drafts', key)
  }

  // Photos and voice, in sealed pieces.

  async putFile(sha256: string, data: ArrayBuffer, media_type: string): Promise<void> {
    if (await this.db.getKey('files', sha256)) return
    const pieces: Seal[] = []
    for (let at = 0; at < data.byteLength; at += PIECE) pieces.push(await sealBytes(this.key, data.slice(at, at + PIECE), `${sha256}:${pieces.length}`))
    await this.written(async () => {
      const tx = this.db.transaction(['files', 'pieces'], 'readwrite')
      for (const [n, piece] of pieces.entries()) quiet(tx.objectStore('pieces').put(piece, [sha256, n]))
      quiet(tx.objectStore('files').put({ sha256, bytes: data.byteLength, media_type, sent: 0, done: false, added_at: Date.now() }))
      await tx.done
    }, false)
  }

  files(): Promise<FileRow[]> {
    return this.db.getAll('files')
  }

  async markFile(sha256: string, sent: number, done: boolean): Promise<void> {
    const row = await this.db.get('files', sha256)
    if (row) await this.db.put('files', { ...row, sent, done })
  }

  /** The bytes from `offset` to the end of the piece it lies in; null when this phone no longer holds the file. */
  async piece(sha256: string, offset: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const n = Math.floor(offset / PIECE)
    const found = await this.db.get('pieces', [sha256, n])
    if (!found) return null
    return new Uint8Array(await openBytes(this.key, found, `${sha256}:${n}`)).subarray(offset - n * PIECE) as Uint8Array<ArrayBuffer>
  }

  async blob(sha256: string): Promise<Blob | null> {
    const row = await this.db.get('files', sha256)
    if (!row) return null
    const parts: ArrayBuffer[] = []
    for (let n = 0; n * PIECE < row.bytes; n += 1) {
      const found = await this.db.get('pieces', [sha256, n])
      if (!found) return null
      parts.push(await openBytes(this.key, found, `${sha256}:${n}`))
    }
    return new Blob(parts, { type: row.media_type })
  }

  /** Frees the files of nobody: not in a draft, not in an operation that still waits. */
  async freeFiles(needed: ReadonlySet<string>): Promise<number> {
    const drafts = (await this.db.getAll('drafts')).flatMap((one) => one.files)
    const free = (await this.db.getAll('files')).filter((one) => !needed.has(one.sha256) && !drafts.includes(one.sha256))
    const tx = this.db.transaction(['files', 'pieces'], 'readwrite')
    for (const one of free) {
      quiet(tx.objectStore('files').delete(one.sha256))
      quiet(tx.objectStore('pieces').delete(IDBKeyRange.bound([one.sha256, 0], [one.sha256, Infinity])))
    }
    await tx.done
    await this.keepBallast().catch(() => undefined)
    return free.length
  }

  // Small things: the cursor, the forms, the list of troubles.

  async note<T>(name: string): Promise<T | null> {
    return ((await this.db.get('kept', name)) as T | undefined) ?? null
  }

  async putNote(name: string, value: unknown): Promise<void> {
    await this.written(async () => { await this.db.put('kept', value, name) })
  }

  async sealedNote<T>(name: string): Promise<T | null> {
    const found = (await this.db.get('kept', name)) as Seal | undefined
    return found ? open<T>(this.key, found, `kept:${name}`) : null
  }

  async putSealedNote(name: string, value: unknown): Promise<void> {
    await this.putNote(name, await seal(this.key, value, `kept:${name}`))
  }
}

/** Nothing more is done with it here: it may be cleared away when its files are sent. */
export const isOver = (row: { state: OpState }): boolean => ['delivered', 'replaced', 'ended'].includes(row.state)

/** What came of nothing needs its files no longer; what was sent again in other words has them there. */
export const needsFiles = (row: { state: OpState }): boolean => row.state !== 'replaced' && row.state !== 'ended'

/** How an item is named on this phone. */
export const keyOf = (item: { type: string; id: string }): string => `${item.type}:${item.id}`

/** Bytes that no database can pack: zeros would weigh nothing. */
function noise(size: number): Uint8Array {
  const made = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(made.subarray(at, at + 65_536))
  return made
}

/** A single write of a transaction: whether the whole was kept is told by the transaction. */
const quiet = (asked: Promise<unknown>): void => { asked.catch(() => undefined) }

const isFull = (failure: unknown): boolean => failure instanceof DOMException && /Quota/.test(failure.name)
