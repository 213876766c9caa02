/** What must hold of a phone whatever happens to its line, its clock, its user or its room. Each is run over the real modules. */
import assert from 'node:assert/strict'
import { FORMS, item } from './phone.mjs'

const HAZARD = 'matter.open:hazard'
const NOTE = 'matter.note'
const OWN = '只有我看得到的话'

async function begun(phone, house) {
  house.forms = FORMS
  house.items = [item('r1'), item('r2')]
  return phone.enrol()
}
const states = (field) => field.ops.map((one) => one.state)

export const TRIALS = {
  async answer_lost(phone, house) {
    const field = await begun(phone, house)
    house.after = 4
    assert.equal(await phone.write(HAZARD, { what: '灯不亮' }), true)
    await phone.rest()
    assert.equal(house.done.length, 1, 'the house has it')
    assert.equal(field.sync.line, 'offline')
    assert.deepEqual([field.waiting, states(field)], [1, ['kept']], 'and the phone does not say so')
    const again = await phone.reopen()
    assert.equal(house.done.length, 1, 'not done twice')
    assert.equal(new Set(house.received.map((one) => one.id)).size, 1, 'it is the same one')
    assert.deepEqual([again.waiting, states(again)], [0, ['delivered']])
  },

  async sent_twice(phone, house) {
    const field = await begun(phone, house)
    phone.offline()
    await phone.write(HAZARD, { what: '灯不亮' })
    phone.offline(false)
    await Promise.all([field.sync.run(), field.sync.run(), field.sync.run()])
    await phone.rest()
    assert.equal(house.received.length, 1, 'one round at a time')
    house.decide = () => ({ answer: 'duplicate' })
    await phone.write(NOTE, { text: '说过了' }, field.items[0])
    await phone.rest()
    assert.deepEqual([field.waiting, field.asked, states(field)], [0, 0, ['delivered', 'delivered']])
  },

  async out_of_order(phone, house) {
    let field = await begun(phone, house)
    phone.offline()
    await phone.write(NOTE, { text: '一' }, field.items[0])
    await phone.write(NOTE, { text: '二之一' }, field.items[1])
    field = await phone.reopen()
    await phone.write(NOTE, { text: '二之二' }, field.items[1])
    assert.deepEqual(field.ops.map((one) => [one.seq, one.place]), [[1, 1], [2, 1], [3, 2]])
    phone.offline(false)
    await phone.sync()
    assert.deepEqual(house.done.map((one) => one.changed.text.new), ['一', '二之一', '二之二'])
    assert.deepEqual([field.waiting, house.held.size], [0, 0])
  },

  async killed_in_a_photo(phone, house) {
    let field = await begun(phone, house)
    phone.offline()
    const photo = Uint8Array.from({ length: 600_000 }, (_, at) => (at * 7919 + (at >> 8)) % 251)
    const sheet = await phone.draftOf(field.form(HAZARD))
    const ref = await phone.modules.keepFile(field.store, new Blob([photo], { type: 'image/jpeg' }), 'photo')
    sheet.set(sheet.parts[0], 'photos', [ref])
    await phone.rest()
    field = await phone.reopen()
    await field.makeRoom()
    const found = await phone.draftOf(field.form(HAZARD))
    assert.deepEqual(found.parts[0].values.photos, [ref], 'half written, and the photo with it')
    assert.deepEqual(new Uint8Array(await (await field.store.blob(ref.sha256)).arrayBuffer()), photo)
    await field.keep(found)
    house.cutAfterPieces = 1
    phone.offline(false)
    await phone.sync()
    assert.deepEqual([field.waiting, field.filesLeft, field.sync.line], [0, 1, 'offline'], 'the record first, its photo not yet')
    house.cutAfterPieces = Infinity
    field = await phone.reopen()
    assert.deepEqual(house.pieces, [0, 262_144, 524_288], 'it goes on where it stopped')
    assert.deepEqual(new Uint8Array(house.files.get(ref.sha256).body), new Uint8Array(photo))
    assert.equal(field.filesLeft, 0)
  },

  async another_user(phone, house) {
    await begun(phone, house)
    phone.offline()
    await phone.write(HAZARD, { what: OWN })
    const half = await phone.draftOf(phone.field.form(NOTE), phone.field.items[0])
    half.set(half.parts[0], 'text', OWN)
    await half.keep()
    assert.ok(!(await phone.lying()).includes(OWN), 'nothing of it lies there in clear')
    phone.offline(false)
    house.person = 'p2'
    await phone.sync()
    assert.deepEqual([phone.field.sync.line, house.received.length], ['other_person', 0], 'nobody sends it as his own')
    const second = await phone.enrol('p2', '741963')
    assert.deepEqual([second.ops.length, second.drafts.length, second.others], [0, 0, 1])
    const app = phone.modules
    const stolen = await app.Store.open('p1', phone.key)
    await assert.rejects(stolen.ops(), 'the key of one opens nothing of the other')
    stolen.close()
    await assert.rejects(phone.reopen('p1', '741963'), /wrong/)
    house.person = 'p1'
    await phone.reopen('p1')
    assert.deepEqual(house.done.map((one) => [one.author, one.changed.what.new]), [['p1', OWN]])
  },

  async storage_full(phone, house) {
    const field = await begun(phone, house)
    phone.offline()
    let freed = false
    phone.full((table, value, key) => table === 'pieces' || key === 'ballast' || key === 'probe' || (!freed && table !== 'profiles'))
    const blob = new Blob([new Uint8Array(300_000)], { type: 'image/jpeg' })
    await assert.rejects(phone.modules.keepFile(field.store, blob, 'photo'), /storage full/)
    assert.equal(await phone.write(NOTE, { text: '写不下' }, field.items[0]), false, 'not kept is not said to be kept')
    assert.deepEqual([field.waiting, field.full], [0, true])
    freed = true
    assert.equal(await phone.write(NOTE, { text: '写得下' }, field.items[0]), true)
    assert.deepEqual([field.waiting, field.full], [1, true], 'words fit, photos do not: both are said')
  },

  async ballast(phone, house) {
    const field = await begun(phone, house)
    phone.offline()
    assert.equal(await field.store.spared(), true)
    let tries = 0
    phone.full((table) => table === 'ops' && (tries += 1) === 1)
    assert.equal(await phone.write(NOTE, { text: '最后一句' }, field.items[0]), true, 'room was kept for words')
    assert.deepEqual([field.waiting, await field.store.spared()], [1, false])
  },

  async stolen(phone, house) {
    const field = await begun(phone, house)
    phone.offline()
    await phone.write(HAZARD, { what: '没送出' })
    phone.offline(false)
    await phone.sync()
    phone.offline()
    await phone.write(NOTE, { text: '也没送出' }, field.items[0])
    assert.deepEqual(states(field), ['delivered', 'kept'])
    phone.offline(false)
    house.wipe = true
    house.person = null
    // The page is opened anew in that moment; what still runs of the old one finds a closed store.
    await phone.sync().catch((failure) => assert.equal(failure.name, 'InvalidStateError'))
    await phone.rest()
    const [profile] = await phone.modules.profiles()
    assert.deepEqual([profile.closed, profile.by_pin], ['wipe', null])
    const left = await phone.lying()
    assert.match(left, /\.items: 0\n/, 'what the house has goes')
    assert.match(left, /\.ops: 1\n/, 'what it lacks stays, sealed')
    await assert.rejects(phone.reopen(), /closed/)
  },

  async one_bad_in_a_batch(phone, house) {
    const field = await begun(phone, house)
    phone.offline()
    for (const text of ['一', '坏', '三', '四']) await phone.write(HAZARD, { what: text })
    house.refuses = (op) => op.changed.what?.new === '坏'
    phone.offline(false)
    await phone.sync()
    assert.deepEqual(house.done.map((one) => one.changed.what.new), ['一', '三', '四'])
    assert.deepEqual(states(field), ['delivered', 'rejected', 'delivered', 'delivered'])
    assert.deepEqual([field.waiting, field.asked, field.troubles.length], [0, 1, 1])
  },

  async told_to_come_again(phone, house) {
    const field = await begun(phone, house)
    house.decide = (_, times) => ({ answer: times === 1 ? 'retry' : 'applied' })
    await phone.write(HAZARD, { what: '再来' })
    await phone.rest()
    assert.deepEqual([field.waiting, states(field)], [1, ['later']])
    await phone.sync()
    assert.deepEqual([field.waiting, states(field), house.done.length], [0, ['delivered'], 1])
  },

  async two_values(phone, house) {
    let field = await begun(phone, house)
    house.decide = () => ({ answer: 'conflict', code: 'field.two_values', facts: { class: 'legal' } })
    await phone.write(NOTE, { text: '我的' }, field.items[0])
    await phone.rest()
    assert.deepEqual([field.waiting, field.asked, states(field)], [0, 1, ['conflict']])
    field = await phone.reopen()
    assert.equal(field.ops[0].op.changed.text.new, '我的', 'what was written is still there')
    house.decided = [{ id: field.ops[0].id, answer: 'conflict', facts: { settled: 'server' } }]
    await phone.sync()
    assert.deepEqual([field.asked, states(field)], [0, ['ended']])
  },

  async clock_wrong(phone, house) {
    await begun(phone, house)
    phone.clock(24)
    let field = await phone.reopen()
    const off_s = Math.abs(Date.parse(field.profile.contact_at) - honestNow()) / 1000
    assert.ok(off_s < 60, 'last contact by the clock of the house')
    phone.offline()
    field = await phone.reopen()
    assert.equal(field.items.length, 2, 'twelve hours are twelve hours, whatever this clock says')
    phone.clock(48)
    field = await phone.reopen()
    assert.equal(field.items.length, 0, 'and then they are over')
  },

  async dictionary_changed(phone, house) {
    let field = await begun(phone, house)
    phone.offline()
    await phone.write(HAZARD, { what: '旧表单' })
    house.forms = { version: 'v2', forms: FORMS.forms.map((one) => ({ ...one, version: `${one.version}b` })) }
    phone.offline(false)
    field = await phone.reopen()
    assert.deepEqual(house.done.map((one) => one.form_version), ['h1'], 'it says by which form it was written')
    assert.equal(field.forms.version, 'v2')
    await phone.write(HAZARD, { what: '新表单' })
    await phone.rest()
    assert.equal(house.done.at(-1).form_version, 'h1b')
  },
}
