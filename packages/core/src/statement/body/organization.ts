import { z } from 'zod'
import { commitment, person } from './parts.ts'

/** Entry 0 of the ledger: from here on there is somebody to hold to account. */
export const organizationFounded = z.strictObject({ administrator: person, name: commitment })
