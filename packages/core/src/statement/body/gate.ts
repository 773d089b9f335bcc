import { z } from 'zod'
import { count, gateName, idOf, instant, repository } from './parts.ts'

/** A gate that passed because it could not run can run again. `passes`: what it let through and must now look at. */
export const gateRecovered = z.strictObject({
  gate: gateName,
  repository,
  windowFrom: instant,
  recoveredAt: instant,
  passes: count,
  review: idOf('review').exactOptional(),
})
