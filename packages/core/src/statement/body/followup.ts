import { z } from 'zod'
import { commitment, idOf, localDate, person } from './parts.ts'

export const followupRecorded = z.strictObject({
  review: idOf('review'),
  by: person,
  owner: person,
  dueOn: localDate,
  text: commitment,
  link: commitment.exactOptional(),
})

export const followupDone = z.strictObject({ by: person, note: commitment.exactOptional() })
