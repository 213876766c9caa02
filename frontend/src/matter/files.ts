import { html, nothing } from 'lit-html'
import { newKey, post, Problem, problemText } from '../shared/api'
import { icon } from '../shared/dom'
import { ago, exact } from '../shared/time'
import type { Attached, MatterDetail } from '../shared/types'
import { page, t } from '../shared/words'
import type { CardPart, MatterCard } from './card'

const KB = 1000
const size = (bytes: number): string => (bytes > KB * KB ? `${(bytes / KB / KB).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / KB))} kB`)

/** What was written down on the way, and room for one more line. What is typed stays until it is stored. */
export function notesPart(card: MatterCard, matter: MatterDetail): CardPart {
  if (!card.state.full) return nothing
  const send = (event: SubmitEvent): void => {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const text = String(new FormData(form).get('text') ?? '').trim()
    if (text) void card.act('note', `/matters/${matter.number}/notes`, { text }).then((made) => { if (made) form.reset() })
  }
  return html`<section class="part"><h3>${icon('message')} ${t('card.notes')}</h3>
    ${(matter.notes ?? []).map((one) => html`<p class="brief"><b>${one.text}</b><span class="quiet">${one.by}</span><time class="quiet" datetime=${one.at} title=${exact(one.at)}>${ago(one.at)}</time></p>`)}
    <form class="inline-form no-print" data-form="note" @submit=${send}><label>${t('card.note_new')}<textarea name="text" rows="2" maxlength="4000"></textarea></label>
      <div class="card-line actions"><button class="button is-small" ?disabled=${card.state.busy !== ''}>${t('action.send')}</button></div></form></section>`
}

export function filesPart(card: MatterCard, matter: MatterDetail): CardPart {
  const rows = matter.files ?? []
  if (!card.state.full && !rows.length) return nothing
  const { sent } = card.state
  return html`<section class="part"><h3>${icon('file-text')} ${t('card.files')} <span class="quiet">${rows.length || ''}</span></h3>
    ${rows.length ? html`<ul class="files">${rows.map((one) => fileRow(card, one))}</ul>` : html`<p class="quiet">${t('card.no_files')}</p>`}
    ${sent ? html`<p role="status">${t('card.file_sending', { name: sent.name, percent: Math.round(sent.share * 100) })}</p><progress max="1" value=${sent.share}></progress>` : nothing}
    ${card.state.full ? html`<label class="button is-small no-print">${icon('upload')} ${t('card.file_add')}<input class="sr" type="file" data-file ?disabled=${sent !== null}
      accept=".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.mp3,.mp4,.m4a" @change=${(event: Event) => void chosen(card, event.target as HTMLInputElement)}></label>
      <p class="quiet machine no-print">${t('card.file_rules')}</p>` : nothing}</section>`
}

function fileRow(card: MatterCard, one: Attached): CardPart {
  return html`<li data-file-id=${one.id}>${one.picture ? html`<a href=${one.href} target="_blank" rel="noopener"><img src=${one.href} alt="" loading="lazy"></a>` : icon('file-text')}
    <span class="file-name"><a href=${one.href} target="_blank" rel="noopener">${one.name}</a><br><span class="quiet">${size(one.bytes)} · ${one.by} · ${ago(one.at)}</span></span>
    ${card.state.full ? html`<button type="button" class="button is-small is-quiet no-print" @click=${() => void card.act(`drop:${one.id}`, `/files/${one.id}/drop`)}>${t('card.file_drop')}</button>` : nothing}</li>`
}

async function chosen(card: MatterCard, input: HTMLInputElement): Promise<void> {
  const file = input.files?.[0]
  if (!file) return
  try {
    await upload(card, file)
    card.set({ sent: null, problem: '' })
    await card.open(card.number)
  } catch (failure) {
    card.set({ sent: null, problem: problemText(failure) })
  }
  input.value = ''
}

/** In pieces, each of which may be sent again: a broken line costs one piece, not the file. */
async function upload(card: MatterCard, file: File): Promise<void> {
  card.set({ sent: { name: file.name, share: 0 } })
  const begun = await post<{ id: string; piece_bytes: number; pieces: number }>('/uploads', { name: file.name, bytes: file.size })
  for (let piece = 0; piece < begun.pieces; piece += 1) {
    await sendPiece(`/uploads/${begun.id}/pieces/${piece}`, file.slice(piece * begun.piece_bytes, (piece + 1) * begun.piece_bytes))
    card.set({ sent: { name: file.name, share: (piece + 1) / (begun.pieces + 1) } })
  }
  await post(`/matters/${card.number}/uploads`, { upload: begun.id })
}

const TRIES = 4

async function sendPiece(path: string, body: Blob): Promise<void> {
  const csrf = document.querySelector<HTMLMetaElement>('meta[name=csrf]')?.content ?? ''
  const key = newKey()
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(page.api + path, {
        method: 'POST', body, credentials: 'same-origin', headers: { 'Content-Type': 'application/octet-stream', 'X-CSRFToken': csrf, 'Idempotency-Key': key },
      })
      if (answer.ok) return
      const problem = (await answer.json()) as { code?: string; title?: string }
      throw new Problem(answer.status, problem.code ?? '', problem.title ?? t('error.server', { status: answer.status }))
    } catch (failure) {
      if (failure instanceof Problem || attempt === TRIES) throw failure instanceof Problem ? failure : new Problem(0, 'unreachable', t('error.unreachable'))
      await new Promise((again) => { window.setTimeout(again, 500 * attempt) })
    }
  }
}
