import { z } from 'zod'
import { repairCauses } from '../../repair/words.ts'
import { commitment, gateName, localDate, person } from './parts.ts'

export const repairOpened = z.strictObject({
  by: person,
  cause: z.enum(repairCauses),
  dueOn: localDate,
  gate: gateName,
  owner: person,
  /** What is put off for it. */
  paused: commitment,
  plan: commitment,
  sponsor: person,
})

export const repairEnded = z.strictObject({ by: person, note: commitment, outcome: z.enum(['done', 'abandoned']) })
