import type { ReviewView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { mayAnswer, missingInAnswer, type ReviewAnswer, reviewAnswer } from '@breakglass/core/review'
import { resolveMembers } from '@breakglass/core/decide'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import { rosterOf } from '../../facts/roster.ts'
import { notify } from '../../tell/tell.ts'
import { dataText } from '../../texts/data-document.ts'
import { seal } from '../../texts/seal.ts'
import { reviewView } from '../../views/review-view.ts'
import { demand, type KnownReview, knownReview, signerOf } from './review-facts.ts'
import { keptAnswer, reviewById } from './review-row.ts'

/**
 * The edges `answer` and `correct`: the actor's account, sealed as RFC 8785 JSON. A correction is a whole answer of its own,
 * with the next revision; the earlier one stays.
 *
 * Throws `not_found`, `wrong_state`, `refused`, `admin_may_not`; `bad_input` naming the questions that are not answered.
 */
export function answerReview(edge: Edge, person: string, id: string, answer: ReviewAnswer): Promise<ReviewView> {
  return act(edge, async run => {
    const review = await knownReview(run.tx, await reviewById(run.tx, id))
    demand(id, mayAnswer(await signerOf(run.tx, person), review.facts))
    demandComplete(review, answer)
    await record(run, person, review, answer)
    return reviewView(run.tx, await reviewById(run.tx, id), run.atMs)
  })
}

function demandComplete({ row }: KnownReview, answer: ReviewAnswer): void {
  const missing = missingInAnswer(row.form, answer)
  if (missing.length === 0) return
  throw new BreakglassError('bad_input', {
    message: `The ${row.form} form of ${row.id} also asks: ${missing.map(({ field, words }) => `${field}: ${words}`).join(' ')}`,
    data: { missing: missing.map(({ field, words }) => ({ field, words })) },
  })
}

async function record(run: Act, person: string, review: KnownReview, given: ReviewAnswer): Promise<void> {
  const { row, said } = review
  // Moved first: of two at the same moment, the database lets the second look again.
  const { numUpdatedRows } = await run.tx.db
    .updateTable('review')
    .set({ state: 'answered' })
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new BreakglassError('conflict', `${row.id} changed at the same moment; look again.`)
  const answer = await seal(run, dataText(reviewAnswer.parse(given)))
  const { unusable, harm, rolledBack, minutesLost } = given
  const chosen = {
    ...(unusable !== undefined && { unusable }),
    ...(harm !== undefined && { harm }),
    ...(rolledBack !== undefined && { rolledBack }),
    ...(minutesLost !== undefined && { minutesLost }),
  }
  const revision = said.answers.length + 1
  const { sid } = await say(run, 'review.answered', row.id, { by: person, revision, ...chosen, answer })
  const body = JSON.stringify(keptAnswer.parse({ ...chosen, commit: answer.commit }))
  await run.tx.db
    .insertInto('review_answer')
    .values({ sid, review_id: row.id, by: person, at: run.atMs, body })
    .execute()
  if (revision === 1) await tellReviewers(run, review, person)
}

async function tellReviewers(run: Act, { row, facts }: KnownReview, person: string): Promise<void> {
  const program = await programInForce(run.tx)
  if (!program) return
  const roster = await rosterOf(run.tx, program, run.atMs)
  const reviewers = resolveMembers(program.published.program.reviews.reviewers, roster).people.keys()
  const authors = facts.authors === 'unknown' ? [] : facts.authors
  const apart = new Set([person, facts.actor, ...facts.approvers, ...authors])
  const others = [...reviewers].filter(reviewer => !apart.has(reviewer))
  await notify(run, others, { words: `A review is answered and waits for a signature: ${row.gate}.`, subject: row.id })
}
