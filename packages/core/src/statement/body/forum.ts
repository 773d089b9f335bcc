import { z } from 'zod'
import { commitment, documentRef, gateName, instant, localDate, person } from './parts.ts'

/** A statement is bounded, and so is a meeting. */
const decisionsMax = 20

/** The standing review was held: what it read, and what it decided about which gate. Subject: the forum, `fo_…`. */
export const forumHeld = z.strictObject({
  by: person,
  chair: person,
  heldAt: instant,
  /** The report that lay before it, as `documentRef` of its JSON, and the period that is of. */
  report: documentRef,
  from: instant,
  to: instant,
  decisions: z
    .array(
      z.strictObject({ gate: gateName, question: commitment, decision: commitment, owner: person, dueOn: localDate }),
    )
    .max(decisionsMax),
  /** Gates that the report asked about and nothing was decided on. */
  undecided: z.array(gateName).max(decisionsMax),
})
