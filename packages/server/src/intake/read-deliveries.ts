import { sql } from 'kysely'
import type { JobHandler } from '../jobs/runner.ts'
import type { Rx, Store, Tx } from '../store/store.ts'
import { eraseOld } from './erase.ts'
import { type InterpretDelivery, type Interpreted, interpret } from './interpret.ts'
import { source } from './keep.ts'
import { unpackBody } from './pack.ts'

/** One commit for so many at most; so many bytes are unpacked at once, and always one delivery. */
const batchCountMax = 200
const batchBytesMax = 4 * 1024 * 1024
/** Whatever nobody asked for is found within this time. */
const sweepMs = 60_000
/** Names of what is not understood that are counted one by one; a sender could think of any number. */
const namesMax = 500

export interface ReadingParts {
  store: Store
  nowMs(): number
  interpretDelivery: InterpretDelivery
}

/**
 * Reads what intake kept, in the order it was kept, and files each as understood or not. One job that is never done: asked
 * for by intake, and by itself each minute, so that a server that died between keeping and asking leaves nothing unread.
 */
export const readDeliveries =
  ({ store, nowMs, interpretDelivery }: ReadingParts): JobHandler =>
  async ({ signal }) => {
    while (!signal.aborted) {
      const rows = await store.read(unread)
      if (rows.length === 0) break
      const read: ReadRow[] = []
      for (const row of rows) {
        const bytes = await unpackBody({ encoding: row.encoding, body: row.body, bodyBytes: row.body_bytes })
        read.push({ ...row, ...interpret({ event: row.event, bytes, receivedAt: row.received_at }, interpretDelivery) })
        // Reading waits for nobody, and people and deliveries must not wait for it.
        await new Promise(resolve => setImmediate(resolve))
      }
      await store.transact(tx => file(tx, read, nowMs()))
    }
    await eraseOld(store, nowMs())
    return { againAt: nowMs() + sweepMs }
  }

type UnreadRow = Awaited<ReturnType<typeof unread>>[number]
type ReadRow = Pick<UnreadRow, 'seq' | 'event' | 'received_at'> & Interpreted

async function unread(rx: Rx) {
  const next = await rx.db
    .selectFrom('delivery')
    .select(['seq', 'body_bytes'])
    .where('read_at', 'is', null)
    .orderBy('seq')
    .limit(batchCountMax)
    .execute()
  let bytes = 0
  const fits = next.filter(({ body_bytes }, at) => {
    bytes += body_bytes
    return at === 0 || bytes <= batchBytesMax
  })
  if (fits.length === 0) return []
  return rx.db
    .selectFrom('delivery')
    .select(['seq', 'event', 'encoding', 'body', 'body_bytes', 'received_at'])
    .where(
      'seq',
      'in',
      fits.map(({ seq }) => seq),
    )
    .orderBy('seq')
    .execute()
}

/** Few statements for many rows: those that are filed alike are filed by one. */
async function file(tx: Tx, rows: readonly ReadRow[], at: number): Promise<void> {
  const filed: (ReadRow & { superseded: 0 | 1 })[] = []
  for (const row of rows) filed.push({ ...row, superseded: await isSuperseded(tx, row) })
  for (const alike of Map.groupBy(filed, likeness).values()) {
    const [first] = alike
    if (!first) continue
    const { event, reading, what, action, superseded } = first
    const updated = await tx.db
      .updateTable('delivery')
      .set({ reading, what, action, superseded, read_at: at })
      .where(
        'seq',
        'in',
        alike.map(({ seq }) => seq),
      )
      // A try of ours that took too long may have been made up for by another's.
      .where('read_at', 'is', null)
      .executeTakeFirst()
    const lastAt = Math.max(...alike.map(row => row.received_at))
    const n = Number(updated.numUpdatedRows)
    if (n > 0) await count(tx, { event, reading, what: reading === 'unknown' ? what : '', n, lastAt })
  }
}

const likeness = ({ event, reading, what, action, superseded }: ReadRow & { superseded: 0 | 1 }) =>
  JSON.stringify([event, reading, what, action, superseded])

/** Whether something newer of the same thing was read before; if not, this is the newest from now on. */
async function isSuperseded(tx: Tx, { version }: ReadRow): Promise<0 | 1> {
  if (!version) return 0
  const { entity, at } = version
  const changed = await tx.db
    .insertInto('entity_version')
    .values({ source, entity, at })
    .onConflict(on =>
      on
        .columns(['source', 'entity'])
        .doUpdateSet({ at })
        // The same instant is no reason to ignore: the forge's clock has whole seconds.
        .where('entity_version.at', '<=', at),
    )
    .returning('entity')
    .executeTakeFirst()
  return changed ? 0 : 1
}

interface Counted {
  event: string
  reading: Interpreted['reading']
  what: string
  n: number
  lastAt: number
}

async function count(tx: Tx, { event, reading, what, n, lastAt }: Counted): Promise<void> {
  const place = (await isNamed(tx, event, what)) ? { event, what } : { event: 'other', what: 'not listed one by one' }
  await tx.db
    .insertInto('delivery_count')
    .values({ source, reading, n, last_at: lastAt, ...place })
    .onConflict(on =>
      on.columns(['source', 'event', 'reading', 'what']).doUpdateSet(eb => ({
        n: eb('delivery_count.n', '+', eb.ref('excluded.n')),
        last_at: eb.ref('excluded.last_at'),
      })),
    )
    .execute()
}

async function isNamed(tx: Tx, event: string, what: string): Promise<boolean> {
  const counts = tx.db.selectFrom('delivery_count').where('source', '=', source)
  const known = counts.select('event').where('event', '=', event).where('what', '=', what).limit(sql.lit(1))
  if (await known.executeTakeFirst()) return true
  const { names } = await counts.select(eb => eb.fn.countAll<number>().as('names')).executeTakeFirstOrThrow()
  return names < namesMax
}
