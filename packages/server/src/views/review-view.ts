import type { ReviewView } from '@breakglass/core/contract'
import { isLate, isOverdue } from '@breakglass/core/review'
import { msToInstant } from '@breakglass/verify'
import { knownReview } from '../commands/reviews/review-facts.ts'
import {
  type FollowUpRow,
  type GivenAnswer,
  type GivenSignOff,
  type ReviewRow,
  type SaidInReviews,
  saidIn,
} from '../commands/reviews/review-row.ts'
import type { Rx } from '../store/store.ts'
import { type Names, namesOf } from './people.ts'
import { prefilledOf } from './review-prefilled.ts'
import { remarksOf } from './review-remarks.ts'

/** One review with everything that is already known filled in, and what the system has to remark. */
export async function reviewView(rx: Rx, row: ReviewRow, nowMs: number): Promise<ReviewView> {
  const known = await knownReview(rx, row)
  const names = await namesOf(rx, peopleIn([row], known.said))
  return {
    ...viewOf(row, { said: known.said, names, nowMs }),
    prefilled: await prefilledOf(rx, known),
    remarks: await remarksOf(rx, known, nowMs),
  }
}

/** Reviews for a list: what was said, without what only the form of one review needs. */
export async function reviewViews(rx: Rx, rows: readonly ReviewRow[], nowMs: number): Promise<ReviewView[]> {
  const said = await saidIn(
    rx,
    rows.map(({ id }) => id),
  )
  const names = await namesOf(rx, peopleIn(rows, said))
  return rows.map(row => ({ ...viewOf(row, { said, names, nowMs }), prefilled: {}, remarks: [] }))
}

const peopleIn = (rows: readonly ReviewRow[], { answers, signOffs, followUps }: SaidInReviews): string[] => [
  ...rows.flatMap(({ actor }) => actor ?? []),
  ...[...answers, ...signOffs].map(({ by }) => by),
  ...followUps.map(({ owner }) => owner),
]

interface Beside {
  said: SaidInReviews
  names: Names
  nowMs: number
}

function viewOf(row: ReviewRow, { said, names, nowMs }: Beside): Omit<ReviewView, 'prefilled' | 'remarks'> {
  const answer = said.answers.filter(({ review }) => review === row.id).at(-1)
  const signOffs = said.signOffs.filter(({ review }) => review === row.id)
  return {
    id: row.id,
    of: row.of,
    subject: row.subject,
    gate: row.gate,
    state: row.state,
    ...(row.actor !== null && { actor: names(row.actor) }),
    openedAt: msToInstant(row.opened_at),
    ...(row.due_at !== null && { dueAt: msToInstant(row.due_at) }),
    provisional: row.provisional === 1,
    ...timely(row, nowMs),
    signOffsNeeded: row.sign_offs_needed,
    form: row.form,
    ...(answer && { answer: answerView(answer, names) }),
    signOffs: signOffs.map(signOff => signOffView(signOff, said, names)),
  }
}

/** Whether it is overdue now, and whether it is late for ever. */
export function timely(row: ReviewRow, nowMs: number): { overdue: boolean; late: boolean } {
  const times = {
    state: row.state,
    late: row.late === 1,
    ...(row.due_at !== null && { dueAtMs: row.due_at }),
    ...(row.signed_at !== null && { signedAtMs: row.signed_at }),
  }
  return { overdue: isOverdue(times, nowMs), late: isLate(times, nowMs) }
}

const answerView = ({ answer, atMs, by }: GivenAnswer, names: Names): NonNullable<ReviewView['answer']> => ({
  ...answer,
  at: msToInstant(atMs),
  by: names(by),
})

function signOffView({ signOff, kept, ...said }: GivenSignOff, all: SaidInReviews, names: Names) {
  const by = { at: msToInstant(said.atMs), by: names(said.by) }
  if (signOff) return { ...signOff, ...by }
  const { commit: _, followUps: ids, ...chosen } = kept
  const followUps = all.followUps.filter(({ id }) => ids.includes(id)).map(row => erasedFollowUp(row, all.texts))
  return { ...chosen, followUps, ...by }
}

/** The words of a sign-off were erased; who owes what until when was not. */
const erasedFollowUp = (row: FollowUpRow, texts: SaidInReviews['texts']) => ({
  owner: row.owner,
  dueOn: row.due_on,
  text: texts.get(row.text_commit) ?? '(erased)',
})
