import { invariant } from '@breakglass/core/errors'
import { sql } from 'kysely'
import type { JobTable } from '../store/tables/system.ts'
import type { Rx, Store, Tx } from '../store/store.ts'

/**
 * Work to be done later, kept in the store: written in the transaction that makes it due, done at least once, never dropped.
 * A job is open until it is done or has failed for good; there is one open job per kind and key.
 */
export interface JobRequest {
  /** Made by the caller, `jb_…`. */
  id: string
  kind: string
  /** What it is about, within its kind. Asking again for an open job changes that one. */
  key: string
  /** When, by the database's clock, ms. */
  runAt: number
  /** JSON as the handler parses it; kept as text. */
  payload?: string
  /** Tries before it is shown as failed. */
  attemptsMax?: number
  /**
   * What asking again for an open job does: `sooner` moves it to whichever is earlier, `replace` to the new time with the new
   * payload, `keep` nothing. After the first two a job that is running just now runs once more: what asked may have come too
   * late for it.
   */
  ifOpen?: 'sooner' | 'replace' | 'keep'
}

/** Twelve tries with `backoffMs` are about half an hour. */
export const attemptsMaxDefault = 12
export const errorLengthMax = 1000

/** A job as its worker holds it: `attempt` is the fence, `revision` tells whether it was asked for again meanwhile. */
export interface ClaimedJob {
  id: string
  kind: string
  key: string
  payload: string
  /** 1 for the first try of this round. */
  tries: number
  attempt: number
  attemptsMax: number
  revision: number
  leasedUntil: number
}

/** Asks for a job in the transaction that makes it due; whoever runs jobs in this process wakes at the commit. */
export async function enqueue(tx: Tx, request: JobRequest): Promise<void> {
  const { id, kind, key, runAt, payload = '', attemptsMax = attemptsMaxDefault, ifOpen = 'sooner' } = request
  invariant(Number.isSafeInteger(runAt), `a job's time is whole milliseconds, not ${runAt}`)
  await tx.db
    .insertInto('job')
    .values({ id, kind, key, payload, run_at: runAt, attempts_max: attemptsMax, created_at: tx.now })
    .onConflict(on => {
      const open = on.columns(['kind', 'key']).where('done_at', 'is', null).where('failed_at', 'is', null)
      if (ifOpen === 'keep') return open.doNothing()
      return open.doUpdateSet(eb => ({
        revision: sql<number>`job.revision + 1`,
        run_at:
          ifOpen === 'replace'
            ? eb.ref('excluded.run_at')
            : sql<number>`case when excluded.run_at < job.run_at then excluded.run_at else job.run_at end`,
        payload: ifOpen === 'replace' ? eb.ref('excluded.payload') : eb.ref('job.payload'),
      }))
    })
    .execute()
  tx.signal('jobs')
}

