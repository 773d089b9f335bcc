import { BreakglassError, invariant } from '@breakglass/core/errors'
import { isShutOverdue, shutConfirmSecondsMax } from '@breakglass/core/grant'
import { msToInstant } from '@breakglass/verify'
import { type Act, say } from '../../edge/edge.ts'
import { publishedByDigest } from '../../facts/program.ts'
import { cancelJob, enqueue } from '../../jobs/queue.ts'
import { endAlarm } from '../../tell/tell.ts'
import { dueOf, watchDue } from '../reviews/open-review.ts'
import type { GrantRow } from './grant-row.ts'
import { expireJob } from './grant-now.ts'

export const shutAlarmJob = 'glass.shut_alarm'
export const shutAlarmKind = 'shut_unconfirmed'

/** What ends a live grant; its words are the states it leads to. */
export type GrantEnd = 'expired' | 'revoked' | 'exhausted'

/** Who confirms that a gate is shut: the use table for online grants, the point's own report for offline ones. */
export type ShutConfirmation = { kind: 'server' } | { kind: 'point'; point: string }

/**
 * After the edge to `expired`, `revoked` or `exhausted`: an online grant is shut in the same moment, because the server's
 * use table alone opens it; an offline one, and one that turned a check green, waits for its point's word, and five minutes
 * without it are an alarm.
 */
export async function afterEnd(run: Act, ended: GrantRow, end: GrantEnd): Promise<void> {
  if (end !== 'expired') await cancelJob(run.tx, expireJob, ended.id)
  if (!(await waitsForPoint(run, ended))) return shutGrant(run, ended, { kind: 'server' })
  // A revoked offline grant may open until it expires, so its shutting can only be confirmed from then on.
  const isOutOfReach = end === 'revoked' && ended.mode === 'offline'
  const fromMs = isOutOfReach ? Math.max(run.atMs, ended.expires_at ?? run.atMs) : run.atMs
  await enqueue(run.tx, {
    id: run.newId('job'),
    kind: shutAlarmJob,
    key: ended.id,
    runAt: fromMs + shutConfirmSecondsMax * 1000,
    attemptsMax: 1000,
  })
}

/** A check that was turned green stays green until it is taken back: whoever keeps it has to say that it is red again. */
async function waitsForPoint({ tx }: Act, { mode, at_point }: GrantRow): Promise<boolean> {
  if (mode === 'offline') return true
  const point = await tx.db.selectFrom('point').select('kind').where('id', '=', at_point).executeTakeFirst()
  return point?.kind === 'github'
}

/** The edges `shut …`: the gate is shut, somebody confirmed it, and the review falls due. Safe to say twice. */
export async function shutGrant(run: Act, row: GrantRow, by: ShutConfirmation): Promise<void> {
  const { tx, atMs } = run
  const { state } = row
  if (state !== 'expired' && state !== 'revoked' && state !== 'exhausted') return
  const { numUpdatedRows } = await tx.db
    .updateTable('glass')
    .set({ state: 'shut', shut_at: atMs, shut_confirmed_by: by.kind === 'server' ? 'server' : by.point })
    .where('id', '=', row.id)
    .where('state', '=', state)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return
  const lastUseMs = await lastUseOf(run, row.id)
  const openedUntilMs =
    by.kind === 'point' && row.mode === 'online' && state !== 'exhausted' ? atMs : openedUntil(row, state, lastUseMs)
  const review = await reviewFallsDue(run, row, lastUseMs, openedUntilMs)
  await say(run, 'glass.shut', row.id, {
    after: state,
    confirmedBy: by,
    how: by.kind === 'server' ? 'use_table' : 'point_report',
    openedUntil: msToInstant(openedUntilMs),
    confirmedAt: msToInstant(atMs),
    overdue: isShutOverdue(timesOf(row, lastUseMs), atMs),
    used: row.used,
    uses: row.uses,
    review,
  })
  await endAlarm(run, shutAlarmKind, row.id)
  await cancelJob(tx, shutAlarmJob, row.id)
}

async function lastUseOf({ tx }: Act, grant: string): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('glass_use')
    .select(eb => eb.fn.max('at').as('at'))
    .where('grant_id', '=', grant)
    .executeTakeFirst()
  return row?.at ?? undefined
}

/** The last instant at which it could have opened; of a check that stays green, only its point can say that it ended. */
function openedUntil(row: GrantRow, after: GrantEnd, lastUseMs: number | undefined): number {
  const expiresAtMs = row.expires_at
  invariant(expiresAtMs !== null, 'a grant that was live has an end')
  if (after === 'exhausted') return Math.min(lastUseMs ?? expiresAtMs, expiresAtMs)
  if (after === 'revoked' && row.mode === 'online') return Math.min(row.revoked_at ?? expiresAtMs, expiresAtMs)
  return expiresAtMs
}

export function timesOf(row: GrantRow, lastUseMs: number | undefined) {
  return {
    state: row.state,
    ...(row.expires_at !== null && { expiresAtMs: row.expires_at }),
    // Revoking reaches an offline grant only at its end.
    ...(row.revoked_at !== null && row.mode === 'online' && { revokedAtMs: row.revoked_at }),
    ...(row.used === row.uses && lastUseMs !== undefined && { exhaustedAtMs: lastUseMs }),
  }
}

/** The final due date: of the last use, or for a grant nobody used a short form from the end of its window. */
async function reviewFallsDue(run: Act, row: GrantRow, lastUseMs: number | undefined, openedUntilMs: number) {
  const { tx } = run
  const published = await publishedByDigest(tx, row.program_digest)
  const gate = published.program.gates[row.gate]
  invariant(gate, 'the gate stands in the program it was granted under')
  const due = await dueOf(run, published.program, gate, {
    ...(lastUseMs !== undefined && { lastUseMs }),
    windowEndsMs: openedUntilMs,
    shut: true,
  })
  const form = lastUseMs === undefined ? 'short' : 'full'
  const review = await tx.db
    .updateTable('review')
    .set({
      state: 'due',
      form,
      of: lastUseMs === undefined ? 'unused_grant' : 'use',
      ...(lastUseMs === undefined && { sign_offs_needed: 1 }),
      due_at: due.dueAtMs,
      due_zone: due.body.zone,
      calendar_digest: due.body.calendar.digest,
      provisional: 0,
    })
    .where('grant_id', '=', row.id)
    .where('of', '=', 'use')
    .where('state', '=', 'awaiting_shut')
    .returning('id')
    .executeTakeFirst()
  if (!review) throw new BreakglassError('internal', `The review of ${row.id} is missing.`)
  await watchDue(run, review.id, due.dueAtMs)
  return { id: review.id, form, due: due.body } as const
}
