import { BreakglassError } from '@breakglass/core/errors'
import { type ReviewAnswer, reviewAnswer, type ReviewSignOff, reviewSignOff } from '@breakglass/core/review'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { FollowUpTable, ReviewAnswerTable, ReviewSignOffTable, ReviewTable } from '../../store/tables/reviews.ts'
import type { Rx } from '../../store/store.ts'
import { chunks } from '../../store/chunks.ts'
import { openSealed } from '../../texts/seal.ts'

export type ReviewRow = Selectable<ReviewTable>
export type FollowUpRow = Selectable<FollowUpTable>

/** Throws `not_found`. */
export async function reviewById(rx: Rx, id: string): Promise<ReviewRow> {
  const row = await rx.db.selectFrom('review').selectAll().where('id', '=', id).executeTakeFirst()
  if (row) return row
  throw new BreakglassError('not_found', `There is no review ${id}; breakglass review list shows them.`)
}

/**
 * What the rows keep of an answer and a sign-off: what was chosen, and the commitment to the whole of it. The words lie in
 * `sealed_text` alone, so that erasing them there leaves no copy here.
 */
export const keptAnswer = reviewAnswer
  .pick({ unusable: true, harm: true, rolledBack: true, minutesLost: true })
  .extend({ commit: z.string() })
export const keptSignOff = reviewSignOff
  .pick({
    decision: true,
    gateVerdict: true,
    securityImpact: true,
    inScopeSystems: true,
    diffReviewed: true,
    skippedCheck: true,
    actorUnavailable: true,
  })
  .extend({ commit: z.string(), followUps: z.array(z.string()) })

interface Said {
  sid: string
  review: string
  by: string
  atMs: number
}

/** An answer as far as it has not been erased; `erased` says that only what was chosen is left. */
export interface GivenAnswer extends Said {
  answer: ReviewAnswer
  erased: boolean
}

export interface GivenSignOff extends Said {
  kept: z.infer<typeof keptSignOff>
  /** Absent where it was erased. */
  signOff?: ReviewSignOff
}

/** All that was said in these reviews, the oldest first. */
export interface SaidInReviews {
  answers: GivenAnswer[]
  signOffs: GivenSignOff[]
  followUps: FollowUpRow[]
  /** Texts of the follow-ups by commitment. */
  texts: Map<string, string | null>
}

export async function saidIn(rx: Rx, reviews: readonly string[]): Promise<SaidInReviews> {
  const answers: Selectable<ReviewAnswerTable>[] = []
  const signOffs: Selectable<ReviewSignOffTable>[] = []
  const followUps: FollowUpRow[] = []
  for (const part of chunks(reviews)) {
    const { db } = rx
    const answered = db.selectFrom('review_answer').selectAll().where('review_id', 'in', part)
    const signed = db.selectFrom('review_sign_off').selectAll().where('review_id', 'in', part)
    const follow = db.selectFrom('follow_up').selectAll().where('review_id', 'in', part)
    answers.push(...(await answered.orderBy('at').orderBy('sid').execute()))
    signOffs.push(...(await signed.orderBy('at').orderBy('sid').execute()))
    followUps.push(...(await follow.orderBy('due_on').orderBy('id').execute()))
  }
  const keptAnswers = answers.map(row => ({ row, kept: keptAnswer.parse(JSON.parse(row.body)) }))
  const keptSignOffs = signOffs.map(row => ({ row, kept: keptSignOff.parse(JSON.parse(row.body)) }))
  const commits = [...keptAnswers, ...keptSignOffs].map(({ kept }) => kept.commit)
  const texts = await openSealed(rx, [...commits, ...followUps.map(row => row.text_commit)])
  return {
    answers: keptAnswers.map(({ row, kept: { commit, ...chosen } }) => {
      const text = texts.get(commit) ?? null
      return { ...saidOf(row), answer: text === null ? chosen : answerIn(text), erased: text === null }
    }),
    signOffs: keptSignOffs.map(({ row, kept }) => {
      const text = texts.get(kept.commit) ?? null
      return { ...saidOf(row), kept, ...(text !== null && { signOff: signOffIn(text) }) }
    }),
    followUps,
    texts,
  }
}

const saidOf = (row: Selectable<ReviewAnswerTable>): Said => ({
  sid: row.sid,
  review: row.review_id,
  by: row.by,
  atMs: row.at,
})

const answerIn = (text: string): ReviewAnswer => reviewAnswer.parse(JSON.parse(text))
const signOffIn = (text: string): ReviewSignOff => reviewSignOff.parse(JSON.parse(text))
