import { html, nothing, render, type TemplateResult } from 'lit-html'
import { get, problemText } from '../shared/api'
import { icon } from '../shared/dom'
import { say, t } from '../shared/words'

export interface Run {
  id: string
  verb: string
  verb_words: { zh: string; en: string }
  state: 'queued' | 'running' | 'done' | 'failed'
  total: number
  done: number
  refused: number
  rows: { number: string; became: 'done' | 'refused' | 'unknown'; why: { zh: string; en: string } | null }[]
  unknown?: string[]
  href: string | null
}

const POLL_MS = 800
const KEPT = 'linli.ledger.runs'

/** What was begun from this list: it goes on when the page is left, and is here again when one comes back. */
export class Runs {
  private readonly runs = new Map<string, Run>()

  constructor(private readonly root: HTMLElement) {
    for (const id of JSON.parse(sessionStorage.getItem(KEPT) ?? '[]') as string[]) void this.follow(id)
  }

  show(run: Run): void {
    this.runs.set(run.id, { ...this.runs.get(run.id), ...run })
    this.keep()
    this.draw()
    if (run.state === 'done' && run.href) location.assign(run.href)
    else if (run.state !== 'done' && run.state !== 'failed') window.setTimeout(() => void this.follow(run.id), POLL_MS)
  }

  private async follow(id: string): Promise<void> {
    try {
      this.show(await get<Run>(`/runs/${id}`))
    } catch (failure) {
      if (!this.runs.has(id)) this.drop(id)
      else window.setTimeout(() => void this.follow(id), POLL_MS * 4)
      this.root.title = problemText(failure)
    }
  }

  private drop(id: string): void {
    this.runs.delete(id)
    this.keep()
    this.draw()
  }

  private keep(): void {
    sessionStorage.setItem(KEPT, JSON.stringify([...this.runs.values()].filter((run) => run.state !== 'done').map((run) => run.id)))
  }

  private draw(): void {
    render([...this.runs.values()].map((run) => this.box(run)), this.root)
  }

  private box(run: Run): TemplateResult {
    const over = run.state === 'done' || run.state === 'failed'
    const refused = run.rows.filter((row) => row.became !== 'done')
    return html`<section class="run-box" data-run=${run.id} data-state=${run.state} role="status"><header>
      ${icon(over ? (refused.length ? 'alert-triangle' : 'circle-check') : 'refresh')}
      <b>${say(run.verb_words)} · ${t(over ? 'run.over' : 'run.going', { done: run.done - run.refused, refused: run.refused + (run.unknown?.length ?? 0), total: run.total })}</b>
      ${run.href ? html`<a class="button is-small" href=${run.href}>${t('run.fetch')}</a>` : nothing}
      ${over ? html`<button type="button" class="button is-small is-quiet" @click=${() => this.drop(run.id)}>${t('action.close')}</button>
        ${run.verb === 'export' ? nothing : html`<button type="button" class="button is-small" @click=${() => location.reload()}>${t('ledger.reload')}</button>`}` : nothing}</header>
      ${over ? nothing : html`<progress max=${run.total} value=${run.done}></progress><p class="quiet">${t('run.may_leave')}</p>`}
      ${refused.length || run.unknown?.length ? html`<ul class="plain run-rows">${refused.map((row) => html`<li><a class="num" href="/matters/${row.number}">${row.number}</a> ${say(row.why)}</li>`)}
        ${(run.unknown ?? []).map((number) => html`<li><span class="num">${number}</span> ${t('run.unknown')}</li>`)}</ul>` : nothing}
    </section>`
  }
}
