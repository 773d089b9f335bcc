import { z } from 'zod'
import { sentence, text } from '../contract/shapes.ts'
import { gateVerdicts, type ReviewForm, reviewDecisions, securityImpacts } from './words.ts'

export const followUp = z.strictObject({
  /** An account or a person's id; resolved when it is taken. */
  owner: z.string().min(1).max(254),
  dueOn: z.iso.date(),
  text: sentence,
  link: z.url().max(500).optional(),
})
export type FollowUp = z.infer<typeof followUp>

/** What a reviewer signs. `signOffFaults` says what members must agree with each other. */
export const reviewSignOff = z.strictObject({
  decision: z.enum(reviewDecisions),
  gateVerdict: z.enum(gateVerdicts),
  securityImpact: z.enum(securityImpacts),
  securityText: text(4000).optional(),
  /** Did the bypass touch systems under a regulation (cardholder data, financial reporting)? */
  inScopeSystems: z.enum(['no', 'yes', 'unknown']).optional(),
  diffReviewed: z.boolean(),
  /** What the skipped check said when it was run again; a check nobody ran again is `not_rerun`, never a pass. */
  skippedCheck: z.enum(['passed', 'failed', 'not_rerun']).optional(),
  followUps: z.array(followUp).max(20),
  /** Where nothing follows: why nothing. */
  noFollowUpReason: text(1000).optional(),
  /** The actor has not answered and cannot be asked. */
  actorUnavailable: z.boolean().optional(),
  words: text(4000).optional(),
})
export type ReviewSignOff = z.infer<typeof reviewSignOff>

/** What keeps this sign-off from being taken, in words for the reviewer; none, and it stands. */
export function signOffFaults(form: ReviewForm, signOff: ReviewSignOff): string[] {
  const { decision, followUps, noFollowUpReason, securityImpact, securityText } = signOff
  const hasReason = (noFollowUpReason ?? '').trim() !== ''
  const faults: string[] = []
  if (form === 'full' && !signOff.diffReviewed) {
    faults.push('the change landed without its gate: read the diff before signing, and say that you did')
  }
  if (followUps.length === 0 && !hasReason) faults.push('name at least one follow-up, or say why none is needed')
  if (followUps.length > 0 && hasReason) faults.push('there are follow-ups and a reason for none; keep one of the two')
  if (followUps.length === 0 && (decision === 'approved_with_actions' || decision === 'change_to_be_reverted')) {
    faults.push(`the decision ${decision} says that something follows; name it with an owner and a date`)
  }
  if (securityImpact !== 'none' && (securityText ?? '').trim() === '') {
    faults.push(`the security impact is ${securityImpact}; say which`)
  }
  return faults
}
