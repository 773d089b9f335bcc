import { instantToMs } from '@breakglass/verify'
import { z } from 'zod'
import type { Act } from '../../edge/edge.ts'
import { changeKey } from '../../facts/change.ts'
import type { PointRow } from '../../facts/point.ts'
import { enqueue } from '../../jobs/queue.ts'
import { observeAllowed, observePassed, observeResult, observeUsed } from '../../landings/told-by-point.ts'
import { shutGrant } from '../glass/end-grant.ts'
import { recoverGate } from './recover-gate.ts'
import {
  pointAllowed,
  pointLedgerSplit,
  pointPassedUnavailable,
  pointRefused,
  pointResult,
  pointShut,
  pointUsed,
  pointWait,
} from './report-bodies.ts'
import { shutToldJob } from './shut-told.ts'
import { sinceMsOf } from './since.ts'
import { takeSplit } from './take-split.ts'
import { takeUse } from './take-use.ts'

/** One event of a point's chain, its signature and place checked already. */
export interface ReportedEvent {
  leaf: string
  /** What the point's clock said, ms. */
  atMs: number
}

interface Taking<Body extends z.ZodType> {
  body: Body
  take: (run: Act, point: PointRow, event: ReportedEvent & { body: z.output<Body> }) => Promise<void>
}

const taking = <Body extends z.ZodType>(body: Body, take: Taking<Body>['take']) => ({
  /** `undefined`: its body is of another form. */
  read(given: unknown) {
    const parsed = body.safeParse(given)
    if (!parsed.success) return undefined
    return (run: Act, point: PointRow, event: ReportedEvent) => take(run, point, { ...event, body: parsed.data })
  },
})

/** What is only remembered: the event itself is kept, word for word. */
const remembered = async (): Promise<void> => {}

/** docs/formats/point-journal.md "Bodies of a point's events": what follows from each kind. */
const kinds: Record<string, ReturnType<typeof taking>> = {
  'point.used': taking(pointUsed, async (run, point, event) => {
    await takeUse(run, point, event)
    await observeUsed(run, point, event)
  }),
  'point.shut': taking(pointShut, takeShut),
  'point.allowed': taking(pointAllowed, observeAllowed),
  'point.refused': taking(pointRefused, remembered),
  'point.passed_unavailable': taking(pointPassedUnavailable, takePassed),
  'point.ledger_split': taking(pointLedgerSplit, takeSplit),
  'point.result': taking(pointResult, takeResult),
  'point.wait': taking(pointWait, takeWait),
}

/** What to do about an event; `undefined` for a kind or body that this version does not understand. */
export function effectOf(kind: string, body: unknown): ReturnType<ReturnType<typeof taking>['read']> {
  return Object.hasOwn(kinds, kind) ? kinds[kind]?.read(body) : undefined
}

/** A point says that an offline grant opens nothing there any more. */
async function takeShut(run: Act, point: PointRow, { body }: { body: z.output<typeof pointShut> }): Promise<void> {
  const row = await run.tx.db.selectFrom('glass').selectAll().where('id', '=', body.grant).executeTakeFirst()
  if (row?.at_point !== point.id || (row.mode !== 'offline' && point.kind !== 'github')) return
  if (row.state !== 'live') return shutGrant(run, row, { kind: 'point', point: point.id })
  // The point's clock is a little ahead, or the timer that records the end has not run yet.
  const job = { id: run.newId('job'), kind: shutToldJob, key: row.id, runAt: run.atMs + 1000 }
  await enqueue(run.tx, { ...job, attemptsMax: 1000 })
}

async function takePassed(
  run: Act,
  point: PointRow,
  event: ReportedEvent & { body: z.output<typeof pointPassedUnavailable> },
): Promise<void> {
  const { tx } = run
  const { body, atMs } = event
  await observePassed(run, point, event)
  const window = await tx.db
    .selectFrom('statement')
    .innerJoin('unavailable_window', 'unavailable_window.id', 'statement.subject')
    .select('unavailable_window.id')
    .where('statement.sid', '=', body.statement)
    .executeTakeFirst()
  if (!window) return
  await tx.db
    .insertInto('unavailable_pass')
    .values({
      window_id: window.id,
      use_key: body.useKey,
      change: changeKey(body.change),
      at: Math.min(atMs, run.atMs),
      sid: body.statement,
      ref: body.ref ?? null,
      why_commit: null,
    })
    .onConflict(on => on.columns(['window_id', 'use_key']).doNothing())
    .execute()
}

/** How long a change waits for a review: for the numbers alone. */
async function takeWait(run: Act, point: PointRow, { body }: { body: z.output<typeof pointWait> }): Promise<void> {
  const asked_at = Math.min(instantToMs(body.askedAt), run.atMs)
  const given = body.givenAt === undefined ? null : Math.max(asked_at, Math.min(instantToMs(body.givenAt), run.atMs))
  const ended_at = body.ended ? run.atMs : null
  await run.tx.db
    .insertInto('review_wait')
    .values({
      repository_key: point.repository_key,
      gate: body.gate,
      number: body.number,
      asked_at,
      given_at: given,
      ended_at,
    })
    .onConflict(on =>
      on.columns(['repository_key', 'gate', 'number']).doUpdateSet({ asked_at, given_at: given, ended_at }),
    )
    .execute()
}

async function takeResult(
  run: Act,
  point: PointRow,
  event: ReportedEvent & { body: z.output<typeof pointResult> },
): Promise<void> {
  const { body, atMs, leaf } = event
  const { gate, result, change } = body
  const ranAtMs = Math.min(atMs, run.atMs)
  const of = { gate, repositoryKey: point.repository_key, changeKey: changeKey(change) }
  const since_at = await sinceMsOf(run.tx, of, { result, atMs: ranAtMs })
  await run.tx.db
    .insertInto('point_result')
    .values({
      leaf,
      point_id: point.id,
      gate,
      repository_key: of.repositoryKey,
      change_key: of.changeKey,
      result,
      since_at,
      at: ranAtMs,
      run: body.run,
      took_ms: body.tookMs ?? null,
    })
    .execute()
  if (result !== 'could_not_run') await recoverGate(run, { ...of, ranAtMs })
  await observeResult(run, point, event)
}
