import { Problem, problemText } from '../shared/api'
import { say, t } from '../shared/words'
import type { Field } from './app'
import * as house from './house'
import { needsFiles, StorageFull } from './store'
import { touch } from './profiles'
import type { Answer, FileRow, Forms, OpRow, OpState } from './types'

/** Most operations of one batch: a reset of the line costs at most these again. */
const BATCH = 250
const BROKEN_TRIES = 2

export type Line = 'idle' | 'busy' | 'offline' | 'signed_out' | 'other_person' | 'trouble'

const STATE: Record<Answer['answer'], OpState> = { applied: 'delivered', duplicate: 'delivered', conflict: 'conflict', rejected: 'rejected', retry: 'later' }

/** Brings what was done here to the house and what is needed here from it. Nothing is dropped, whatever the line does. */
export class Sync {
  line: Line = 'busy'
  /** Who is signed in instead, when it is not the one whose store is open. */
  other = ''
  /** Files that wait for a line that costs nothing. */
  filesWait = false
  private readonly aside = new Set<string>()
  private running = false
  private again = false

  constructor(private readonly field: Field) {}

  /** One round; a second call while it runs makes one more afterwards. */
  async run(): Promise<void> {
    if (this.running) {
      this.again = true
      return
    }
    this.running = true
    do {
      this.again = false
      await this.round()
    } while (this.again && this.line === 'idle')
    this.running = false
    await this.field.settled()
  }

  private async round(): Promise<void> {
    if (!navigator.onLine) return this.is('offline')
    this.is('busy')
    try {
      if (!(await this.allowed())) return
      await this.sendOperations()
      await this.fetchAnswers()
      const version = await this.fetchPack()
      if (version !== this.field.forms.version) await this.fetchForms()
      await this.sendFiles()
      this.is('idle')
    } catch (failure) {
      await this.failed(failure)
    }
  }

  private is(line: Line): void {
    this.line = line
    this.field.draw()
  }

  private async failed(failure: unknown): Promise<void> {
    if (failure instanceof Problem && failure.status === 401) return this.is('signed_out')
    if (failure instanceof Problem && failure.unreachable) return this.is('offline')
    if (failure instanceof StorageFull) this.field.full = true
    else await this.field.note(t('field.trouble_sync'), failure instanceof Problem ? failure.code : 'phone', problemText(failure))
    this.is('trouble')
  }

  /** The session must be that of the one whose store is open: nobody sends another's work as his own. */
  private async allowed(): Promise<boolean> {
    const told = await house.session()
    if (!told.person) {
      // The house ends the session of a phone that it closes: an ended one may mean that.
      if (await house.isClosed(this.field.profile.device)) await this.field.closedByHouse()
      else this.is('signed_out')
      return false
    }
    if (told.person !== this.field.profile.person) {
      this.other = told.name ?? ''
      this.is('other_person')
      return false
    }
    return true
  }

  private heard(told: { wipe: boolean; server_at?: string }): void {
    if (told.wipe) void this.field.closedByHouse()
    const now = Date.now()
    const skew_ms = told.server_at ? Date.parse(told.server_at) - now : this.field.profile.skew_ms
    void touch(this.field.profile, { contact_at: new Date(now + skew_ms).toISOString(), skew_ms })
  }

  private async sendOperations(): Promise<void> {
    const tried = new Set<string>()
    for (;;) {
      const rows = this.field.ops.filter((row) => (row.state === 'kept' || row.state === 'later') && !tried.has(row.id)).slice(0, BATCH)
      if (!rows.length) return
      for (const row of rows) tried.add(row.id)
      await this.sendBatch(rows)
    }
  }

  /** A batch that is refused as a whole is halved until the one that is at fault stands alone; the others go through. */
  private async sendBatch(rows: OpRow[]): Promise<void> {
    const sent = rows.map((row) => ({ ...row.op, seq: row.place }))
    try {
      const told = await house.operations(this.field.profile.device, sent, this.field.waiting - rows.length)
      for (const answer of told.answers) await this.answered(answer)
      this.heard(told)
    } catch (failure) {
      const fault = failure instanceof Problem && failure.status >= 400 && failure.status < 500 && ![401, 408, 409, 429].includes(failure.status)
      if (!fault) throw failure
      const half = Math.ceil(rows.length / 2)
      if (rows.length > 1) {
        await this.sendBatch(rows.slice(0, half))
        await this.sendBatch(rows.slice(half))
        return
      }
      const row = rows[0] as OpRow
      await this.field.note(row.title, failure.code, problemText(failure))
      await this.field.change({ ...row, state: 'rejected', answer: { id: row.id, answer: 'rejected', code: failure.code, zh: failure.message, en: failure.message, facts: failure.facts }, answered_at: new Date().toISOString() })
    }
  }

