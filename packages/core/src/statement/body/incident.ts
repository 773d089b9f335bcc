import { z } from 'zod'
import { commit, commitment, instant, person, repository, severity } from './parts.ts'

export const incidentOpened = z.strictObject({
  by: person,
  severity,
  commander: person.exactOptional(),
  title: commitment,
})

export const incidentSet = z.strictObject({
  by: person,
  severity: severity.exactOptional(),
  severityBefore: severity.exactOptional(),
  commander: person.exactOptional(),
})

export const incidentResolved = z.strictObject({ by: person, severity, openedAt: instant })

/** A change that somebody names as a cause of the incident, or takes back having named. */
export const incidentCause = z.strictObject({
  by: person,
  repository,
  commit,
  withdrawn: z.literal(true).exactOptional(),
})
