import { formatId } from '@breakglass/core/ids'
import type { Store, Tx } from '../store/store.ts'
import { source } from './keep.ts'
import { isLoss, type RefusalReason } from './refusal.ts'

/** What was refused within so long of each other is one gap. */
const gapJoinMs = 60_000
const flushMs = 1_000
/** How exactly the begin of a gap is known when a server was killed. */
export const aliveMs = 10_000

type GapReason = 'not_running' | Extract<RefusalReason, 'busy' | 'not_stored' | 'stopping'>

interface Gap {
  id: string
  why: GapReason
  from: number
  to: number
  refused: number
}

export interface Watch {
  refused(reason: RefusalReason): void
  /** Writes what is not written yet. */
  flush(): Promise<void>
  stop(): Promise<void>
}

interface WatchParts {
  store: Store
  nowMs(): number
  randomBytes(length: number): Uint8Array
  /** Told of a flush that failed; the counts are kept and tried again. */
  onError(cause: unknown): void
}

/**
 * Counts what was not taken, and since when this server may have missed something (docs/github.md "Gaps"). Counting needs no
 * disk, because a full one is among the reasons; it is written each second, once the disk takes it.
 */
export async function startWatch({ store, nowMs, randomBytes, onError }: WatchParts): Promise<Watch> {
  let counts = new Map<RefusalReason, { n: number; at: number }>()
  let gaps = new Map<GapReason, Gap>()
  let aliveAt = 0
  let writing: Promise<void> | undefined
  const newGap = (why: GapReason, from: number, to: number): Gap => ({
    id: formatId('window', randomBytes(16)),
    why,
    from,
    to,
    refused: 0,
  })

  function refused(reason: RefusalReason): void {
    const at = nowMs()
    counts.set(reason, { n: (counts.get(reason)?.n ?? 0) + 1, at })
    if (!isLoss(reason)) return
    const known = gaps.get(reason)
    const gap = known && at - known.to <= gapJoinMs ? known : newGap(reason, at, at)
    gap.to = Math.max(gap.to, at)
    gap.refused++
    gaps.set(reason, gap)
  }

  async function write(): Promise<void> {
    const at = nowMs()
    const [those, open] = [counts, [...gaps.values()].map(gap => ({ ...gap }))]
    if (those.size === 0 && at - aliveAt < aliveMs) return
    counts = new Map()
    try {
      await store.transact(async tx => {
        for (const [reason, { n, at: last }] of those) await addRefused(tx, reason, n, last)
        if (those.size > 0) for (const gap of open) await keepGap(tx, gap)
        await sayAlive(tx, at)
      }, once)
      aliveAt = at
      // One that nothing joins any more has been written as it was.
      gaps = new Map([...gaps].filter(([, gap]) => at - gap.to <= gapJoinMs))
    } catch (cause) {
      for (const [reason, { n, at: last }] of those)
        counts.set(reason, { n: n + (counts.get(reason)?.n ?? 0), at: Math.max(last, counts.get(reason)?.at ?? 0) })
      onError(cause)
    }
  }

  const flush = async () => {
    writing ??= write().finally(() => {
      writing = undefined
    })
    await writing
  }
  aliveAt = await noteStart(store, nowMs(), (from, to) => newGap('not_running', from, to))
  const timer = setInterval(() => void flush(), flushMs)
  return {
    refused,
    flush,
    async stop() {
      clearInterval(timer)
      await flush()
      aliveAt = 0
      await flush()
    },
  }
}

/** Since the last word of any server there was nobody to deliver to. */
async function noteStart(store: Store, at: number, gapOf: (from: number, to: number) => Gap): Promise<number> {
  await store.transact(async tx => {
    const row = await tx.db.selectFrom('delivery_alive').select('at').where('source', '=', source).executeTakeFirst()
    // Where several servers share a database, another one may be alive; an embedded database has this one server.
    const wasAlive = tx.engine === 'postgres' && row !== undefined && at - row.at <= 2 * aliveMs
    if (row !== undefined && !wasAlive && row.at < at) await keepGap(tx, gapOf(row.at, at))
    await sayAlive(tx, at)
  })
  return at
}

const once = { access: 'write one statement' } as const

async function addRefused(tx: Tx, reason: RefusalReason, n: number, at: number): Promise<void> {
  await tx.db
    .insertInto('delivery_refused')
    .values({ source, reason, n, last_at: at })
    .onConflict(on =>
      on.columns(['source', 'reason']).doUpdateSet(eb => ({
        n: eb('delivery_refused.n', '+', eb.ref('excluded.n')),
        last_at: eb.ref('excluded.last_at'),
      })),
    )
    .execute()
}

async function keepGap(tx: Tx, { id, why, from, to, refused }: Gap): Promise<void> {
  await tx.db
    .insertInto('delivery_gap')
    .values({ id, source, why, from_at: from, to_at: to, refused })
    .onConflict(on => on.column('id').doUpdateSet({ to_at: to, refused }))
    .execute()
}

async function sayAlive(tx: Tx, at: number): Promise<void> {
  await tx.db
    .insertInto('delivery_alive')
    .values({ source, at })
    .onConflict(on => on.column('source').doUpdateSet({ at }))
    .execute()
}
