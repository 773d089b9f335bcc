import type { EvidenceRow } from './row.ts'

export interface EvidenceCounts {
  /** Landings that a grant opened. */
  uses: number
  /** Grants that could open something, used or not. */
  grants: number
  unused: number
  refused: number
  voided: number
  findings: number
  /** Reviews that have fallen due, signed or not: what `reviewsSigned` is to be measured by. */
  reviewsDue: number
  reviewsSigned: number
  /** Signed late or still unsigned past their time. */
  reviewsLate: number
}

/** Counts over rows as they stand; a grant with three uses is one grant and one review. */
export function summarise(rows: readonly EvidenceRow[]): EvidenceCounts {
  const of = (record: EvidenceRow['record']) => rows.filter(row => row.record === record)
  const reviews = [...reviewsOf(rows).values()]
  const due = reviews.filter(({ state }) => state === 'due' || state === 'answered' || state === 'signed')
  return {
    uses: of('use').length,
    grants: new Set([...of('use'), ...of('unused_grant')].map(({ grant, id }) => grant ?? id)).size,
    unused: of('unused_grant').length,
    refused: of('refused').length,
    voided: of('voided').length,
    findings: of('finding').length,
    reviewsDue: due.length,
    reviewsSigned: due.filter(({ state }) => state === 'signed').length,
    reviewsLate: due.filter(({ late }) => late).length,
  }
}

function reviewsOf(rows: readonly EvidenceRow[]): Map<string, NonNullable<EvidenceRow['review']>> {
  return new Map(rows.flatMap(({ review }) => (review ? [[review.id, review] as const] : [])))
}
