import { newKey, post, Problem, problemText } from '../shared/api'
import { byId } from '../shared/dom'
import { toast } from '../shared/toast'
import { page, t } from '../shared/words'
import type { Picked } from './picked'
import type { Run, Runs } from './runs'

const NEEDS: Record<string, string> = { assign: 'assignee', note: 'text', settle: 'outcome', link: 'main' }

const failed = (failure: unknown): void => toast(problemText(failure), 'danger')

/** Dialogs and buttons of the ledger. A refused form keeps what was written in it. */
export function wireForms(query: string, picked: Picked, runs: Runs): void {
  wireBulk(picked, runs)
  wireExport(query, picked, runs)
  wireSaved(query)
  wireColumns()
  wireTemplate()
}

function wireBulk(picked: Picked, runs: Runs): void {
  const box = byId<HTMLDialogElement>('bulk-box')
  const form = byId<HTMLFormElement>('bulk-form')
  let verb = ''
  let key = newKey()
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-verb]')) {
    button.addEventListener('click', () => {
      verb = button.dataset.verb ?? ''
      key = newKey()
      byId('bulk-what').textContent = t('ledger.bulk_what', { verb: button.dataset.words ?? '', n: picked.all.length })
      for (const field of form.querySelectorAll<HTMLElement>('[data-need]')) {
        field.hidden = field.dataset.need !== NEEDS[verb]
        const input = field.querySelector<HTMLInputElement>('input, select, textarea')
        if (input) input.required = !field.hidden
      }
      box.showModal()
      form.querySelector<HTMLElement>('label:not([hidden]) :is(input, select, textarea)')?.focus()
    })
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const facts = Object.fromEntries([...new FormData(form)].filter(([name, value]) => name === NEEDS[verb] && value !== ''))
    post<Run>('/matters/bulk', { verb, numbers: picked.all, ...facts }, key)
      .then((run) => {
        box.close()
        form.reset()
        picked.clear()
        runs.show(run)
      })
      .catch((failure: unknown) => {
        if (!(failure instanceof Problem && failure.unreachable)) key = newKey()
        failed(failure)
      })
  })
}

function wireExport(query: string, picked: Picked, runs: Runs): void {
  const ask = (body: unknown): void => { post<Run>('/matters/export', body).then((run) => runs.show(run)).catch(failed) }
  document.querySelector('[data-export]')?.addEventListener('click', () => ask({ filters: Object.fromEntries(new URLSearchParams(query)) }))
  document.querySelector('[data-export-picked]')?.addEventListener('click', () => ask({ numbers: picked.all }))
}

function wireSaved(query: string): void {
  const form = byId<HTMLFormElement>('save-form')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const said = new FormData(form)
    post('/filters', { name: said.get('name'), query, shared_with: said.get('shared_with') }).then(() => location.reload()).catch(failed)
  })
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-drop]')) {
    button.addEventListener('click', () => {
      post(`/filters/${button.dataset.drop}/drop`).then(() => button.closest('li')?.remove()).catch(failed)
    })
  }
}

function wireColumns(): void {
  const form = byId<HTMLFormElement>('columns-form')
  const save = (columns: string[]): void => { post('/ledger/columns', { columns }).then(() => location.reload()).catch(failed) }
  form.addEventListener('click', (event) => {
    const line = (event.target as HTMLElement).closest('[data-up]')?.closest('li')
    if (line?.previousElementSibling) line.previousElementSibling.before(line)
  })
  form.querySelector('[data-default]')?.addEventListener('click', () => save([]))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    save([...form.querySelectorAll<HTMLInputElement>('input:checked')].map((box) => box.name))
  })
}

function wireTemplate(): void {
  const input = document.getElementById('template') as HTMLInputElement | null
  input?.addEventListener('change', () => {
    const file = input.files?.[0]
    if (!file) return
    const body = new FormData()
    body.set('file', file)
    const csrf = document.querySelector<HTMLMetaElement>('meta[name=csrf]')?.content ?? ''
    fetch(`${page.api}/ledger/template`, { method: 'POST', body, credentials: 'same-origin', headers: { 'X-CSRFToken': csrf, 'Idempotency-Key': newKey() } })
      .then(async (answer) => {
        const said = (await answer.json()) as { title?: string }
        toast(answer.ok ? t('ledger.template_set') : said.title ?? String(answer.status), answer.ok ? 'ok' : 'danger')
      })
      .catch(failed)
      .finally(() => { input.value = '' })
  })
}
