import type { EvidenceRow } from '@breakglass/core/evidence'
import { msToInstant } from '@breakglass/verify'
import type { Rx } from '../../store/store.ts'
import { chunks } from '../../store/chunks.ts'
import type { Names } from '../../views/people.ts'
import { timely } from '../../views/review-view.ts'
import { type ReviewRow, type SaidInReviews, saidIn } from '../reviews/review-row.ts'
import type { Happened } from './period.ts'

type Reviewed = NonNullable<EvidenceRow['review']>

/** The reviews of a page of rows, by the grant or finding that made each necessary. */
export interface ReviewsOfRows {
  /** Everybody who is named in them. */
  people: string[]
  viewOf(of: string, names: Names): Reviewed | undefined
  /** The review and its follow-ups, as subjects of statements. */
  subjectsOf(of: string): string[]
  actorOf(of: string): string | undefined
  gateOf(of: string): string | undefined
}

export async function reviewsOf(rx: Rx, happened: readonly Happened[], nowMs: number): Promise<ReviewsOfRows> {
  const ids = happened.map(one => (one.record === 'finding' ? one.finding.id : one.grant.id))
  const rows = new Map<string, ReviewRow>()
  for (const part of chunks([...new Set(ids)])) {
    const found = await rx.db.selectFrom('review').selectAll().where('subject', 'in', part).execute()
    for (const row of found) rows.set(row.subject, row)
  }
  const said = await saidIn(
    rx,
    [...rows.values()].map(({ id }) => id),
  )
  const byReview = groupedByReview(said)
  const of = (subject: string) => rows.get(subject)
  return {
    people: [
      ...[...rows.values()].flatMap(({ actor }) => actor ?? []),
      ...said.signOffs.map(({ by }) => by),
      ...said.followUps.map(({ owner }) => owner),
    ],
    viewOf(subject, names) {
      const row = of(subject)
      return row && reviewedOf(row, byReview(row.id), { names, nowMs })
    },
    subjectsOf(subject) {
      const row = of(subject)
      return row ? [row.id, ...byReview(row.id).followUps.map(({ id }) => id)] : []
    },
    actorOf: subject => of(subject)?.actor ?? undefined,
    gateOf: subject => of(subject)?.gate,
  }
}

type SaidInOne = Pick<SaidInReviews, 'answers' | 'signOffs' | 'followUps'>

function groupedByReview(said: SaidInReviews): (review: string) => SaidInOne {
  const answers = Map.groupBy(said.answers, ({ review }) => review)
  const signOffs = Map.groupBy(said.signOffs, ({ review }) => review)
  const followUps = Map.groupBy(said.followUps, ({ review_id }) => review_id)
  return review => ({
    answers: answers.get(review) ?? [],
    signOffs: signOffs.get(review) ?? [],
    followUps: followUps.get(review) ?? [],
  })
}

/** The last signature says what was decided: it read the ones before. */
function reviewedOf(row: ReviewRow, said: SaidInOne, { names, nowMs }: { names: Names; nowMs: number }): Reviewed {
  const answer = said.answers.at(-1)?.answer
  const signed = said.signOffs.at(-1)?.kept
  return {
    id: row.id,
    state: row.state,
    ...(row.due_at !== null && { dueAt: msToInstant(row.due_at) }),
    ...(row.signed_at !== null && { signedAt: msToInstant(row.signed_at) }),
    late: timely(row, nowMs).late,
    reviewers: said.signOffs.map(({ by }) => names(by)),
    ...(signed && {
      decision: signed.decision,
      gateVerdict: signed.gateVerdict,
      securityImpact: signed.securityImpact,
    }),
    ...(answer?.unusable !== undefined && { unusable: answer.unusable }),
    ...(answer?.result !== undefined && { result: answer.result }),
    ...(answer?.rolledBack !== undefined && { rolledBack: answer.rolledBack }),
    followUps: said.followUps.map(({ id, owner, due_on, done_at }) => ({
      id,
      owner: names(owner),
      dueOn: due_on,
      ...(done_at !== null && { doneAt: msToInstant(done_at) }),
    })),
  }
}
