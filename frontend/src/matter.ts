import './css/pages.css'
import { MatterCard } from './matter/card'
import { get } from './shared/api'
import { connectionChip } from './shared/connection'
import { byId } from './shared/dom'
import { wireHeader } from './shared/header'
import { watchIdle } from './shared/idle'
import { Live } from './shared/live'
import type { Vocabulary } from './shared/types'
import { page } from './shared/words'

wireHeader()
watchIdle()

const number = page.number ?? ''
const card = new MatterCard(byId('matter'), { changed: (matter) => { document.title = `${matter.number} · ${matter.title}` } }, true)
const chip = connectionChip(byId('connection'))
new Live({
  onNews: (news) => { if (news.number === number) void card.open(number) },
  onReset: () => void card.open(number),
  onState: (state, silent_ms) => chip(state, silent_ms),
})
void card.open(number)
get<Vocabulary>('/vocabulary').then((vocabulary) => card.set({ vocabulary })).catch(() => undefined)
