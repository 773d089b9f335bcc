import { z } from 'zod'
import { commitment, count, gateName, person, refName, repository } from './parts.ts'

/** Where a gate is waived; a repository and a branch each. */
const places = z
  .array(z.strictObject({ ref: refName, repository }))
  .min(1)
  .max(20)

export const waiverRequested = z.strictObject({
  by: person,
  gate: gateName,
  owner: person,
  places,
  reason: commitment,
  seconds: count,
})

export const waiverApproved = z.strictObject({ by: person })

export const waiverDeclined = z.strictObject({ by: person, reason: commitment })

/** `void`: the ledger did not confirm it in time, and it never held. */
export const waiverEnded = z.strictObject({
  by: person.exactOptional(),
  reason: commitment.exactOptional(),
  why: z.enum(['ended', 'expired', 'void', 'withdrawn']),
})
