import './css/tokens.css'
import './css/base.css'
import './css/wall.css'
import { render } from 'lit-html'
import { byId, setText } from './shared/dom'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'
import { clockSeconds, exact, learnServerTime, now_ms } from './shared/time'
import { t } from './shared/words'
import { Rotation, SCENES } from './wall/rotation'
import { sceneView, type Ring, type WallData } from './wall/scenes'

const EVERY_MS = 10_000
const OLD_MS = 35_000
const GROUND_AGAIN_MS = 60_000

wireHeader()
watchIdle()

const root = byId('wall')
const state = byId('wall-state')
let data: WallData | null = null
let rings: Ring[] = []
let heard_ms = 0

const rotation = new Rotation(byId('wall-dots'), draw)

function draw(): void {
  setText(byId('wall-title'), t(`wall.${rotation.scene}`))
  root.dataset.scene = rotation.scene
  render(sceneView(rotation.scene, data, rings), root)
}

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: { Accept: 'application/json' }, credentials: 'same-origin', signal: AbortSignal.timeout(EVERY_MS) })
  if (response.redirected) location.reload()
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  learnServerTime(response.headers.get('Date'))
  return (await response.json()) as T
}

/** Whatever fails, the last picture stays and says of when it is. */
async function round(): Promise<void> {
  try {
    data = await ask<WallData>('/wall/data')
    heard_ms = Date.now()
    draw()
  } catch {
    // The next round asks again; `tick` says meanwhile how old the picture is.
  }
  window.setTimeout(() => void round(), EVERY_MS)
}

async function ground(): Promise<void> {
  try {
    rings = (await ask<{ rings: Ring[] }>('/wall/ground')).rings
    draw()
  } catch {
    window.setTimeout(() => void ground(), GROUND_AGAIN_MS)
  }
}

function tick(): void {
  setText(byId('wall-clock'), exact(new Date(now_ms()).toISOString()))
  const old = data !== null && Date.now() - heard_ms > OLD_MS || (data === null && performance.now() > OLD_MS) || !navigator.onLine
  state.hidden = !old && !rotation.paused
  state.dataset.kind = old ? 'stale' : 'paused'
  setText(state, old ? t('wall.since', { at: data ? clockSeconds(data.at) : '—' }) : rotation.paused ? t('wall.paused') : '')
  document.body.classList.toggle('is-stale', old)
  if (rotation.scene === 'calls') draw()
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest('button, a')) return
  if (rotation.key(event.key)) event.preventDefault()
})
window.setInterval(tick, 1000)
tick()
void round()
void ground()
if (SCENES.length) draw()
