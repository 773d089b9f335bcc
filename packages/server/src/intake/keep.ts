import type { Store } from '../store/store.ts'
import type { Packed } from './pack.ts'

/** Where deliveries come from, in the tables that hold more than one source. */
export const source = 'github'

/** A delivery that was verified and waits for the disk. */
export interface Arrived extends Packed {
  id: string
  event: string
  receivedAt: number
}

/** Nine values each; a statement binds at most a thousand. */
const rowsMax = 100

/**
 * Keeps a group in one commit, each id once for ever, and says how many were new. READ COMMITTED on PostgreSQL: it must not
 * meet the commands of people, and the unique key is all that it needs. A crash before the commit leaves nothing and nobody
 * was answered; after it everything is there, answered or not.
 */
export function keepGroup(store: Store, group: readonly Arrived[]): Promise<number> {
  // In one order everywhere: two servers with the same deliveries must not wait for each other.
  const byId = new Map(group.toReversed().map(arrived => [arrived.id, arrived]))
  const sorted = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  return store.transact(
    async tx => {
      const fresh = new Set<string>()
      for (const part of partsOf(sorted)) {
        const rows = await tx.db
          .insertInto('delivery_seen')
          .values(part.map(({ id, receivedAt }) => ({ source, delivery_id: id, seen_at: receivedAt })))
          .onConflict(on => on.doNothing())
          .returning('delivery_id')
          .execute()
        for (const { delivery_id } of rows) fresh.add(delivery_id)
      }
      // In the order in which they arrived.
      for (const part of partsOf(group.filter(one => fresh.has(one.id) && byId.get(one.id) === one))) {
        await tx.db.insertInto('delivery').values(part.map(rowOf)).execute()
      }
      return fresh.size
    },
    { access: 'write one statement' },
  )
}

const rowOf = ({ id, event, encoding, body, bodyBytes, receivedAt }: Arrived) => ({
  source,
  delivery_id: id,
  event,
  encoding,
  body,
  body_bytes: bodyBytes,
  received_at: receivedAt,
})

const partsOf = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / rowsMax) }, (_, at) => all.slice(at * rowsMax, (at + 1) * rowsMax))
