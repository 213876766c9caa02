import { seconds } from './time'
import type { Matter, Order } from './types'

/** Where a matter stands for the person at the desk: its state, refined by what its orders say. */
export type Stage =
  | 'waiting' | 'unsigned' | 'signed' | 'under_way' | 'on_scene' | 'done' | 'fed_back' | 'closed' | 'handed_over' | 'void' | 'open' | 'assigned' | 'settled'

/** An order not signed for this long is loud. Only for sound and colour: the ladder itself is the server's. */
export const UNSIGNED_S = 30

const GONE: ReadonlySet<string> = new Set(['declined', 'recalled'])
export const liveOrders = (matter: Matter): Order[] => matter.orders.filter((order) => !GONE.has(order.state))

export function stageOf(matter: Matter): Stage {
  if (matter.state !== 'ordered') return matter.state as Stage
  const states = new Set(liveOrders(matter).map((order) => order.state))
  if (states.has('arrived')) return 'on_scene'
  if (states.has('under_way')) return 'under_way'
  if (states.has('signed')) return 'signed'
  return 'unsigned'
}

/** The oldest order whose time to be signed is up, while nobody else has signed for the call either. */
export function overdueOrder(matter: Matter): Order | null {
  if (matter.state !== 'ordered') return null
  const orders = liveOrders(matter)
  if (orders.some((order) => order.signed_at !== null)) return null
  return orders.find((order) => (seconds(order.ordered_at) ?? 0) > UNSIGNED_S) ?? null
}

export const ENDED: ReadonlySet<string> = new Set(['closed', 'void'])
const FINISHED: ReadonlySet<string> = new Set(['done', 'fed_back', 'closed', 'handed_over', 'void', 'settled'])

/** 0 needs somebody now, 1 runs by itself, 2 is over but for the paper. The queue is sorted by it. */
export function urgency(matter: Matter): 0 | 1 | 2 {
  if (matter.state === 'waiting') return 0
  if (FINISHED.has(matter.state)) return 2
  return overdueOrder(matter) ? 0 : 1
}
