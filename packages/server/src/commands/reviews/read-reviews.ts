import type { ReviewView } from '@breakglass/core/contract'
import { maySign } from '@breakglass/core/review'
import type { Edge } from '../../edge/edge.ts'
import { requireProgram } from '../../facts/program.ts'
import { rosterOf } from '../../facts/roster.ts'
import type { Rx } from '../../store/store.ts'
import { reviewView, reviewViews } from '../../views/review-view.ts'
import { knownReview, signerOf } from './review-facts.ts'
import { type ReviewRow, reviewById } from './review-row.ts'

export interface ReviewFilter {
  state?: 'open' | 'signed' | 'all' | undefined
  mine?: 'true' | undefined
}

const listMax = 500
const openStates = ['awaiting_shut', 'due', 'answered'] as const

/** By due time; open ones unless said. `mine`: those this person can answer or sign now. */
export function listReviews(edge: Edge, person: string, filter: ReviewFilter): Promise<{ reviews: ReviewView[] }> {
  const { state = 'open', mine } = filter
  return edge.store.read(async rx => {
    const rows = await rx.db
      .selectFrom('review')
      .selectAll()
      .$if(state === 'open', query => query.where('state', 'in', openStates))
      .$if(state === 'signed', query => query.where('state', '=', 'signed'))
      .orderBy('due_at', order => order.asc().nullsLast())
      .orderBy('opened_at')
      .orderBy('id')
      .limit(listMax)
      .execute()
    const shown = mine === undefined ? rows : await those(rx, rows, { person, nowMs: edge.nowMs() })
    return { reviews: await reviewViews(rx, shown, edge.nowMs()) }
  })
}

/** Throws `not_found`. */
export const showReview = (edge: Edge, id: string): Promise<ReviewView> =>
  edge.store.read(async rx => reviewView(rx, await reviewById(rx, id), edge.nowMs()))

/** Those this person can answer, and those they may sign, if need be by stating that the actor cannot be asked. */
async function those(rx: Rx, rows: ReviewRow[], { person, nowMs }: { person: string; nowMs: number }) {
  const program = await requireProgram(rx)
  const { reviewers } = program.published.program.reviews
  const roster = await rosterOf(rx, program, nowMs)
  const reviewer = await signerOf(rx, person)
  const found: ReviewRow[] = []
  for (const row of rows) {
    if (row.state !== 'due' && row.state !== 'answered') continue
    const { facts } = await knownReview(rx, row)
    const canAnswer = row.state === 'due' && facts.actor === person
    const signing = maySign({ reviewer, review: facts, reviewers, roster, actorUnavailable: row.state === 'due' })
    if (canAnswer || signing.ok) found.push(row)
  }
  return found
}
