const PING_MS = 60_000

/** Tells the server that somebody is there: polls and live streams alone do not keep a session. */
export function stillHere(): void {
  const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ''
  void fetch('/still-here', { method: 'POST', headers: { 'X-CSRFToken': csrf }, credentials: 'same-origin' }).catch(() => undefined)
}

/** Leaves the page when nobody has touched it for as long as the server allows: the session is over there too. */
export function watchIdle(): void {
  const limit_s = Number(document.body.dataset.idleS ?? 0)
  if (!limit_s) return
  let touched = Date.now()
  let told = Date.now()
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
    window.addEventListener(kind, () => { touched = Date.now() }, { passive: true, capture: true })
  }
  window.setInterval(() => {
    if (touched > told && Date.now() - told > PING_MS) {
      told = Date.now()
      stillHere()
    }
    if (Date.now() - touched < limit_s * 1000) return
    document.querySelector<HTMLFormElement>('form[data-sign-out]')?.submit()
  }, 5000)
}
