import './css/pages.css'
import './css/registers.css'
import './css/views.css'
import './css/visits.css'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'

/** Pages of visits: the form works without any script; this fills in the place and hides what does not apply. */
function wireForm(form: HTMLFormElement): void {
  const met = form.querySelector<HTMLElement>('[data-met]')
  const follow = (): void => {
    const chosen = form.querySelector<HTMLInputElement>('input[name="outcome"]:checked')
    if (met && chosen) met.hidden = chosen.value !== 'met'
  }
  form.addEventListener('change', follow)
  follow()
  form.querySelector('[data-here]')?.addEventListener('click', () => here(form))
}

/** The position is asked for on purpose, once, for the place of this entry; nothing is followed. */
function here(form: HTMLFormElement): void {
  const said = form.querySelector<HTMLElement>('[data-here-said]')
  const field = (name: string): HTMLInputElement | null => form.querySelector(`input[name="${name}"]`)
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const lon = field('lon')
      const lat = field('lat')
      if (lon) lon.value = coords.longitude.toFixed(6)
      if (lat) lat.value = coords.latitude.toFixed(6)
      if (said) said.textContent = said.dataset.found ?? ''
    },
    () => { if (said) said.textContent = said.dataset.failed ?? '' },
    { enableHighAccuracy: true, timeout: 8000 },
  )
}

wireHeader()
watchIdle()
document.querySelectorAll<HTMLFormElement>('form[data-visit]').forEach(wireForm)
const box = document.getElementById('visit-map')
const spots = document.getElementById('visit-spots')?.textContent
if (box && spots) void import('./visits/map').then(({ showWeek }) => showWeek(box, JSON.parse(spots)))
