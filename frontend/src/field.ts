import './css/tokens.css'
import './css/base.css'
import './css/phone.css'
import './css/distress.css'
import './css/field.css'
import { Field } from './field/app'
import { Gate } from './field/gate'
import type { Profile } from './field/profiles'
import { startWorker } from './field/shell'
import { Store } from './field/store'

let field: Field | null = null
let update: (() => void) | null = null

/** One window at a time holds a store: two would show each other yesterday's counts. */
function alone(person: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true)
  return new Promise((done) => {
    void navigator.locks.request(`linli-field-${person}`, { ifAvailable: true }, (held) => {
      done(held !== null)
      return held ? new Promise<never>(() => undefined) : undefined
    })
  })
}

async function opened(profile: Profile, key: CryptoKey): Promise<void> {
  if (!(await alone(profile.person))) return gate.show('elsewhere')
  field = new Field(profile, await Store.open(profile.person, key))
  field.update = update
  await field.start()
}

const gate = new Gate(opened)
void gate.start()
void startWorker((apply) => {
  update = apply
  if (field) {
    field.update = apply
    field.draw()
  }
})
