import { type BusinessCalendar, type ReviewDue, reviewDueAt } from '../calendar/index.ts'
import type { ReviewState } from './edges.ts'

export interface DueInput {
  /** The last use so far; absent where there was none. */
  lastUseMs?: number
  /** When the window ends or ended: expiry at first, the shutting once it is known. */
  windowEndsMs: number
  /** The grant is shut: no use can come any more. */
  shut: boolean
  /** The zone of the gate's owner. */
  zone: string
  calendar: BusinessCalendar
  businessDays: number
}

/**
 * When a review is due. Until the gate is shut the date is provisional and counts from the last instant at which a use
 * could still come; then from the last use, and for an unused grant from the end of its window.
 */
export function reviewDue(input: DueInput): ReviewDue & { provisional: boolean } {
  const { lastUseMs, windowEndsMs, shut, zone, calendar, businessDays } = input
  const from = shut ? (lastUseMs ?? windowEndsMs) : Math.max(lastUseMs ?? windowEndsMs, windowEndsMs)
  return { ...reviewDueAt({ lastUseMs: from, zone, calendar, businessDays }), provisional: !shut }
}

/** The due time has passed and the review is not signed. A review that still awaits the shutting is not due yet. */
export function isOverdue(review: { state: ReviewState; dueAtMs?: number }, nowMs: number): boolean {
  if (review.state !== 'due' && review.state !== 'answered') return false
  return review.dueAtMs !== undefined && nowMs > review.dueAtMs
}

/** Signed after it was due, or overdue now. Never becomes false again: pass what was recorded before. */
export function isLate(
  review: { state: ReviewState; dueAtMs?: number; signedAtMs?: number; late: boolean },
  nowMs: number,
): boolean {
  const { dueAtMs, signedAtMs } = review
  const signedLate = dueAtMs !== undefined && signedAtMs !== undefined && signedAtMs > dueAtMs
  return review.late || signedLate || isOverdue(review, nowMs)
}
