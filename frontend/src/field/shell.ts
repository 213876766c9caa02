/** The app's own worker: it keeps the shell, and nothing else. A new version waits until it is told to come. */
let held: ServiceWorkerRegistration | null = null
let asked = false
const ASKED_AT_MOST = 6
const ASK_AGAIN_MS = 1_000

export async function startWorker(waits: (apply: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  held = await navigator.serviceWorker.register('/field/sw.js', { scope: '/field/', updateViaCache: 'none' })
  void navigator.serviceWorker.ready.then(() => { document.documentElement.dataset.worker = 'ready' })
  const found = (worker: ServiceWorker | null): void => {
    // The very first worker has nothing to replace: it is not an update.
    if (worker?.state === 'installed' && navigator.serviceWorker.controller) waits(apply)
  }
  found(held.waiting)
  held.addEventListener('updatefound', () => {
    const coming = held?.installing
    coming?.addEventListener('statechange', () => found(coming))
  })
  window.setInterval(() => navigator.onLine && void held?.update().catch(() => undefined), 1_800_000)
  document.addEventListener('visibilitychange', () => !document.hidden && navigator.onLine && void held?.update().catch(() => undefined))
}

/**
 * Everything that was written lies in the store: coming back with the new version finds it again. Whoever waits now is asked, and asked again:
 * a newer one may have taken the place of the one that was announced, and the old one is let go only when it has nothing in hand. Whoever
 * pressed the button is never left standing: without an answer the page is opened anew, and the offer stands there again.
 */
function apply(): void {
  if (asked) return
  asked = true
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  let left = ASKED_AT_MOST
  const ask = (): void => {
    const waiting = held?.waiting ?? held?.installing
    if (!waiting || left-- <= 0) return location.reload()
    waiting.postMessage({ kind: 'take-over' })
    window.setTimeout(ask, ASK_AGAIN_MS)
  }
  ask()
}

/** The other language: told to the house for its own pages, and to the worker, which has both shells. */
export async function speak(language: string): Promise<void> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ''
  if (token) {
    await fetch('/i18n/set', { method: 'POST', body: new URLSearchParams({ language, csrfmiddlewaretoken: token, next: '/field/' }), redirect: 'manual' }).catch(() => undefined)
  }
  const worker = held?.active ?? navigator.serviceWorker?.controller
  if (!worker) return location.reload()
  const channel = new MessageChannel()
  channel.port1.onmessage = () => location.reload()
  worker.postMessage({ kind: 'speak', language }, [channel.port2])
}
