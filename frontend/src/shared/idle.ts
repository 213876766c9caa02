/** Leaves the page when nobody has touched it for as long as the server allows: the session is over there too. */
export function watchIdle(): void {
  const limit_s = Number(document.body.dataset.idleS ?? 0)
  if (!limit_s) return
  let touched = Date.now()
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
    window.addEventListener(kind, () => { touched = Date.now() }, { passive: true, capture: true })
  }
  window.setInterval(() => {
    if (Date.now() - touched < limit_s * 1000) return
    document.querySelector<HTMLFormElement>('form[data-sign-out]')?.submit()
  }, 5000)
}
