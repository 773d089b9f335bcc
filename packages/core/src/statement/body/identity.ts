import { z } from 'zod'
import { commitment, person, role } from './parts.ts'

const issuer = z
  .string()
  .max(253)
  .regex(/^[a-z0-9][a-z0-9.:/_-]*$/, 'local, or the address of an issuer')

/** An account is one person's from now on. The issuer is a machine; the subject may be an address and is sealed. */
export const identityLinked = z.strictObject({
  /** Absent where the system made the first administrator. */
  by: person.exactOptional(),
  kind: z.enum(['human', 'bot']),
  issuer,
  account: commitment,
  name: commitment,
  roles: z.array(role).max(4),
})

/** One more account is this person's, or one of several is not any more. */
export const identityAccount = z.strictObject({ by: person, issuer, account: commitment })

export const identityEnded = z.strictObject({ by: person })
