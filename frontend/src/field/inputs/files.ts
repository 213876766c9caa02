import { html, nothing } from 'lit-html'
import { icon } from '../../shared/dom'
import { span } from '../../shared/time'
import { t } from '../../shared/words'
import type { Field } from '../app'
import { keepFile, Recording, shrunk } from '../media'
import { isFile } from '../sheet'
import { StorageFull } from '../store'
import type { FileRef } from '../types'
import type { View } from '../views/frame'
import type { Asked } from './plain'

const MOST_PHOTOS = 9
const urls = new Map<string, string>()
const fetching = new Set<string>()
const problems = new Map<string, string>()
let recording: { id: string; run: Recording } | null = null

const filesIn = (value: unknown): FileRef[] => (Array.isArray(value) ? value.filter(isFile) : [])

/** Adds a file to an input. When the phone has no room this says so and the rest of the form stays as it is. */
export async function add(field: Field, { sheet, part, input, id }: Asked, blob: Blob, stem: string): Promise<void> {
  problems.delete(id)
  try {
    const ref = await keepFile(field.store, blob, stem)
    const now = filesIn(part.values[input.name])
    await field.lookForRoom()
    if (!now.some((one) => one.sha256 === ref.sha256)) sheet.set(part, input.name, input.kind === 'signature' ? [ref] : [...now, ref])
  } catch (failure) {
    if (failure instanceof StorageFull) field.full = true
    problems.set(id, t(failure instanceof StorageFull ? 'field.full_photo' : 'field.file_unread'))
  }
  field.draw()
}

/** A picture as large as it is needed, and no larger. */
export async function addPhoto(field: Field, asked: Asked, file: File): Promise<void> {
  const small = file.type.startsWith('image/') ? await shrunk(file).catch(() => file as Blob) : file
  await add(field, asked, small, `photo-${new Date().toISOString().slice(0, 19).replace(/\D/g, '')}`)
}

function urlOf(field: Field, file: FileRef): string {
  const known = urls.get(file.sha256)
  if (known || fetching.has(file.sha256)) return known ?? ''
  fetching.add(file.sha256)
  void field.store.blob(file.sha256).then((blob) => {
    if (blob) urls.set(file.sha256, URL.createObjectURL(blob))
    field.draw()
  })
  return ''
}

export function filePreview(field: Field, file: FileRef, kind: string, remove: (() => void) | null): View {
  const url = urlOf(field, file)
  const picture = file.media_type.startsWith('image/')
  return html`<span class="field-file" data-file=${file.sha256}>
    ${picture && url ? html`<img src=${url} alt=${file.name} class=${kind === 'signature' ? 'is-signature' : ''}>` : file.media_type.startsWith('audio/') && url ? html`<audio controls src=${url}></audio>` : html`${icon('file')} ${file.name}`}
    ${remove ? html`<button type="button" class="icon-button" @click=${remove}>${icon('x')}<span class="sr">${t('field.remove')}</span></button>` : nothing}</span>`
}

const problem = (id: string): View => (problems.has(id) ? html`<p class="is-danger" role="alert">${icon('alert-triangle')} ${problems.get(id)}</p>` : nothing)

export function photoInput(field: Field, asked: Asked): View {
  const { sheet, part, input, id } = asked
  const files = filesIn(asked.value)
  const most = input.most ?? (input.kind === 'file' ? 1 : MOST_PHOTOS)
  const take = async (event: Event): Promise<void> => {
    const box = event.target as HTMLInputElement
    for (const file of [...(box.files ?? [])].slice(0, most - files.length)) await addPhoto(field, asked, file)
    box.value = ''
  }
  return html`<div class="field-files">${files.map((one) => filePreview(field, one, input.kind, () => sheet.set(part, input.name, files.filter((other) => other !== one))))}</div>
    ${files.length < most ? html`<label class="big is-plain field-take">${icon('camera')} ${t(files.length ? 'field.another' : input.kind === 'file' ? 'field.take_file' : 'field.take')}<input id=${id} type="file" accept=${input.kind === 'file' ? '*/*' : 'image/*'} capture=${input.kind === 'file' ? nothing : 'environment'} aria-describedby="${id}-note" @change=${(event: Event) => void take(event)}></label>` : nothing}${problem(id)}`
}

/** Listens until it is stopped, and keeps what was said. */
export async function listen(field: Field, asked: Asked): Promise<void> {
  const { id } = asked
  problems.delete(id)
  try {
    const run = await Recording.start()
    recording = { id, run }
    field.draw()
    const blob = await run.done
    recording = null
    if (blob.size) await add(field, asked, blob, `voice-${new Date(run.started).toISOString().slice(0, 19).replace(/\D/g, '')}`)
  } catch {
    problems.set(id, t('field.no_microphone'))
  }
  field.draw()
}

export function voiceInput(field: Field, asked: Asked): View {
  const { sheet, part, input, id } = asked
  const files = filesIn(asked.value)
  const running = recording?.id === id
  return html`${files.map((one) => filePreview(field, one, input.kind, () => sheet.set(part, input.name, files.filter((other) => other !== one))))}
    <button type="button" class="big ${running ? 'is-primary' : 'is-plain'}" data-voice @click=${() => (running ? recording?.run.stop() : void listen(field, asked))}>${icon(running ? 'player-stop' : 'microphone')} ${running ? t('field.stop', { s: span((Date.now() - (recording?.run.started ?? 0)) / 1000) }) : t('field.speak')}</button>${problem(id)}`
}
