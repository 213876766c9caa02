import { cleanupOutdatedCaches, createHandlerBoundToURL, matchPrecache, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

/**
 * The worker of the field app. It keeps one version of the shell, whole, and answers with it at once, line or no line. It never keeps what
 * the house says about anything or anybody: that lies sealed in the store of its user. A new version waits until it is told to take over.
 */
interface Scope {
  LINLI_SHELL: { version: string; files: PrecacheEntry[] }
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
  addEventListener(kind: 'message' | 'activate', run: (event: WorkerEvent) => void): void
}
interface WorkerEvent { data?: { kind?: string; language?: string }; ports?: readonly MessagePort[]; waitUntil(done: Promise<unknown>): void }

const scope = self as unknown as Scope
const CHOICES = 'linli-field-choices'
const LANGUAGE = '/field/language'
const FIRST = 'zh-hans'
const shellOf = (language: string): string => `/field/shell/${language}`

async function language(): Promise<string> {
  const kept = await (await caches.open(CHOICES)).match(LANGUAGE)
  return kept ? kept.text() : FIRST
}

async function learn(spoken: string, ports: readonly MessagePort[] | undefined): Promise<void> {
  if (await matchPrecache(shellOf(spoken))) await (await caches.open(CHOICES)).put(LANGUAGE, new Response(spoken))
  ports?.[0]?.postMessage('done')
}

precacheAndRoute(scope.LINLI_SHELL.files, { directoryIndex: '', cleanURLs: false })
cleanupOutdatedCaches()

const plain = createHandlerBoundToURL(shellOf(FIRST))
registerRoute(new NavigationRoute(async (options) => (await matchPrecache(shellOf(await language()))) ?? plain(options), { allowlist: [/^\/field\/?$/] }))

scope.addEventListener('message', (event) => {
  if (event.data?.kind === 'take-over') event.waitUntil(scope.skipWaiting())
  if (event.data?.kind === 'speak') event.waitUntil(learn(event.data.language ?? FIRST, event.ports))
})
// The first visit is served by the network; from then on the page is the worker's.
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()))
