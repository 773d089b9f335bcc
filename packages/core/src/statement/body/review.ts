import { z } from 'zod'
import {
  gateVerdicts,
  reviewDecisions,
  reviewForms,
  reviewSubjects,
  securityImpacts,
  unusableReasons,
} from '../../review/words.ts'
import { commitment, count, digest, documentRef, gateName, idOf, instant, people, person, reviewDue } from './parts.ts'

/** Opened by the system with the grant, the finding, the window or the renewed waiver; nobody can leave it out. */
export const reviewOpened = z.strictObject({
  of: z.enum(reviewSubjects),
  subject: z.union([idOf('grant'), idOf('finding'), idOf('window'), idOf('waiver'), idOf('disclosure')]),
  gate: gateName,
  /** Absent where a landing was found and nobody is known. */
  actor: person.exactOptional(),
  form: z.enum(reviewForms),
  signOffsNeeded: z.int().min(1).max(2),
  due: reviewDue,
  /** Until the gate is shut the date is provisional; `glass.shut` sets the final one. */
  provisional: z.boolean(),
})

/** The actor's account. What was chosen stands here; the whole of it, words and all, is sealed. */
export const reviewAnswered = z.strictObject({
  by: person,
  /** 1, then 2, 3 … for corrections, which are appended. */
  revision: z.int().min(1),
  unusable: z.enum(unusableReasons).exactOptional(),
  harm: z.enum(['none', 'some', 'unknown']).exactOptional(),
  rolledBack: z.boolean().exactOptional(),
  minutesLost: count.exactOptional(),
  /** Commitment to the RFC 8785 JSON of the answer. */
  answer: commitment,
})

export const reviewSigned = z.strictObject({
  by: person,
  signOff: z.int().min(1).max(2),
  signOffsNeeded: z.int().min(1).max(2),
  /** With this signature the review is signed. */
  complete: z.boolean(),
  decision: z.enum(reviewDecisions),
  gateVerdict: z.enum(gateVerdicts),
  securityImpact: z.enum(securityImpacts),
  diffReviewed: z.boolean(),
  /** The reviewer says that the actor could not be asked. */
  actorUnavailable: z.boolean(),
  /** Leaf hash of the answer that was read. */
  answer: digest.exactOptional(),
  /** Commitment to the RFC 8785 JSON of the sign-off. */
  record: commitment,
  followUps: z.array(idOf('followUp')).max(20),
  /** The reviewers as of signing. */
  roster: documentRef,
  dueAt: instant,
  late: z.boolean(),
})

export const reviewOverdue = z.strictObject({ dueAt: instant, answered: z.boolean(), signOffs: count, told: people })

/** The grant never worked, so there is nothing to ask. Not counted. */
export const reviewClosedBySystem = z.strictObject({ why: z.literal('grant_void') })
