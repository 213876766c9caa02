import './css/pages.css'
import './css/views.css'
import { render } from 'lit-html'
import { get, problemText } from './shared/api'
import { connectionChip } from './shared/connection'
import { byId } from './shared/dom'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'
import { Live } from './shared/live'
import type { Today, Unit } from './shared/types'
import { todayView } from './today/view'

const root = byId('today')
const state: { today: Today | null; units: Unit[]; problem: string } = { today: null, units: [], problem: '' }
let loading = false
let again = false

function draw(): void {
  render(todayView(state), root)
}

async function load(): Promise<void> {
  if (loading) {
    again = true
    return
  }
  loading = true
  try {
    const [today, units] = await Promise.all([get<Today>('/today'), get<{ items: Unit[] }>('/units')])
    Object.assign(state, { today, units: units.items, problem: '' })
  } catch (failure) {
    state.problem = problemText(failure)
  }
  loading = false
  draw()
  if (again) {
    again = false
    window.setTimeout(() => void load(), 500)
  }
}

wireHeader()
watchIdle()
draw()
const chip = connectionChip(byId('connection'))
new Live({ onNews: () => void load(), onReset: () => void load(), onState: (live, silent_ms) => chip(live, silent_ms) })
window.setInterval(() => void load(), 30_000)
window.setInterval(draw, 1000)
