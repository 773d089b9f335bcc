import { isOverdue } from '@breakglass/core/review'
import { msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import { peopleBehind } from '../../facts/people-behind.ts'
import type { JobHandler } from '../../jobs/runner.ts'
import { notify, raiseAlarm } from '../../tell/tell.ts'
import { reviewOverdueJob } from './open-review.ts'
import { knownReview } from './review-facts.ts'
import { type ReviewRow, reviewById } from './review-row.ts'

export const reviewOverdueAlarm = 'review_overdue'

/** A statement names at most this many people. */
const toldMax = 100

export const reviewJobs = (edge: Edge): Record<string, JobHandler> => ({ [reviewOverdueJob]: passDue(edge) })

/**
 * The edges `pass due …`: once the due time has passed, the record says so, the reviewers and those above them are told, and
 * the review is late for ever. It changes nothing else; the review stays to be answered and signed.
 */
const passDue =
  (edge: Edge): JobHandler =>
  ({ job, complete }) =>
    act(edge, async run => {
      const row = await reviewById(run.tx, job.key)
      // The job's clock is the database's; this server's may lag behind it by a moment.
      if (row.due_at !== null && run.atMs <= row.due_at) return { againAt: row.due_at + 1 }
      if (isDueAndUnsigned(row, run.atMs) && row.overdue_logged === 0) await sayOverdue(run, row)
      return complete(run.tx)
    })

const isDueAndUnsigned = (row: ReviewRow, nowMs: number) =>
  isOverdue({ state: row.state, ...(row.due_at !== null && { dueAtMs: row.due_at }) }, nowMs)

async function sayOverdue(run: Act, row: ReviewRow): Promise<void> {
  const { numUpdatedRows } = await run.tx.db
    .updateTable('review')
    .set({ overdue_logged: 1, late: 1 })
    .where('id', '=', row.id)
    .where('overdue_logged', '=', 0)
    .where('state', 'in', ['due', 'answered'])
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return
  const { said, facts } = await knownReview(run.tx, row)
  const told = await peopleToTell(run)
  const answered = said.answers.length > 0
  await say(run, 'review.overdue', row.id, {
    dueAt: msToInstant(row.due_at ?? run.atMs),
    answered,
    signOffs: said.signOffs.length,
    told,
  })
  const waitsFor = answered ? 'a signature' : 'an answer'
  const words = `A review is overdue and waits for ${waitsFor}: ${row.gate}.`
  const actor = answered || facts.actor === undefined ? [] : [facts.actor]
  await notify(run, [...told, ...actor], { words, subject: row.id })
  await raiseAlarm(run, { kind: reviewOverdueAlarm, key: row.id, words })
}

async function peopleToTell(run: Act): Promise<string[]> {
  const program = await programInForce(run.tx)
  const { reviewers, escalate } = program?.published.program.reviews ?? { reviewers: [], escalate: [] }
  return (await peopleBehind(run, [...reviewers, ...escalate])).slice(0, toldMax)
}
