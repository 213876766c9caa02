/** A phone without a screen: the real modules of the field app over a database in memory, a house, and a clock that may be wrong. */
import 'fake-indexeddb/auto'
import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { recovery } from './house.mjs'

const honest = Date.now
globalThis.honestNow = () => honest()
const { put } = IDBObjectStore.prototype
let loads = 0

/** What the app finds around it; nothing is drawn. Waits of the line are short, and the 400 ms after which a form is kept never come. */
function surroundings(house) {
  const nothing = () => undefined
  const element = { focus: nothing, textContent: '' }
  globalThis.window = {
    addEventListener: nothing, scrollTo: nothing, setInterval: () => 0, clearInterval: nothing, clearTimeout,
    setTimeout: (run, ms) => (ms === 400 ? 0 : setTimeout(run, 0)), isSecureContext: true,
  }
  globalThis.document = {
    addEventListener: nothing, hidden: false, cookie: '', documentElement: { lang: 'zh', dataset: {} }, head: { append: nothing },
    getElementById: (id) => (id.startsWith('field') ? element : null), querySelector: () => null, createElement: () => ({}), body: { dataset: {} },
  }
  globalThis.location = { hash: '', reload: nothing }
  Object.defineProperty(globalThis, 'navigator', { value: { onLine: true, userAgent: 'Mozilla/5.0 (Linux; Android 12)', platform: 'Linux' }, configurable: true })
  globalThis.fetch = (address, init) => house.fetch(address, init)
}

export class Phone {
  constructor(file, house) {
    this.file = file
    this.house = house
    globalThis.indexedDB = new IDBFactory()
    IDBObjectStore.prototype.put = put
    Date.now = honest
    surroundings(house)
  }

  /** The app as it comes from the disk: whatever only lay in memory is gone. */
  async app() {
    loads += 1
    this.modules = await import(`${this.file}?${loads}`)
    return this.modules
  }

  async enrol(person = 'p1', pin = '258036') {
    const app = await this.app()
    const { profile, key } = await app.enrol(person, person, `device-${person}`, pin, recovery)
    return this.opened(profile, key)
  }

  /** Killed, and opened again by the same person. */
  async reopen(person = 'p1', pin = '258036') {
    const app = await this.app()
    const profile = (await app.profiles()).find((one) => one.person === person)
    const told = await app.tryPin(profile, pin)
    if (told.kind !== 'open') throw new Error(`not open: ${told.kind}`)
    return this.opened(profile, told.key)
  }

  async opened(profile, key) {
    this.key = key
    this.field = new this.modules.Field(profile, await this.modules.Store.open(profile.person, key))
    await this.field.start()
    await this.rest()
    return this.field
  }

  /** Until nothing moves any more. */
  async rest() {
    for (let quiet = 0; quiet < 4; quiet += 1) {
      await new Promise((done) => setImmediate(done))
      if (this.field.sync.running) quiet = -1
    }
  }

  async sync() {
    await this.field.sync.run()
    await this.rest()
  }

  offline(off = true) {
    Object.defineProperty(globalThis.navigator, 'onLine', { value: !off, configurable: true })
  }

  /** The phone's clock is so many hours wrong. */
  clock(hours) {
    Date.now = () => honest() + hours * 3_600_000
  }

  /** The browser refuses what `large` says, until told otherwise. */
  full(large) {
    IDBObjectStore.prototype.put = function (...told) {
      if (large(this.name, ...told)) throw new DOMException('no room', 'QuotaExceededError')
      return put.apply(this, told)
    }
  }

  async draftOf(form, item = null) {
    return this.modules.Sheet.open(this.field, form, item)
  }

  async write(act, values, item = null) {
    const sheet = await this.draftOf(this.field.form(act), item)
    for (const [name, value] of Object.entries(values)) sheet.set(sheet.parts[0], name, value)
    await this.rest()
    return this.field.keep(sheet)
  }

  /** Everything that lies on the phone, as bytes and words. */
  async lying() {
    const out = []
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((done) => { const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result) })
      for (const table of db.objectStoreNames) {
        const rows = await new Promise((done) => { const asked = db.transaction(table).objectStore(table).getAll(); asked.onsuccess = () => done(asked.result) })
        out.push(`${name}.${table}: ${rows.length}`, ...rows.map(words))
      }
      db.close()
    }
    return out.join('\n')
  }
}

const words = (value) => {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return Buffer.from(value.buffer ?? value).subarray(0, 5000).toString('utf8')
  if (Array.isArray(value)) return value.map(words).join(' ')
  if (value && typeof value === 'object') return Object.entries(value).map(([name, one]) => `${name}=${words(one)}`).join(' ')
  return String(value)
}

export const FORMS = {
  version: 'v1',
  forms: [
    { act: 'matter.open:hazard', version: 'h1', zh: '隐患', en: 'hazard', group: 'order', creates: 'matters.matter', subject: null, inputs: [
      { name: 'what', kind: 'text', zh: '什么', en: 'what', required: true, unless: ['photos'] }, { name: 'photos', kind: 'photo', zh: '照片', en: 'photos', required: false }] },
    { act: 'matter.note', version: 'n1', zh: '记录', en: 'note', creates: null, subject: 'matters.matter', inputs: [{ name: 'text', kind: 'long_text', zh: '内容', en: 'text', required: true }] },
  ],
}
export const item = (id, title = '路灯') => ({ type: 'matter', id, version: 1, data: { title, group: 'today', state: 'open', acts: ['matter.note'], values: {} } })
