import './css/pages.css'
import './css/ledger.css'
import { LedgerKeys } from './ledger/keys'
import { Picked } from './ledger/picked'
import { Runs } from './ledger/runs'
import { wireForms } from './ledger/forms'
import { watchChanges } from './ledger/changes'
import { get } from './shared/api'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'
import { t } from './shared/words'

wireHeader()
watchIdle()

const list = document.getElementById('ledger') as HTMLElement
const query = list.dataset.query ?? ''
const picked = new Picked(list)
const runs = new Runs(document.getElementById('runs') as HTMLElement)
new LedgerKeys(list, picked)
wireForms(query, picked, runs)
watchChanges(list)

const count = document.getElementById('count')
if (count?.dataset.exact === '0') {
  get<{ count: number }>(`/matters/count?${query}`)
    .then((answer) => { count.textContent = t('ledger.count', { n: answer.count.toLocaleString() }) })
    .catch(() => undefined)
}
