import { connectionChip } from '../shared/connection'
import { Live } from '../shared/live'
import { t } from '../shared/words'

/**
 * The list while others work: rows keep their place and their words, a changed one is marked, new ones are announced above.
 * Nothing is moved or inserted under the finger; the reader says when.
 */
export function watchChanges(list: HTMLElement): void {
  const chip = document.getElementById('connection')
  const bar = document.getElementById('news')
  const rows = new Map([...list.querySelectorAll<HTMLElement>('tr[data-number]')].map((row) => [row.dataset.id ?? '', row]))
  const fresh = new Set<string>()
  const changed = new Set<string>()
  const say = (): void => {
    if (!bar || (!fresh.size && !changed.size)) return
    const words = [fresh.size ? t('ledger.news', { n: fresh.size }) : '', changed.size ? t('ledger.changed', { n: changed.size }) : '']
    bar.hidden = false
    bar.replaceChildren(document.createTextNode(words.filter(Boolean).join(' · ')), again())
  }
  const again = (): HTMLButtonElement => {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'button is-small'
    button.textContent = t('ledger.reload')
    button.addEventListener('click', () => location.reload())
    return button
  }
  let begun = false
  new Live({
    onNews: (news) => {
      const row = rows.get(news.id)
      if (row && Number(news.version ?? 0) > Number(row.dataset.version ?? 0)) {
        row.classList.add('is-changed')
        row.title = t('ledger.row_changed')
        changed.add(news.id)
        say()
      } else if (!row && (news.act === 'matter.open' || news.act === 'incident.take') && news.subject === 'matters.matter') {
        fresh.add(news.id)
        say()
      }
    },
    onReset: () => { begun = true },
    onState: (state, silent_ms) => { if (chip) connectionChip(chip)(state, silent_ms) },
  })
  document.addEventListener('visibilitychange', () => { if (begun && !document.hidden) say() })
}
