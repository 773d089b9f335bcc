import { z } from 'zod'
import { count, gateName, instant, person } from './parts.ts'

/** Whoever reads the record leaves one. Subject: the reader, `p_…`. */
export const evidenceRead = z.strictObject({
  by: person,
  from: instant,
  to: instant,
  gate: gateName.exactOptional(),
  rows: count,
  withProofs: z.boolean(),
  /** Entries of the ledger when it was read. */
  ledgerSize: count,
})
