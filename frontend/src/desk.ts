import './css/tokens.css'
import './css/base.css'
import './css/components.css'
import './css/desk.css'
import './css/distress.css'
import { deskCommands, matterCommands } from './desk/commands'
import { Cries } from './desk/distress'
import { Intake } from './desk/intake'
import { Joint } from './desk/joint'
import { LateMap } from './desk/late-map'
import { Queue } from './desk/queue'
import { Alarm } from './desk/alarm'
import { wireSounds } from './desk/sounds'
import { Stale } from './desk/stale'
import { Store } from './desk/store'
import { Units } from './desk/units'
import { MatterCard } from './matter/card'
import { get } from './shared/api'
import { connectionChip } from './shared/connection'
import { byId, writing } from './shared/dom'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'
import { Live } from './shared/live'
import { offer } from './shared/palette'
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

const map = new LateMap(byId('map'), async () => {
  const { DeskMap } = await import('./desk/map')
  return new DeskMap(byId('map'), store, {
    chooseMatter: (number) => open(number, false),
    chooseUnit: (id) => units.select(id),
    idle: () => performance.mark('map-idle'),
  })
})
const queue = new Queue(byId('queue'), byId('queue-tabs'), byId('queue-empty'), byId('queue-newer'), store, (matter: Matter) => open(matter.number, true))
const units = new Units(byId('units'), byId<HTMLInputElement>('unit-search'), byId('units-summary'), store, (unit: Unit) => {
  if (unit.lon !== null && unit.lat !== null) map.show(unit.lon, unit.lat)
})
const card = new MatterCard(cardRoot, {
  changed: (matter) => {
    store.put(matter)
    map.mark(matter.lon !== null && matter.lat !== null ? { lon: matter.lon, lat: matter.lat } : null)
  },
  close: () => closeCard(),
  pickPlace: (done) => map.pick(done, true),
})
const intake = new Intake(byId<HTMLInputElement>('intake'), intakePanel, {
  taken: (number, orderBest) => void taken(number, orderBest),
  showPlaces: (places) => {
    map.candidates(places)
    const [best] = places
    if (best) map.show(best.lon, best.lat, BESIDE_PX)
  },
  open: () => showBeside('intake'),
  close: () => showBeside(card.number ? 'card' : ''),
  pick: (done) => map.pick(done),
  stopPicking: () => map.stopPicking(),
})
new Joint(byId('queue-tabs'), store)
const cries = new Cries(byId('cries'), { show: (lon, lat) => map.show(lon, lat), mark: (places) => map.cries(places) })
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

/** Once rows are there, the frame that shows them goes first. */
function rowsFirst(): void {
  if (store.matters.size || store.loaded) requestAnimationFrame(() => window.setTimeout(() => map.come()))
}

store.listen((change) => {
  rowsFirst()
  const number = card.number
  if (number && (change.all || change.matters.has(number))) {
    const known = store.matters.get(number)
    if (!known || (card.state.matter && known.version > card.state.matter.version)) void card.open(number)
  }
})

function pressed(event: KeyboardEvent): void {
  void alarm.awake()
  if (event.key === 'Escape' && !document.querySelector('dialog[open]')) {
    if (map.stopPicking()) card.set({ note: '' })
    else if (card.state.form) card.set({ form: '' })
    else if (intake.active) intake.drop()
    else closeCard()
    return
  }
  if (writing(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
  const own = KEYS[event.key]
  if (own) {
    event.preventDefault()
    own()
  } else if (card.key(event)) event.preventDefault()
}

function first(): void {
  if (queue.first) open(queue.first.number, true)
}

const dialog = (id: string): void => byId<HTMLDialogElement>(id).showModal()

/** The desk's own single keys; those of the open matter are the card's. */
const KEYS: Record<string, () => void> = {
  '/': () => intake.focus(),
  n: () => intake.focus(),
  q: () => byId('queue').focus(),
  s: () => byId('unit-search').focus(),
  c: () => cardRoot.focus(),
  g: first,
  j: () => queue.step(1),
  k: () => queue.step(-1),
  '[': () => queue.turn(-1),
  ']': () => queue.turn(1),
  '?': () => dialog('desk-keys'),
}
document.addEventListener('keydown', pressed)
document.addEventListener('pointerdown', () => void alarm.awake())

/** A matter opens beside the queue, never instead of it: links to matters stay on the desk, a new tab stays a new tab. */
function followed(event: MouseEvent): void {
  const link = (event.target as HTMLElement).closest<HTMLAnchorElement>('a[href^="/matters/"]')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  const number = link.pathname.split('/')[2] ?? ''
  if (number === card.number) window.open(link.href, '_blank', 'noopener')
  else open(number, true)
}
desk.addEventListener('click', followed)
document.addEventListener('linli:goto', (event) => {
  const number = /^\/matters\/([\w-]+)$/.exec((event as CustomEvent<string>).detail)?.[1]
  if (!number) return
  event.preventDefault()
  open(number, true)
})

const sounds = byId('desk-sounds')
wireSounds(sounds, () => alarm.show())
offer(() => [...matterCommands(card), ...deskCommands({
  intake: () => intake.focus(), queue: () => byId('queue').focus(), units: () => byId('unit-search').focus(), first,
  sounds: () => dialog('desk-sounds'), keys: () => dialog('desk-keys'),
})])

const chip = connectionChip(byId('connection'))
const stale = new Stale(() => store.unitsHeard_ms)
new Live({
  onNews: (news) => {
    store.news(news)
    cries.heard(news)
  },
  onReset: () => {
    void store.load()
    void cries.load()
  },
  onState: (state, silent_ms) => {
    chip(state, silent_ms)
    stale.heard(state, silent_ms)
  },
})
store.loadWaiting()
store.watchUnits()
get<Vocabulary>('/vocabulary').then((vocabulary) => {
  intake.vocabulary = vocabulary
  intake.restore()
  card.set({ vocabulary })
}).catch(() => undefined)

const wanted = new URLSearchParams(location.search).get('matter')
if (wanted) open(wanted, true)
