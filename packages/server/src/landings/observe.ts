import type { Opened } from '@breakglass/core/landing'
import type { OnConflictBuilder } from 'kysely'
import { z } from 'zod'
import type { Act } from '../edge/edge.ts'
import type { PointRow } from '../facts/point.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Database } from '../store/schema.ts'
import type { ObservationTable } from '../store/tables/landings.ts'

export const deriveJob = 'landing.derive'

/** What is told together is looked at together. */
const gatherMs = 1000

export interface Move {
  ref: string
  before: string
  after: string
}

/** What an observation says beyond the move itself; kept as JSON. */
export const observationBody = z.strictObject({
  /** An advance that the hook had let through. */
  allowed: z.boolean().optional(),
  /** Of an advance that was not allowed: at which gates. */
  around: z.array(z.string()).optional(),
  opened: z
    .array(
      z.strictObject({
        gate: z.string(),
        opens: z.enum(['pass', 'grant', 'waiver', 'pass_when_unavailable']),
        evidence: z.string().optional(),
      }),
    )
    .optional(),
})

export interface NewObservation extends Move {
  /** Makes it the same one when it is told again. */
  id: string
  source: ObservationTable['source']
  /** What the teller's clock said. */
  atMs: number
  allowed?: boolean
  around?: readonly string[] | undefined
  opened?: readonly Opened[]
  /** `pusherOf` whoever pushed, where the hook knows. */
  pusher?: string | undefined
}

/**
 * Keeps what was told, and leaves everything that follows from it to a job: whoever pushes waits for this transaction
 * (docs/landings.md "Rollups").
 */
export async function observe(run: Act, point: PointRow, given: NewObservation): Promise<void> {
  const { id, source, ref, before, after, atMs, allowed, around, opened, pusher = null } = given
  await run.tx.db
    .insertInto('observation')
    .values({
      id,
      source,
      point_id: point.id,
      repository_key: point.repository_key,
      ref,
      before,
      after,
      body: JSON.stringify({
        ...(allowed === undefined ? {} : { allowed }),
        ...(around && { around }),
        ...(opened && { opened }),
      }),
      at: Math.min(atMs, run.atMs),
      received_at: run.atMs,
      pusher,
    })
    .onConflict(on => on.column('id').doNothing())
    .execute()
  await markMove(run, point.repository_key, { ref, before, after })
}

/**
 * A mark that is there already is written again as it is: on PostgreSQL a job that has just read it, and takes it away without
 * having seen what is new, then fails and looks again.
 */
const touch = (on: OnConflictBuilder<Database, 'move_dirty'>) =>
  on.columns(['repository_key', 'ref', 'before', 'after']).doUpdateSet(eb => ({ ref: eb.ref('excluded.ref') }))

/** Something new is known of a move: its landing is looked at again. */
export async function markMove(run: Act, repository_key: string, { ref, before, after }: Move): Promise<void> {
  await run.tx.db.insertInto('move_dirty').values({ repository_key, ref, before, after }).onConflict(touch).execute()
  await askToDerive(run, repository_key)
}

/** Whose pushes these are was learned, or was not so: their landings are looked at again. */
export async function markPushesOf(run: Act, pusher: string): Promise<void> {
  const columns = ['repository_key', 'ref', 'before', 'after'] as const
  await run.tx.db
    .insertInto('move_dirty')
    .columns(columns)
    .expression(eb => eb.selectFrom('observation').select(columns).distinct().where('pusher', '=', pusher))
    .onConflict(touch)
    .execute()
  const repositories = await run.tx.db
    .selectFrom('observation')
    .select('repository_key')
    .distinct()
    .where('pusher', '=', pusher)
    .execute()
  for (const { repository_key } of repositories) await askToDerive(run, repository_key)
}

/** Whether the hook stood was learned late: every move that a watcher saw since then is looked at again. */
export const markWatchedSince = (run: Act, point: PointRow, fromMs: number): Promise<void> =>
  markSeen(run, point, fromMs, ['watcher'])

/** What the forge required was learned late: every move since then is looked at again. */
export const markMovesSince = (run: Act, point: PointRow, fromMs: number): Promise<void> =>
  markSeen(run, point, fromMs, ['watcher', 'hook'])

async function markSeen(
  run: Act,
  { repository_key }: PointRow,
  fromMs: number,
  sources: readonly ObservationTable['source'][],
): Promise<void> {
  const columns = ['repository_key', 'ref', 'before', 'after'] as const
  await run.tx.db
    .insertInto('move_dirty')
    .columns(columns)
    .expression(eb =>
      eb
        .selectFrom('observation')
        .select(columns)
        .distinct()
        .where('repository_key', '=', repository_key)
        .where('at', '>=', fromMs)
        .where('source', 'in', sources),
    )
    .onConflict(touch)
    .execute()
  await askToDerive(run, repository_key)
}

const askToDerive = (run: Act, repository: string): Promise<void> =>
  enqueue(run.tx, { id: run.newId('job'), kind: deriveJob, key: repository, runAt: run.atMs + gatherMs })
