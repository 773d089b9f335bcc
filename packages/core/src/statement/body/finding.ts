import { z } from 'zod'
import { commit, commitment, digest, documentRef, gates, idOf, instant, person, refName, repository } from './parts.ts'

/** A bypass that was found. It says what landed, never who is to blame. */
export const findingDetected = z.strictObject({
  kind: z.enum(['landed_without_hook', 'unreported_use', 'late_use']),
  confidence: z.enum(['certain', 'likely']),
  repository,
  ref: refName,
  old: commit.exactOptional(),
  new: commit.exactOptional(),
  gates,
  grant: idOf('grant').exactOptional(),
  at: idOf('point').exactOptional(),
  whileOff: z.boolean(),
  /** When it happened, as far as can be told; `at` of the envelope is when it was found. */
  happenedAt: instant,
  program: digest,
  evidence: documentRef.exactOptional(),
  review: idOf('review'),
})

export const findingResolved = z.strictObject({ by: person, explanation: commitment })
