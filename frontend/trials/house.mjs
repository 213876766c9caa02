/** The house as far as a phone sees it: it keeps what came, answers once, and its line breaks when it is told to. */
import { gunzipSync } from 'node:zlib'
import { createHash } from 'node:crypto'

const RECOVERY = Buffer.alloc(32, 7).toString('base64')

export class House {
  person = 'p1'
  wipe = false
  /** Every operation each time that it came; what was done, once each; answers by id. */
  received = []
  done = []
  answers = new Map()
  items = []
  forms = { version: 'v1', forms: [] }
  expires_at = new Date(globalThis.honestNow() + 12 * 3_600_000).toISOString()
  files = new Map()
  pieces = []
  /** `before`, `after`: how many requests are lost before the house hears them, or their answers behind it. */
  before = 0
  after = 0
  cutAfterPieces = Infinity
  down = false
  decide = () => ({ answer: 'applied' })
  decided = []
  refuses = () => false
  last = new Map()
  held = new Map()

  get now() { return new Date(globalThis.honestNow()).toISOString() }

  async fetch(address, init = {}) {
    const url = new URL(address, 'http://phone')
    const path = url.pathname.replace('/api/v1', '')
    if (this.down) throw new TypeError('no line')
    const counted = path === '/field/operations'
    if (counted && this.before > 0) { this.before -= 1; throw new TypeError('lost on the way') }
    const answer = await this.answer(path, url, init)
    if (counted && this.after > 0) { this.after -= 1; throw new TypeError('answer lost') }
    return answer
  }

  async answer(path, url, init) {
    const body = init.body === undefined ? null : Buffer.from(await new Response(init.body).arrayBuffer())
    const words = body && init.method === 'POST' ? JSON.parse(init.headers?.['Content-Encoding'] === 'gzip' ? gunzipSync(body) : body) : null
    if (path === '/field/session') return told({ person: this.person, name: this.person, csrf: 'c' })
    if (path === '/field/devices') return told({ recovery: RECOVERY, wipe: false }, 201)
    if (path.endsWith('/state')) return told({ wipe: this.wipe })
    if (path.endsWith('/wiped')) return told({ noted: true })
    if (path === '/field/operations') return this.batch(words.operations)
    if (path === '/field/answers') return this.later(url)
    if (path === '/field/pack') return told({ items: this.items, gone: [], next: null, cursor: '1', reset: false, expires_at: this.expires_at, forms_version: this.forms.version, server_at: this.now, wipe: this.wipe, me: { calls: [] } })
    if (path === '/field/forms') return told(this.forms)
    if (path === '/me') return told({ unit: null, distress: [] })
    if (path.startsWith('/field/files/')) return this.file(path.split('/').at(-1), url, init, body)
    return told({ code: 'none' }, 404)
  }

  later(url) {
    const since = Number(url.searchParams.get('since') || 0)
    return told({ items: this.decided.slice(since), cursor: String(this.decided.length), more: false, wipe: this.wipe })
  }

  batch(operations) {
    if (operations.some((one) => this.refuses(one))) return told({ code: 'field.unreadable', title: 'unreadable' }, 422)
    return told({ answers: operations.map((one) => this.one(one)), server_at: this.now, wipe: this.wipe })
  }

  one(op) {
    this.received.push(op)
    const known = this.answers.get(op.id)
    if (known && !known.again) return { ...known, replayed: true }
    const last = this.last.get(op.branch) ?? 0
    if (op.seq > last + 1) {
      this.held.set(`${op.branch} ${op.seq}`, op)
      return { id: op.id, answer: 'retry', code: 'field.waits', held: true }
    }
    const answer = { id: op.id, ...this.decide(op, this.received.filter((one) => one.id === op.id).length) }
    this.answers.set(op.id, answer.answer === 'retry' ? { ...answer, again: true } : answer)
    if (answer.answer === 'applied') this.done.push(op)
    this.last.set(op.branch, Math.max(last, op.seq))
    const next = this.held.get(`${op.branch} ${op.seq + 1}`)
    if (next) { this.held.delete(`${op.branch} ${next.seq}`); this.one(next) }
    return answer
  }

  file(sha256, url, init, body) {
    const here = this.files.get(sha256) ?? { body: Buffer.alloc(0), done: false }
    if (init.method === 'PUT' && !here.done) {
      if (this.pieces.length >= this.cutAfterPieces) throw new TypeError('line cut')
      const offset = Number(url.searchParams.get('offset'))
      this.pieces.push(offset)
      if (offset > here.body.length) return told({ code: 'gap', facts: { have: here.body.length } }, 409)
      here.body = Buffer.concat([here.body.subarray(0, offset), body])
      here.done = here.body.length >= Number(url.searchParams.get('size')) && createHash('sha256').update(here.body).digest('hex') === sha256
      this.files.set(sha256, here)
    }
    return told({ have: here.body.length, done: here.done })
  }
}

export const recovery = RECOVERY

const told = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
