import { render } from 'lit-html'
import { Problem, problemText } from '../shared/api'
import { byId } from '../shared/dom'
import { t } from '../shared/words'
import { isClosed, register, sayWiped, session, type Session } from './house'
import { deviceOf, enrol, isPlain, PIN_DIGITS, profiles, touch, tryPin, type Profile } from './profiles'
import { Store } from './store'
import { gateView } from './views/gate'

/** Told before a sign-in that was asked for because of a PIN: a session that was lying around is not enough to set a new one. */
const FRESH = 'linli-field-fresh'
const TICK_MS = 1000

export type Screen = 'wait' | 'pin' | 'new' | 'again' | 'sign_in' | 'closed' | 'people' | 'insecure' | 'elsewhere'

/** The door of the app: whose store, and his PIN. Behind it stands `Field`; before it nothing is readable. */
export class Gate {
  screen: Screen = 'wait'
  all: Profile[] = []
  profile: Profile | null = null
  session: Session | null = null
  typed = ''
  first = ''
  problem = ''
  waits_s = 0
  busy = false
  /** Somebody has said himself whose store is meant: who is signed in, told late by a slow line, does not overrule him. */
  private own = false
  private readonly root = byId('field')

  constructor(private readonly opened: (profile: Profile, key: CryptoKey) => Promise<void>) {}

  async start(): Promise<void> {
    this.root.replaceChildren()
    if (!crypto.subtle || !('indexedDB' in window)) return this.show('insecure')
    document.addEventListener('keydown', this.typedKey)
    window.setInterval(() => this.countDown(), TICK_MS)
    this.all = await profiles()
    const last = this.all[0] ?? null
    if (last) this.choose(last)
    await this.ask()
    if (!last && this.screen === 'wait') this.show('sign_in')
  }

  /** Who is signed in decides whose store is meant; without a line the last one who used it. */
  private async ask(): Promise<void> {
    if (!navigator.onLine) return
    try {
      this.session = await session()
    } catch {
      return this.draw()
    }
    for (const one of this.all) if (await isClosed(one.device).catch(() => false)) await this.close(one)
    const known = this.all.find((one) => one.person === this.session?.person)
    const fresh = sessionStorage.getItem(FRESH) !== null
    if (this.session.person && !known) this.show('new')
    else if (known && fresh) this.forNewPin(known)
    else if (known && !this.typed && !this.own && known !== this.profile) this.choose(known)
    else this.draw()
  }

  private async close(profile: Profile): Promise<void> {
    if (profile.closed !== 'wipe') {
      await touch(profile, { by_pin: null, closed: 'wipe', expires_at: null })
      await Store.shed(profile.person)
      await sayWiped(profile.device).catch(() => undefined)
    }
    if (this.profile === profile) this.show('closed')
  }

  choose(profile: Profile): void {
    this.profile = profile
    this.typed = ''
    this.problem = ''
    this.show(profile.by_pin ? 'pin' : 'closed')
  }

  others(): void {
    this.own = true
    this.show('people')
  }

  private forNewPin(profile: Profile): void {
    this.profile = profile
    this.show('new')
  }

  show(screen: Screen): void {
    this.screen = screen
    this.typed = ''
    this.draw()
  }

  draw(): void {
    render(gateView(this), this.root)
  }

  private countDown(): void {
    if (this.waits_s <= 0) return
    this.waits_s -= 1
    this.draw()
  }

  private readonly typedKey = (event: KeyboardEvent): void => {
    if (/^\d$/.test(event.key)) void this.digit(event.key)
    else if (event.key === 'Backspace') this.erase()
  }

  erase(): void {
    this.typed = this.typed.slice(0, -1)
    this.draw()
  }

  async digit(one: string): Promise<void> {
    if (this.busy || this.waits_s > 0 || !['pin', 'new', 'again'].includes(this.screen)) return
    this.problem = ''
    this.typed += one
    this.draw()
    if (this.typed.length < PIN_DIGITS) return
    this.busy = true
    this.draw()
    try {
      if (this.screen === 'pin') await this.tryIt()
      else await this.setIt()
    } catch (failure) {
      this.problem = failure instanceof Problem ? problemText(failure) : t('field.pin_failed')
      this.typed = ''
    }
    this.busy = false
    if (this.root.isConnected && this.screen !== 'wait') this.draw()
  }

  private async tryIt(): Promise<void> {
    if (!this.profile) return
    const told = await tryPin(this.profile, this.typed)
    this.typed = ''
    if (told.kind === 'open') return this.enter(this.profile, told.key)
    if (told.kind === 'wait') this.waits_s = told.s
    if (told.kind === 'wrong') this.problem = t('field.pin_wrong', { n: told.left })
    if (told.kind === 'closed') {
      await Store.shed(this.profile.person)
      this.show('closed')
    }
    const wait_ms = (this.profile.next_try_at ?? 0) - Date.now()
    if (told.kind === 'wrong' && wait_ms > 0) this.waits_s = Math.ceil(wait_ms / 1000)
  }

  private async setIt(): Promise<void> {
    if (this.screen === 'new') {
      if (isPlain(this.typed)) {
        this.problem = t('field.pin_plain')
        this.typed = ''
        return
      }
      this.first = this.typed
      return this.show('again')
    }
    if (this.typed !== this.first) {
      this.problem = t('field.pin_differs')
      return this.show('new')
    }
    const pin = this.typed
    const person = this.session?.person ?? ''
    const device = await deviceOf(person)
    const told = await register(device)
    if (told.wipe) return this.show('closed')
    const made = await enrol(person, this.session?.name ?? '', device, pin, told.recovery)
    sessionStorage.removeItem(FRESH)
    await this.enter(made.profile, made.key)
  }

  private async enter(profile: Profile, key: CryptoKey): Promise<void> {
    this.screen = 'wait'
    document.removeEventListener('keydown', this.typedKey)
    await this.opened(profile, key)
  }

  /** Another person, or a PIN that is lost: whoever was signed in goes first, then the whole sign-in. */
  async signInAnew(forPin: boolean): Promise<void> {
    this.busy = true
    this.draw()
    try {
      const now = await session()
      if (now.person) {
        await fetch('/account/logout/', { method: 'POST', headers: { 'X-CSRFToken': now.csrf ?? '' }, credentials: 'same-origin', redirect: 'manual' })
      }
      if (forPin) sessionStorage.setItem(FRESH, '1')
      location.assign(`/sign-in/?next=${encodeURIComponent('/field/')}`)
    } catch {
      this.busy = false
      this.problem = t('field.needs_line')
      this.draw()
    }
  }
}
