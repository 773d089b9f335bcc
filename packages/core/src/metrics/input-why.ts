import { z } from 'zod'
import { outcomes } from './outcomes.ts'

/* What "why the gate hurts" and "what it buys" are made from. Instants are milliseconds since 1970. */
const id = z.string().min(1).max(300)
const instant = z.int()

export const checkEnds = ['pass', 'fail', 'could_not_run'] as const

/** One run of a gate's check on one commit. */
export const checkRun = z.strictObject({
  gate: id,
  commit: id,
  startedAt: instant,
  /** Absent when only the result was told, or the run was never heard of again. */
  endedAt: instant.optional(),
  end: z.enum(checkEnds),
})
export type CheckRun = z.infer<typeof checkRun>

/** One change's wait for a review, placed by when the review was asked for, in the gate's zone. */
export const reviewWait = z.strictObject({
  gate: id,
  askedAt: instant,
  /** 0 is Sunday. */
  weekday: z.int().min(0).max(6),
  hour: z.int().min(0).max(23),
  /** Absent while it waits. */
  givenAt: instant.optional(),
})
export type ReviewWait = z.infer<typeof reviewWait>

/** One landing at one gate, and what became of it. */
export const landingFate = z.strictObject({
  gate: id,
  outcome: z.enum(outcomes),
  landedAt: instant,
  revertedAt: instant.optional(),
  /** For much of the week after it nobody could have seen it taken back: not followed. */
  unwatched: z.boolean().default(false),
  /** An incident's record names it as the cause. */
  causedIncident: z.boolean().default(false),
  /** Whether the check had run on it and failed when it was skipped; absent when nobody knows. */
  stopped: z.boolean().optional(),
  /** What the skipped check said when it was run on the change afterwards; absent when nobody ran it. */
  later: z.enum(checkEnds).optional(),
})
export type LandingFate = z.infer<typeof landingFate>