  private async answered(answer: Answer): Promise<void> {
    const row = this.field.ops.find((one) => one.id === answer.id)
    const state = stateAfter(answer)
    if (!row || row.state === 'replaced' || (row.state === 'ended' && state !== 'delivered')) return
    const known = JSON.stringify([row.answer?.code, row.answer?.held, row.answer?.facts])
    if (state === row.state && known === JSON.stringify([answer.code, answer.held, answer.facts])) return
    await this.field.change({ ...row, state, answer, answered_at: new Date().toISOString() })
    for (const one of refusedFiles(answer)) await this.field.note(row.title, 'field.file_not_hung', `${one.name} ${say(one)}`)
    if (state === 'rejected' || state === 'conflict' || state === 'later') {
      await this.field.note(row.title, answer.code ?? answer.answer, answer.zh ?? '')
    }
  }

  /** Files come last and let everything else pass: an order that comes while a photo goes is not kept waiting by it. */
  private async sendFiles(): Promise<void> {
    const rows = (await this.field.store.files()).filter((one) => !one.done)
    const told = new Set(this.field.ops.filter((row) => row.state !== 'kept' && needsFiles(row)).flatMap((row) => row.files))
    const due = rows.filter((one) => told.has(one.sha256) && !this.aside.has(one.sha256)).sort((a, b) => a.bytes - b.bytes)
    this.filesWait = due.length > 0 && this.field.savesData && onMobileData()
    if (this.filesWait) return
    for (const row of due) if (!this.again) await this.sendFile(row)
    this.field.sending = null
    await this.field.countFiles()
  }

  /** Goes on where the house says that it stands: a killed app, a cut line or another browser makes no difference. */
  private async sendFile(row: FileRow): Promise<void> {
    const name = this.field.nameOf(row.sha256)
    const of = { size: row.bytes, name, media_type: row.media_type }
    let had = await house.had(row.sha256)
    let broken = 0
    while (!had.done) {
      if (this.again) return
      // All bytes are there and yet it is not whole: the last one again makes the house look once more.
      const offset = Math.min(had.have, row.bytes - 1)
      const piece = await this.field.store.piece(row.sha256, offset)
      if (!piece) return this.setAside(row, t('field.file_lost'), 'phone.file_lost', name)
      try {
        had = await house.putPiece(row.sha256, offset, piece, of)
      } catch (failure) {
        if (!(failure instanceof Problem) || failure.unreachable || failure.status === 401) throw failure
        broken += 1
        if (broken > BROKEN_TRIES) return this.setAside(row, t('field.file_refused'), failure.code, `${name} ${failure.message}`)
        had = { have: failure.status === 409 ? Number(failure.facts.have ?? 0) : 0, done: false }
      }
      await this.field.store.markFile(row.sha256, had.have, had.done)
      this.field.sending = { name, share: had.have / row.bytes }
      this.field.draw()
    }
    await this.field.store.markFile(row.sha256, row.bytes, true)
  }

  /** A file that cannot go stays on the phone and is counted; it is tried again when the app is opened anew. */
  private async setAside(row: FileRow, what: string, code: string, why: string): Promise<void> {
    this.aside.add(row.sha256)
    this.field.sending = null
    await this.field.note(what, code, why)
  }

  private async fetchAnswers(): Promise<void> {
    for (;;) {
      const since = (await this.field.store.note<string>('answers')) ?? ''
      const told = await house.answersSince(this.field.profile.device, since)
      for (const answer of told.items) await this.answered(answer)
      await this.field.store.putNote('answers', told.cursor)
      this.heard(told)
      if (!told.more) return
    }
  }

  private async fetchForms(): Promise<void> {
    const told: Forms = await house.forms()
    await this.field.store.putSealedNote('forms', told)
    this.field.forms = told
    this.field.draw()
  }

  /** The pages of the pack; answers the version of the forms that belong to it. */
  private async fetchPack(): Promise<string> {
    let since = (await this.field.store.note<string>('cursor')) ?? ''
    for (;;) {
      const told = await house.pack(this.field.profile.device, since)
      since = told.next ?? told.cursor
      await this.field.store.putItems(told.items, told.gone, since, told.reset)
      this.heard(told)
      await touch(this.field.profile, { expires_at: told.expires_at })
      if (told.me?.calls) await this.field.keepCalls(told.me.calls)
      if (told.items.length || told.gone.length || told.reset) await this.field.reloadItems()
      if (!told.next) return told.forms_version
    }
  }
}

/** What the house keeps and answers later counts as delivered; what a person decided against asks for nothing more. */
function stateAfter(answer: Answer): OpState {
  if (answer.answer === 'retry' && answer.held) return 'delivered'
  if (answer.answer === 'conflict' && answer.facts?.settled === 'server') return 'ended'
  return STATE[answer.answer]
}

export const refusedFiles = (answer: Answer | null): { name: string; zh: string; en: string }[] =>
  (answer?.facts?.refused_files as { name: string; zh: string; en: string }[] | undefined) ?? []

function onMobileData(): boolean {
  return (navigator as Navigator & { connection?: { type?: string } }).connection?.type === 'cellular'
}
