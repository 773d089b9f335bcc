import type { ReviewView } from '@breakglass/core/contract'
import type { Roster } from '@breakglass/core/decide'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import { isLate, maySign, type ReviewSignOff, reviewSignOff, signOffFaults } from '@breakglass/core/review'
import { isDigest, msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { requireProgram } from '../../facts/program.ts'
import { rosterOf } from '../../facts/roster.ts'
import { cancelJob } from '../../jobs/queue.ts'
import { endAlarm, notify } from '../../tell/tell.ts'
import { dataText, keepData } from '../../texts/data-document.ts'
import { seal } from '../../texts/seal.ts'
import { reviewView } from '../../views/review-view.ts'
import { recordFollowUps } from './follow-ups.ts'
import { reviewOverdueJob } from './open-review.ts'
import { reviewOverdueAlarm } from './overdue.ts'
import { demand, type KnownReview, knownReview, signerOf } from './review-facts.ts'
import { keptSignOff, reviewById } from './review-row.ts'

/**
 * The edges `sign …`: one reviewer signs, by the roster as of now. With the last signature that is needed the review is
 * signed, and no further one is taken.
 *
 * Throws `not_found`, `no_program`, `wrong_state`, `refused`, `admin_may_not`, `unknown_person`; `bad_input` with everything
 * that does not agree.
 */
export function signReview(edge: Edge, person: string, id: string, signOff: ReviewSignOff): Promise<ReviewView> {
  return act(edge, async run => {
    const review = await knownReview(run.tx, await reviewById(run.tx, id))
    const program = await requireProgram(run.tx)
    const roster = await rosterOf(run.tx, program, run.atMs)
    const { reviewers } = program.published.program.reviews
    const actorUnavailable = signOff.actorUnavailable === true
    const reviewer = await signerOf(run.tx, person)
    demand(id, maySign({ reviewer, review: review.facts, reviewers, roster, actorUnavailable }))
    demandSound(review, signOff)
    await record(run, person, review, { signOff, roster })
    return reviewView(run.tx, await reviewById(run.tx, id), run.atMs)
  })
}

function demandSound({ row, said }: KnownReview, signOff: ReviewSignOff): void {
  const faults = signOffFaults(row.form, signOff)
  if (signOff.actorUnavailable === true && said.answers.length > 0) {
    faults.push('the review is answered; do not state that nobody could be asked')
  }
  if (faults.length === 0) return
  throw new BreakglassError('bad_input', {
    message: `${row.id} is not signed: ${faults.join('; ')}.`,
    data: { faults },
  })
}

interface Signing {
  signOff: ReviewSignOff
  roster: Roster
}

async function record(run: Act, person: string, review: KnownReview, { signOff, roster }: Signing): Promise<void> {
  const { row, said } = review
  const number = said.signOffs.length + 1
  const complete = number >= row.sign_offs_needed
  const late = await advance(run, review, complete)
  const followUps = await recordFollowUps(run, { review: row.id, by: person }, signOff.followUps)
  const record = await seal(run, dataText(reviewSignOff.parse(signOff)))
  invariant(row.due_at !== null, 'a review that can be signed has its due time')
  const answer = await leafOfLastAnswer(run, review)
  const { decision, gateVerdict, securityImpact, diffReviewed } = signOff
  const actorUnavailable = signOff.actorUnavailable === true
  const { sid } = await say(run, 'review.signed', row.id, {
    by: person,
    signOff: number,
    signOffsNeeded: row.sign_offs_needed,
    complete,
    decision,
    gateVerdict,
    securityImpact,
    diffReviewed,
    actorUnavailable,
    ...(answer !== undefined && { answer }),
    record,
    followUps,
    roster: await keepData(run, roster),
    dueAt: msToInstant(row.due_at),
    late,
  })
  const { inScopeSystems, skippedCheck } = signOff
  const chosen = { decision, gateVerdict, securityImpact, diffReviewed, inScopeSystems, skippedCheck }
  const body = JSON.stringify(keptSignOff.parse({ ...chosen, actorUnavailable, followUps, commit: record.commit }))
  await run.tx.db
    .insertInto('review_sign_off')
    .values({ sid, review_id: row.id, by: person, at: run.atMs, body })
    .execute()
  if (complete) await settle(run, review)
}

/**
 * Touches the row before anything is written, also where the state stays: of two who sign at the same moment the database
 * lets one through and makes the other look again, and then there may be nothing left to sign. Says whether it is late.
 */
async function advance(run: Act, { row }: KnownReview, complete: boolean): Promise<boolean> {
  const signed = { state: 'signed', signedAtMs: run.atMs, late: row.late === 1 } as const
  const late = isLate({ ...signed, ...(row.due_at !== null && { dueAtMs: row.due_at }) }, run.atMs)
  const { numUpdatedRows } = await run.tx.db
    .updateTable('review')
    .set({ state: complete ? 'signed' : row.state, signed_at: complete ? run.atMs : null, late: late ? 1 : 0 })
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new BreakglassError('conflict', `${row.id} changed at the same moment; look again.`)
  return late
}

async function leafOfLastAnswer(run: Act, { said }: KnownReview): Promise<string | undefined> {
  const last = said.answers.at(-1)
  if (!last) return undefined
  const { leaf } = await run.tx.db
    .selectFrom('statement')
    .select('leaf')
    .where('sid', '=', last.sid)
    .executeTakeFirstOrThrow()
  invariant(isDigest(leaf), 'a stored leaf hash is one')
  return leaf
}

async function settle(run: Act, { row, facts }: KnownReview): Promise<void> {
  await cancelJob(run.tx, reviewOverdueJob, row.id)
  await endAlarm(run, reviewOverdueAlarm, row.id)
  if (facts.actor === undefined) return
  await notify(run, [facts.actor], { words: `Your review is signed: ${row.gate}.`, subject: row.id })
}
