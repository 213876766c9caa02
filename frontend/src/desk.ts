import './css/tokens.css'
import './css/base.css'
import './css/desk.css'
import { Intake } from './desk/intake'
import { DeskMap } from './desk/map'
import { Queue } from './desk/queue'
import { Alarm } from './desk/alarm'
import { Store } from './desk/store'
import { Units } from './desk/units'
import { MatterCard } from './matter/card'
import { get } from './shared/api'
import { connectionChip } from './shared/connection'
import { byId, writing } from './shared/dom'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'
import { Live } from './shared/live'
import type { Matter, Unit, Vocabulary } from './shared/types'

const BESIDE_PX = 420
/** Running down the queue with the arrow key opens only the row where it stops. */
const OPEN_PAUSE_MS = 60
let opening = 0

wireHeader()
watchIdle()

const store = new Store()
const desk = byId('desk')
const beside = byId('beside')
const intakePanel = byId('intake-panel')
const cardRoot = byId('card')

function showBeside(what: 'card' | 'intake' | ''): void {
  desk.dataset.beside = what
  beside.hidden = what === ''
  cardRoot.hidden = what !== 'card'
  intakePanel.hidden = what !== 'intake'
}

const map = new DeskMap(byId('map'), store, {
  chooseMatter: (number) => open(number, false),
  chooseUnit: (id) => units.select(id),
  idle: () => performance.mark('map-idle'),
})
const queue = new Queue(byId('queue'), byId('queue-tabs'), byId('queue-empty'), store, (matter: Matter) => open(matter.number, true))
const units = new Units(byId('units'), byId<HTMLInputElement>('unit-search'), byId('units-summary'), store, (unit: Unit) => {
  if (unit.lon !== null && unit.lat !== null) map.show(unit.lon, unit.lat)
})
const card = new MatterCard(cardRoot, {
  changed: (matter) => {
    store.put(matter)
    map.mark(matter.lon !== null && matter.lat !== null ? { lon: matter.lon, lat: matter.lat } : null)
  },
  close: () => closeCard(),
  pickPlace: (done) => map.pick(done),
})
const intake = new Intake(byId<HTMLInputElement>('intake'), intakePanel, {
  taken: (number, orderBest) => void taken(number, orderBest),
  showPlaces: (places) => {
    map.candidates(places)
    const [best] = places
    if (best) map.show(best.lon, best.lat, BESIDE_PX)
  },
  units: () => store.units.values(),
  open: () => showBeside('intake'),
  close: () => showBeside(card.number ? 'card' : ''),
  pick: (done) => map.pick(done),
  stopPicking: () => map.stopPicking(),
})
const alarm = new Alarm(byId<HTMLButtonElement>('sound'), store)

function open(number: string, move: boolean): void {
  showBeside('card')
  queue.select(number)
  window.clearTimeout(opening)
  opening = window.setTimeout(() => {
    const matter = store.matters.get(number)
    if (move && matter && matter.lon !== null && matter.lat !== null) map.show(matter.lon, matter.lat, BESIDE_PX)
    void card.open(number)
  }, OPEN_PAUSE_MS)
}

function closeCard(): void {
  card.close()
  map.mark(null)
  queue.select('')
  showBeside('')
}

async function taken(number: string, orderBest: boolean): Promise<void> {
  store.want(number)
  alarm.mine(number)
  showBeside('card')
  queue.select(number, true)
  intake.input.blur()
  await card.open(number)
  cardRoot.focus()
  const [best] = card.choices
  if (orderBest && best) await card.order(best.unit.id)
}

store.listen((change) => {
  const number = card.number
  if (number && (change.all || change.matters.has(number))) {
    const known = store.matters.get(number)
    if (!known || (card.state.matter && known.version > card.state.matter.version)) void card.open(number)
  }
})

function pressed(event: KeyboardEvent): void {
  void alarm.awake()
  if (event.key === 'Escape') {
    if (map.stopPicking()) card.set({ note: '' })
    else if (card.state.form) card.set({ form: '' })
    else if (intake.active) intake.clear()
    else closeCard()
    return
  }
  if (writing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === '/' || event.key === 'n') {
    event.preventDefault()
    intake.focus()
  } else if (event.key === 'q') byId('queue').focus()
  else if (event.key === 'g' && queue.first) open(queue.first.number, true)
  else if (card.key(event)) event.preventDefault()
}
document.addEventListener('keydown', pressed)
document.addEventListener('pointerdown', () => void alarm.awake())

const chip = connectionChip(byId('connection'))
new Live({ onNews: (news) => store.news(news), onReset: () => void store.load(), onState: (state, silent_ms) => chip(state, silent_ms) })
store.watchUnits()
get<Vocabulary>('/vocabulary').then((vocabulary) => {
  intake.vocabulary = vocabulary
  card.set({ vocabulary })
}).catch(() => undefined)

const wanted = new URLSearchParams(location.search).get('matter')
if (wanted) open(wanted, true)
