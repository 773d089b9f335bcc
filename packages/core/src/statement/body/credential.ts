import { z } from 'zod'
import { gateName, idOf, instant, person, repository } from './parts.ts'

const kind = z.enum(['person', 'reporter', 'point', 'invitation'])

/** Somebody or something can act from now on. Subject: the token, `tk_…`, or the invitation, `iv_…`. Never the secret. */
export const credentialIssued = z.strictObject({
  kind,
  by: person.exactOptional(),
  person: person.exactOptional(),
  point: idOf('point').exactOptional(),
  /** The only gate and repository a reporter may report for. */
  gate: gateName.exactOptional(),
  repository: repository.exactOptional(),
  invitation: idOf('invitation').exactOptional(),
  expiresAt: instant,
})

export const credentialEnded = z.strictObject({
  kind,
  by: person.exactOptional(),
  why: z.enum(['ended', 'person_ended', 'replaced', 'used', 'expired']),
})
