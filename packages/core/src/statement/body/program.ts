import { z } from 'zod'
import { commit, count, digest, documentRef, instant, path, person, refName, repository } from './parts.ts'

/**
 * A version somebody wants in force. Its subject is the proposal, `rq_…`: the sequence of `pg_…` counts published versions
 * only (docs/formats/program-bundle.md "Body of `program.published`"), which is `@breakglass/verify`'s to check.
 */
export const programProposed = z.strictObject({
  publisher: person,
  program: documentRef,
  resolved: documentRef,
  diff: documentRef,
  class: z.enum(['first', 'narrowing', 'widening', 'neutral']),
  previous: digest.exactOptional(),
  source: z.strictObject({ commit, path, ref: refName, repository }).exactOptional(),
  /** Signatures of program owners that it takes, the publisher's among them where an owner publishes. */
  approvalsNeeded: count,
  earliestAt: instant,
})

export const programApproved = z.strictObject({ by: person, program: digest, approvals: count, approvalsNeeded: count })

export const programWithdrawn = z.strictObject({ by: person, program: digest })
