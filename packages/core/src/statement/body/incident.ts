import { z } from 'zod'
import { commitment, instant, person, severity } from './parts.ts'

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
