import './css/pages.css'
import { html, render } from 'lit-html'
import { get, newKey, post, Problem, problemText } from './shared/api'
import { byId, icon } from './shared/dom'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'
import type { Place } from './shared/types'

const PAUSE_MS = 120

wireHeader()
watchIdle()

const form = byId<HTMLFormElement>('open')
const problem = byId('open-problem')
const place = byId<HTMLInputElement>('place')
const list = byId('places')
let places: Place[] = []
let chosen: Place | null = null
let timer = 0
let key = newKey()

function drawPlaces(): void {
  render(places.map((one) => html`<li><button type="button" class="choice is-place ${one === chosen ? 'is-best' : ''}" @click=${() => choose(one)}>
    ${icon('map-pin')}<span class="choice-name">${one.text}</span><span class="choice-why">${one.grid?.name ?? ''}</span></button></li>`), list)
}

function choose(one: Place): void {
  chosen = one
  place.value = one.text
  places = [one]
  drawPlaces()
}

async function search(): Promise<void> {
  const text = place.value.trim()
  chosen = null
  places = text ? (await get<{ items: Place[] }>(`/places/search?q=${encodeURIComponent(text)}`)).items.slice(0, 5) : []
  drawPlaces()
}

place.addEventListener('input', () => {
  window.clearTimeout(timer)
  timer = window.setTimeout(() => void search().catch(() => undefined), PAUSE_MS)
})

/** What the form says about the details that its kind declares. */
function details(): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const field of form.querySelectorAll<HTMLInputElement>('[data-detail]')) {
    const name = field.dataset.detail ?? ''
    if (field.type === 'checkbox') found[name] = field.checked
    else if (field.value !== '') found[name] = field.value
  }
  return found
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const title = byId<HTMLInputElement>('title').value.trim()
  const where = chosen ? { lon: chosen.lon, lat: chosen.lat, address: chosen.text } : { address: place.value.trim() }
  problem.hidden = true
  post<{ number: string }>('/matters', { kind: form.dataset.kind, title, details: details(), ...where }, key)
    .then((made) => location.assign(`/matters/${made.number}`))
    .catch((failure: unknown) => {
      // A refusal ends this attempt; without an answer the same key makes the next try harmless.
      if (!(failure instanceof Problem && failure.unreachable)) key = newKey()
      problem.textContent = problemText(failure)
      problem.hidden = false
    })
})
