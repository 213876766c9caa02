import './css/pages.css'
import './css/views.css'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'

/** Pages of figures and lists. The officer's day is fetched anew while somebody looks at it, and only its list is exchanged. */
const EVERY_MS = 60_000

async function renew(): Promise<void> {
  const held = document.getElementById('day')
  if (!held || document.hidden || !navigator.onLine) return
  try {
    const answer = await fetch(location.href, { headers: { 'X-Requested-With': 'renew' } })
    if (!answer.ok || answer.redirected) return
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('day')
    // Nothing moves under a finger: a list that says the same stays as it is.
    if (fresh && fresh.innerHTML !== held.innerHTML && !held.contains(document.activeElement)) held.innerHTML = fresh.innerHTML
  } catch {
    // Without a line the page stays as it was; the chip in the header says so.
  }
}

wireHeader()
watchIdle()
if (document.getElementById('day')) {
  window.setInterval(() => void renew(), EVERY_MS)
  document.addEventListener('visibilitychange', () => void renew())
}
