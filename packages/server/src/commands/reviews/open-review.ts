import { calendarText } from '@breakglass/core/calendar'
import type { ResolvedGate, ResolvedProgram } from '@breakglass/core/program'
import { type ReviewForm, reviewDue, type ReviewSubject, signOffsNeeded } from '@breakglass/core/review'
import type { StatementBody } from '@breakglass/core/statement'
import { msToInstant } from '@breakglass/verify'
import { type Act, say } from '../../edge/edge.ts'
import { enqueue } from '../../jobs/queue.ts'
import { keepDocument } from '../../texts/document.ts'

export const reviewOverdueJob = 'review.overdue'

export interface NewReview {
  of: ReviewSubject
  /** What is reviewed: a grant, a finding, a window. */
  subject: string
  grant?: string
  gate: ResolvedGate
  program: ResolvedProgram
  actor?: string
  form: ReviewForm
  incidentVerified: boolean
  due: DueFrom
}

/** What the due date counts from: provisional until the gate is shut. */
export interface DueFrom {
  lastUseMs?: number
  windowEndsMs: number
  shut: boolean
}

/** Opens a review in the transaction that makes it necessary. There is no way to make the one without the other. */
export async function openReview(run: Act, review: NewReview): Promise<string> {
  const { of, subject, grant, gate, program, actor, form, incidentVerified } = review
  const id = run.newId('review')
  const due = await dueOf(run, program, gate, review.due)
  const needed = signOffsNeeded({ form, incidentVerified, gateClass: gate.class })
  await run.tx.db
    .insertInto('review')
    .values({
      id,
      of,
      subject,
      grant_id: grant ?? null,
      gate: gate.name,
      state: due.provisional ? 'awaiting_shut' : 'due',
      form,
      actor: actor ?? null,
      opened_at: run.atMs,
      due_at: due.dueAtMs,
      due_zone: due.body.zone,
      calendar_digest: due.body.calendar.digest,
      provisional: due.provisional ? 1 : 0,
      sign_offs_needed: needed,
      signed_at: null,
    })
    .execute()
  await say(run, 'review.opened', id, {
    of,
    subject,
    gate: gate.name,
    ...(actor !== undefined && { actor }),
    form,
    signOffsNeeded: needed,
    due: due.body,
    provisional: due.provisional,
  })
  if (!due.provisional) await watchDue(run, id, due.dueAtMs)
  return id
}

export interface Due {
  dueAtMs: number
  provisional: boolean
  /** As a statement says it. */
  body: StatementBody<'review.opened'>['due']
}

/** When the review is due, with the calendar kept by digest so that a later edit of the holidays rewrites nothing. */
export async function dueOf(run: Act, program: ResolvedProgram, gate: ResolvedGate, from: DueFrom): Promise<Due> {
  const { calendar, reviews } = program
  const due = reviewDue({ ...from, zone: gate.timezone, calendar, businessDays: reviews.dueBusinessDays })
  const { digest, length } = await keepDocument(run, calendarText(calendar))
  return {
    dueAtMs: due.dueAtMs,
    provisional: due.provisional,
    body: {
      dueAt: msToInstant(due.dueAtMs),
      localDate: due.localDate,
      zone: due.zone,
      calendar: { digest, length },
    },
  }
}

/** The first instant after the due time records that it has passed; recording is all it does. */
export function watchDue({ tx, newId }: Act, review: string, dueAtMs: number): Promise<void> {
  return enqueue(tx, {
    id: newId('job'),
    kind: reviewOverdueJob,
    key: review,
    runAt: dueAtMs + 1,
    ifOpen: 'replace',
    attemptsMax: 1000,
  })
}
