import { z } from 'zod'
import { idOf } from '../ids.ts'
import { reviewAnswer, reviewSignOff, reviewSubjects } from '../review/index.ts'
import { endpoint } from './endpoint.ts'
import { gateName, instant, personRef } from './shapes.ts'

export const reviewView = z.strictObject({
  id: idOf('review'),
  /** What is reviewed: a use of a grant, a grant that was not used, a finding, a pass while unavailable, a late use, a waiver that
   * was renewed. */
  of: z.enum(reviewSubjects),
  subject: z.string(),
  gate: gateName,
  state: z.enum(['awaiting_shut', 'due', 'answered', 'signed', 'closed_by_system']),
  actor: personRef.optional(),
  openedAt: instant,
  dueAt: instant.optional(),
  /** The date is provisional until the gate is shut. */
  provisional: z.boolean(),
  overdue: z.boolean(),
  /** Signed after it was due; stays so for ever. */
  late: z.boolean(),
  signOffsNeeded: z.int(),
  form: z.enum(['full', 'short']),
  prefilled: z.record(z.string(), z.string()),
  answer: reviewAnswer.extend({ at: instant, by: personRef }).optional(),
  signOffs: z.array(reviewSignOff.extend({ at: instant, by: personRef })),
  remarks: z.array(z.string()),
})
export type ReviewView = z.infer<typeof reviewView>

const byId = z.strictObject({ id: idOf('review') })

export const listReviews = endpoint({
  id: 'listReviews',
  method: 'get',
  path: '/reviews',
  summary: 'Reviews by due time. `mine`: those this person can answer or sign.',
  tag: 'reviews',
  access: 'person',
  query: z.strictObject({ state: z.enum(['open', 'signed', 'all']).optional(), mine: z.enum(['true']).optional() }),
  reply: z.strictObject({ reviews: z.array(reviewView) }),
})

export const showReview = endpoint({
  id: 'showReview',
  method: 'get',
  path: '/reviews/{id}',
  summary: 'One review with everything that is already known filled in.',
  tag: 'reviews',
  access: 'person',
  params: byId,
  reply: reviewView,
})

export const answerReview = endpoint({
  id: 'answerReview',
  method: 'post',
  path: '/reviews/{id}/answer',
  summary: "The actor's account: what made the safe path unusable, what happened. Corrections are appended.",
  tag: 'reviews',
  access: 'person',
  params: byId,
  body: reviewAnswer,
  reply: reviewView,
  errors: ['wrong_state', 'refused'],
})

export const signReview = endpoint({
  id: 'signReview',
  method: 'post',
  path: '/reviews/{id}/sign',
  summary: 'Sign as reviewer: never the actor, an approver or an author; drawn from the roster as of now.',
  tag: 'reviews',
  access: 'person',
  params: byId,
  body: reviewSignOff,
  reply: reviewView,
  errors: ['wrong_state', 'refused', 'admin_may_not'],
})
