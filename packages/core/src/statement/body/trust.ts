import { z } from 'zod'
import { digest, documentRef, person } from './parts.ts'

/** docs/formats/trust.md: every version of trust.json, by the digest of its bytes as written. */
export const trustPublished = z.strictObject({
  trust: documentRef,
  version: z.int().min(1),
  previous: digest.exactOptional(),
  why: z.enum(['founding', 'point_registered', 'point_ended', 'issuer_added', 'issuer_ended', 'policy_changed']),
  /** Absent where the system founded itself. */
  by: person.exactOptional(),
})
