import type { FollowUpView } from '@breakglass/core/contract'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { act, type Edge, say } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import { requireActing } from '../../identity/require-acting.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { chunks } from '../../store/chunks.ts'
import type { FollowUpTable } from '../../store/tables/reviews.ts'
import type { Rx } from '../../store/store.ts'
import { endAlarm, notify, raiseAlarm } from '../../tell/tell.ts'
import { openSealed, seal } from '../../texts/seal.ts'
import { namesOf } from '../../views/people.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { ownersOf } from '../points/gate-owners.ts'
import { followUpLateJob } from './follow-ups.ts'

type FollowUpRow = Selectable<FollowUpTable>

export const followUpLateAlarm = 'follow_up_late'

const followUpsMax = 500

/** What reviews promised: open ones first, by when they are due. */
export function listFollowUps(edge: Edge): Promise<ReplyOf<'listFollowUps'>> {
  return edge.store.read(async rx => {
    const rows = await rx.db.selectFrom('follow_up').selectAll().orderBy('due_on', 'desc').limit(followUpsMax).execute()
    const open = rows.filter(({ done_at }) => done_at === null).toReversed()
    const done = rows.filter(({ done_at }) => done_at !== null)
    return { followUps: await followUpViews(rx, [...open, ...done], edge.nowMs()) }
  })
}

/** Says that it is done: its owner, or the gate's. Throws `not_found`, `wrong_state`, `refused`, `admin_may_not`. */
export function doneFollowUp(edge: Edge, by: string, id: string, note: string | undefined): Promise<FollowUpView> {
  return act(edge, async run => {
    const { tx, atMs } = run
    await requireActing(tx, by, 'does no follow-up')
    const row = await followUpById(tx, id)
    const review = await tx.db.selectFrom('review').select('gate').where('id', '=', row.review_id).executeTakeFirst()
    const gate = (await programInForce(tx))?.published.program.gates[review?.gate ?? '']
    const owners = gate === undefined ? [] : await ownersOf(run, [gate])
    if (![row.owner, ...owners].includes(by)) {
      throw new BreakglassError('refused', `${id}: its owner, or the gate's, says that it is done.`)
    }
    const { numUpdatedRows } = await tx.db
      .updateTable('follow_up')
      .set({ done_at: atMs })
      .where('id', '=', id)
      .where('done_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new BreakglassError('wrong_state', `${id} was done already.`)
    const sealed = note === undefined ? undefined : await seal(run, note)
    await say(run, 'followup.done', id, { by, ...(sealed && { note: sealed }) })
    await endAlarm(run, followUpLateAlarm, id)
    const [view] = await followUpViews(tx, [await followUpById(tx, id)], atMs)
    invariant(view, `${id} can be shown`)
    return view
  })
}

/** The day after it was due: a promise that is not kept is seen. */
export const followUpJobs = (edge: Edge): Record<string, JobHandler> => ({
  [followUpLateJob]: ({ job, complete }) =>
    act(edge, async run => {
      const row = await followUpById(run.tx, job.key)
      if (isLate(row, run.atMs)) {
        const words = `A follow-up was due ${row.due_on} and is not done.`
        await notify(run, [row.owner], { words, subject: row.id })
        await raiseAlarm(run, { kind: followUpLateAlarm, key: row.id, words })
      }
      await complete(run.tx)
    }),
})

async function followUpById(rx: Rx, id: string): Promise<FollowUpRow> {
  const row = await rx.db.selectFrom('follow_up').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_found', `There is no follow-up ${id}; breakglass followup list shows them.`)
}

/** Due dates are days; a day is over when it is over in UTC. */
const isLate = ({ done_at, due_on }: FollowUpRow, nowMs: number): boolean =>
  done_at === null && due_on < msToInstant(nowMs).slice(0, 10)

async function followUpViews(rx: Rx, rows: readonly FollowUpRow[], nowMs: number): Promise<FollowUpView[]> {
  const names = await namesOf(
    rx,
    rows.map(({ owner }) => owner),
  )
  const texts = await openSealed(
    rx,
    rows.flatMap(({ text_commit, link }) => [text_commit, link ?? '']),
  )
  const gates = new Map<string, string>()
  for (const part of chunks([...new Set(rows.map(({ review_id }) => review_id))])) {
    const reviews = await rx.db.selectFrom('review').select(['id', 'gate']).where('id', 'in', part).execute()
    for (const { id, gate } of reviews) gates.set(id, gate)
  }
  return rows.map(row => {
    const gate = gates.get(row.review_id)
    invariant(gate, `${row.id} follows from a review that is there`)
    return {
      id: row.id,
      review: row.review_id,
      gate,
      owner: names(row.owner),
      text: texts.get(row.text_commit) ?? null,
      ...(row.link !== null && { link: texts.get(row.link) ?? null }),
      dueOn: row.due_on,
      late: isLate(row, nowMs),
      ...(row.done_at !== null && { doneAt: msToInstant(row.done_at) }),
    }
  })
}
