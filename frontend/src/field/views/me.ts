import { html, nothing } from 'lit-html'
import { icon } from '../../shared/dom'
import { exact } from '../../shared/time'
import { lang, page, t } from '../../shared/words'
import type { Field } from '../app'
import { speak } from '../shell'
import type { View } from './frame'

let room = ''

/** The phone itself: whose it is now, what it holds, and how it is left. */
export function meView(field: Field): View {
  void measure(field)
  const { profile } = field
  const theme = document.documentElement.dataset.themeChoice ?? 'auto'
  return html`<h1 class="field-h1">${profile.name}</h1>
    <button type="button" class="big is-primary" data-lock @click=${() => field.lock()}>${icon('lock')} ${t('field.lock')}</button>
    <div class="field-tiles">
      <a class="field-tile" href="/phone">${icon('device-mobile')}<span>${t('field.phone_page')}</span></a>
      <a class="field-tile" href="/">${icon('layout-dashboard')}<span>${t('field.desk_pages')}</span></a></div>
    <section><h2>${t('field.settings')}</h2>
      <label class="field-switch"><span>${icon('wifi')} ${t('field.saves_data')}</span><input type="checkbox" role="switch" ?checked=${field.savesData} @change=${(event: Event) => void field.saveData((event.target as HTMLInputElement).checked)}></label>
      <div class="field-choices">${(['auto', 'light', 'dark'] as const).map((one) => html`<button type="button" class="choice" aria-pressed=${theme === one ? 'true' : 'false'} data-theme=${one} @click=${() => dress(field, one)}>${t(`field.theme_${one}`)}</button>`)}
        <button type="button" class="choice" lang=${lang === 'en' ? 'zh' : 'en'} @click=${() => void speak(lang === 'en' ? 'zh-hans' : 'en')}>${icon('language')} ${lang === 'en' ? '中文' : 'English'}</button></div></section>
    <section><h2>${t('field.this_phone')}</h2><dl class="field-values">
      <div><dt>${t('field.contact')}</dt><dd>${profile.contact_at ? exact(profile.contact_at) : t('field.never')}</dd></div>
      <div><dt>${t('field.expires')}</dt><dd>${profile.expires_at ? exact(profile.expires_at) : '—'}</dd></div>
      <div><dt>${t('field.taken')}</dt><dd>${field.items.length}</dd></div>
      <div><dt>${t('field.room')}</dt><dd>${room || '—'}</dd></div>
      <div><dt>${t('field.version')}</dt><dd>${page.version ?? ''}</dd></div></dl>
      ${field.others ? html`<p class="notice is-warning">${icon('users')} ${t('field.others_wait', { n: field.others })}</p>` : nothing}
      <button type="button" class="big is-plain" @click=${() => void field.makeRoom()}>${icon('trash')} ${t('field.make_room')}</button>
      ${Math.abs(profile.skew_ms) > 120_000 ? html`<p class="notice is-warning" data-clock>${icon('clock-exclamation')} ${t('field.wrong_clock', { m: Math.round(Math.abs(profile.skew_ms) / 60_000) })}</p>` : nothing}</section>`
}

async function measure(field: Field): Promise<void> {
  const told = await navigator.storage?.estimate?.()
  const text = told ? `${((told.usage ?? 0) / 1e6).toFixed(1)} MB / ${((told.quota ?? 0) / 1e9).toFixed(1)} GB` : ''
  if (text !== room) {
    room = text
    field.draw()
  }
}

function dress(field: Field, choice: string): void {
  document.cookie = `linli_theme=${choice}; path=/; max-age=31536000; samesite=lax`
  const dark = choice === 'dark' || (choice === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.themeChoice = choice
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light'
  field.draw()
}

