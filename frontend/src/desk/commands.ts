import type { MatterCard } from '../matter/card'
import type { Command } from '../shared/palette'
import { stateIcon } from '../shared/parts'
import { span } from '../shared/time'
import { say, t } from '../shared/words'

interface Places { intake: () => void; queue: () => void; units: () => void; first: () => void; sounds: () => void; keys: () => void }

const NEXT_BY_RADIO: Record<string, string> = { ordered: 'sign', delivered: 'sign', signed: 'set_out', under_way: 'arrive', arrived: 'finish' }
const RECALLABLE = new Set(['ordered', 'delivered', 'signed', 'under_way'])

/** Everything that may be done to the open matter now, each with its own key where it has one. */
export function matterCommands(card: MatterCard): Command[] {
  const matter = card.state.matter
  if (!matter) return []
  const group = `${matter.number} ${matter.title}`
  const act = (words: string, icon: string, run: () => unknown, key?: string, also?: string): Command => ({ words, icon, group, run: () => void run(), ...(key ? { key } : {}), ...(also ? { also } : {}) })
  return [
    ...card.choices.map((one, at) => act(`${t('action.order')} ${one.unit.call_sign} ${span(one.eta_s)}`, 'car', () => card.order(one.unit.id), String(at + 1), 'order')),
    ...matter.orders.flatMap((order) => {
      const next = NEXT_BY_RADIO[order.state]
      return [
        ...(next ? [act(`${order.unit.call_sign} ${t(`radio.${next}`)}`, 'radio', () => card.orderMove(order.id, next, { by_radio: true }), next === 'sign' ? 'A' : undefined, 'radio')] : []),
        ...(RECALLABLE.has(order.state) ? [act(`${t('action.recall')} ${order.unit.call_sign}`, 'arrow-back-up', () => card.recall(order.id), 'R', 'recall')] : []),
      ]
    }),
    ...matter.moves.filter((offer) => offer.may && offer.name !== 'order' && offer.name !== 'hand_over')
      .map((offer) => act(say(offer), stateIcon('open'), () => (offer.needs.length ? card.set({ form: `move:${offer.name}` }) : card.move(offer, null)), undefined, `${offer.name} ${offer.en}`)),
    ...card.state.similar.slice(0, 1).map((one) => act(`${t('action.link')} ${one.title || one.number}`, 'link', () => card.link(one.number), 'L', 'link same')),
    ...matter.links.filter((link) => !link.undone).slice(0, 1).map((link) => act(`${t('action.unlink')} ${link.number}`, 'unlink', () => card.unlink(link.id), 'U', 'unlink')),
    act(t('action.handover'), 'arrow-forward-up', () => card.set({ form: 'handover' }), 'H', 'handover partner'),
    act(t(matter.lon === null ? 'action.place_on_map' : 'action.move_on_map'), 'map-2', () => card.pickPlace(), 'P', 'place map'),
  ]
}

/** Where the desk's own keys lead. */
export function deskCommands(places: Places): Command[] {
  const group = t('palette.desk')
  return [
    { words: t('desk.take'), icon: 'phone-incoming', group, key: '/', also: 'intake call new', run: places.intake },
    { words: t('desk.first'), icon: 'alarm', group, key: 'G', also: 'first waiting', run: places.first },
    { words: t('desk.queue'), icon: 'list', group, key: 'Q', also: 'queue', run: places.queue },
    { words: t('desk.units'), icon: 'car', group, key: 'S', also: 'units', run: places.units },
    { words: t('desk.sounds'), icon: 'bell', group, also: 'sound volume night test', run: places.sounds },
    { words: t('desk.keys'), icon: 'keyboard', group, key: '?', also: 'keys help', run: places.keys },
  ]
}
