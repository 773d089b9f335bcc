import { clockSkewMs } from '@breakglass/verify'
import { act, type Act, type Edge } from '../../edge/edge.ts'
import type { PointRow } from '../../facts/point.ts'
import { enqueue } from '../../jobs/queue.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import type { Rx } from '../../store/store.ts'
import { shutGrant } from '../glass/end-grant.ts'
import { type GrantRow, grantById } from '../glass/grant-row.ts'

/** Written no oftener than this: a push asks several times, and each write is one more to wait for. */
const seenMsMin = 60_000
/** A point that is in contact has sent what waited in its journal by then. */
const patienceMs = 60_000

export const shutUnusedJob = 'point.shut_unused'

/** What follows from hearing of a point at all; mostly nothing, and then nothing is written. */
export async function noteContact(edge: Edge, point: PointRow): Promise<void> {
  const nowMs = edge.nowMs()
  const unused = await edge.store.read(rx => unusedOf(rx, point.id, nowMs - clockSkewMs))
  if (unused.length === 0 && !isSeenLongAgo(point, nowMs)) return
  await act(edge, async run => {
    await noteSeen(run, point)
    for (const { id } of unused) {
      const job = { id: run.newId('job'), kind: shutUnusedJob, key: id, runAt: run.atMs + patienceMs }
      await enqueue(run.tx, { ...job, ifOpen: 'keep', attemptsMax: 1000 })
    }
  })
}

const isSeenLongAgo = ({ last_seen_at }: PointRow, nowMs: number): boolean =>
  last_seen_at === null || nowMs - last_seen_at >= seenMsMin

export async function noteSeen({ tx, atMs }: Act, point: PointRow): Promise<void> {
  if (!isSeenLongAgo(point, atMs)) return
  await tx.db.updateTable('point').set({ last_seen_at: atMs }).where('id', '=', point.id).execute()
}

/** Offline grants that ran out before `endedMs` and that nobody is known to have used. */
export function unusedOf(rx: Rx, point: string, endedMs: number): Promise<GrantRow[]> {
  return rx.db
    .selectFrom('glass')
    .selectAll()
    .where('state', '=', 'expired')
    .where('expires_at', '<=', endedMs)
    .where('at_point', '=', point)
    .where('mode', '=', 'offline')
    .where('used', '=', 0)
    .execute()
}

/**
 * The point chains its events, so one that it made after a grant ran out proves that everything before was told: a use would
 * have been among it. This is how a grant that never reached its point is known to be shut.
 */
export async function shutUnusedBefore(run: Act, point: PointRow, eventMs: number): Promise<void> {
  const unused = await unusedOf(run.tx, point.id, Math.min(eventMs, run.atMs) - clockSkewMs)
  for (const row of unused) await shutGrant(run, row, { kind: 'point', point: point.id })
}

/** The point was in contact after the end, had time to send what it had, and told of no use. */
export const shutUnused =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const row = await grantById(run.tx, job.key)
      if (row.state === 'expired' && row.used === 0) await shutGrant(run, row, { kind: 'point', point: row.at_point })
      await complete(run.tx)
    })