/** Takes an open job back, if it is not running. Says whether there was one. */
export async function cancelJob(tx: Tx, kind: string, key: string): Promise<boolean> {
  const { numDeletedRows } = await tx.db
    .deleteFrom('job')
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where('done_at', 'is', null)
    .where('failed_at', 'is', null)
    .where(eb => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<=', tx.now)]))
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export interface ClaimOptions {
  kinds: readonly string[]
  /** How many at most. */
  limit: number
  leaseMs: number
  /** Who claims, for people who look. */
  owner: string
}

/**
 * Leases due jobs to the caller, oldest first. One guarded statement: on PostgreSQL claimers pass each other by
 * (`skip locked`), so READ COMMITTED is enough. A crash after it leaves a lease that runs out, and the job is claimed again.
 */
export function claimJobs(store: Store, { kinds, limit, leaseMs, owner }: ClaimOptions): Promise<ClaimedJob[]> {
  if (kinds.length === 0 || limit < 1) return Promise.resolve([])
  return store.transact(
    async tx => {
      await failExhausted(tx, kinds)
      const rows = await tx.db
        .updateTable('job')
        .set({
          attempt: sql<number>`attempt + 1`,
          leased_until: sql<number>`${tx.now} + ${sql.lit(Math.trunc(leaseMs))}`,
          lease_owner: owner,
        })
        .where('id', 'in', due(tx, kinds, limit))
        .returning([
          'id',
          'kind',
          'key',
          'payload',
          'attempt',
          'attempt_base',
          'attempts_max',
          'revision',
          'leased_until',
          'run_at',
        ])
        .execute()
      return rows.sort((a, b) => a.run_at - b.run_at || (a.id < b.id ? -1 : 1)).map(toClaimed)
    },
    { access: 'write one statement' },
  )
}

function due(tx: Tx, kinds: readonly string[], limit: number) {
  const query = tx.db
    .selectFrom('job')
    .select('id')
    .where('kind', 'in', kinds)
    .where('done_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('run_at', '<=', tx.now)
    .where(eb => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<=', tx.now)]))
    .where(sql<boolean>`attempt - attempt_base < attempts_max`)
    .orderBy('run_at')
    .orderBy('id')
    .limit(sql.lit(limit))
  return tx.engine === 'postgres' ? query.forUpdate().skipLocked() : query
}

/** A worker that died in its last try could not say that it failed. */
async function failExhausted(tx: Tx, kinds: readonly string[]): Promise<void> {
  await tx.db
    .updateTable('job')
    .set({
      failed_at: tx.now,
      leased_until: null,
      lease_owner: null,
      last_error: sql<string>`coalesce(last_error, 'the last try did not end within its lease')`,
    })
    .where('kind', 'in', kinds)
    .where('done_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('leased_until', '<=', tx.now)
    .where(sql<boolean>`attempt - attempt_base >= attempts_max`)
    .execute()
}

type ClaimedRow = Pick<JobTable, 'id' | 'kind' | 'key' | 'payload' | 'attempts_max' | 'leased_until'> & {
  attempt: number
  attempt_base: number
  revision: number
}

function toClaimed(row: ClaimedRow): ClaimedJob {
  const { id, kind, key, payload, attempt, revision } = row
  invariant(row.leased_until !== null, 'a claimed job has a lease')
  return {
    id,
    kind,
    key,
    payload,
    attempt,
    revision,
    tries: attempt - row.attempt_base,
    attemptsMax: row.attempts_max,
    leasedUntil: row.leased_until,
  }
}

/**
 * Ends a job that was done, or leaves it open if it was asked for again meanwhile. Written where the job's effect is written,
 * the effect happens once: a worker whose job went to another finds no row and must roll back.
 *
 * @returns whether the job was still this worker's
 */
export async function completeJob(tx: Tx, job: ClaimedJob): Promise<boolean> {
  const unchanged = sql`revision = ${job.revision}`
  const result = await stillOurs(tx, job)
    .set({
      done_at: sql<number | null>`case when ${unchanged} then ${tx.now} end`,
      attempt_base: sql<number>`case when ${unchanged} then attempt_base else attempt end`,
      last_error: null,
    })
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Ends this run and asks for the next one, with a new round of tries. Like `completeJob` otherwise. */
export async function repeatJob(tx: Tx, job: ClaimedJob, runAt: number): Promise<boolean> {
  const result = await stillOurs(tx, job)
    .set({
      // Asked for again meanwhile: the time it was asked for stands.
      run_at: sql<number>`case when revision = ${job.revision} then cast(${runAt} as bigint) else run_at end`,
      attempt_base: sql<number>`attempt`,
      last_error: null,
    })
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Puts a job back for a later try; after the last one it stays as failed, for people to see. */
export async function failJob(tx: Tx, job: ClaimedJob, error: string, retryInMs: number): Promise<boolean> {
  const last = job.tries >= job.attemptsMax
  const result = await stillOurs(tx, job)
    .set({ last_error: storable(error) })
    .set(last ? { failed_at: tx.now } : { run_at: sql<number>`${tx.now} + ${sql.lit(Math.trunc(retryInMs))}` })
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** The fence: `attempt` grows with each claim, so only the newest claimer finds the row. Its lease ends with the change. */
function stillOurs(tx: Tx, job: ClaimedJob) {
  return tx.db
    .updateTable('job')
    .set({ leased_until: null, lease_owner: null })
    .where('id', '=', job.id)
    .where('attempt', '=', job.attempt)
    .where('done_at', 'is', null)
    .where('failed_at', 'is', null)
}

/** An error's words may quote anything; the store takes only well-formed text. */
function storable(words: string): string {
  return words.replaceAll('\u0000', ' ').slice(0, errorLengthMax).toWellFormed()
}

/** When the next open job of these kinds can be claimed, and the database's clock; for whoever wants to sleep until then. */
export async function nextJobAt(
  rx: Rx,
  kinds: readonly string[],
): Promise<{ nextAt: number | undefined; now: number }> {
  if (kinds.length === 0) return { nextAt: undefined, now: 0 }
  const row = await rx.db
    .selectFrom('job')
    .select([
      sql<number | null>`min(case when leased_until > run_at then leased_until else run_at end)`.as('nextAt'),
      sql<number>`${rx.now}`.as('now'),
    ])
    .where('kind', 'in', kinds)
    .where('done_at', 'is', null)
    .where('failed_at', 'is', null)
    .executeTakeFirstOrThrow()
  return { nextAt: row.nextAt ?? undefined, now: row.now }
}

export interface FailedJob {
  id: string
  kind: string
  key: string
  failedAt: number
  error: string
}

/** Jobs that were given up, newest first: somebody has to look at each. */
export async function listFailedJobs(rx: Rx, limit = 100): Promise<FailedJob[]> {
  const rows = await rx.db
    .selectFrom('job')
    .select(['id', 'kind', 'key', 'failed_at', 'last_error'])
    .where('failed_at', 'is not', null)
    .orderBy('failed_at', 'desc')
    .orderBy('id')
    .limit(sql.lit(limit))
    .execute()
  return rows.map(({ id, kind, key, failed_at, last_error }) => ({
    id,
    kind,
    key,
    failedAt: failed_at ?? 0,
    error: last_error ?? '',
  }))
}

/** Removes jobs that were done before `before`; failed ones stay until somebody has looked. */
export async function pruneDoneJobs(tx: Tx, before: number): Promise<number> {
  const { numDeletedRows } = await tx.db.deleteFrom('job').where('done_at', '<', before).executeTakeFirst()
  return Number(numDeletedRows)
}
