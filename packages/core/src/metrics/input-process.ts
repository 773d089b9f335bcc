import { z } from 'zod'
import { gateVerdicts, unusableReasons } from '../review/words.ts'
import { labels } from './words.ts'

/*
 * What the numbers of the process are made from. Instants are milliseconds since 1970. People are opaque ids, which no
 * result repeats.
 */
const id = z.string().min(1).max(300)
const instant = z.int()

/** One review, as it is known now. */
export const reviewRecord = z.strictObject({
  gate: id,
  openedAt: instant,
  dueAt: instant,
  /** Absent while it is open. */
  signedAt: instant.optional(),
  /** When the answer to be signed was there: a signature at once is counted from here. */
  answeredAt: instant.optional(),
  /** The same of two answers whose words are the same. */
  answerDigest: id.optional(),
  actor: id.optional(),
  reviewer: id.optional(),
  verdict: z.enum(gateVerdicts).optional(),
  /** What made the safe path unusable, in the actor's choice of words. */
  reason: z.enum(unusableReasons).optional(),
  /** What the gate was labelled when it was signed. */
  labelled: z.enum(labels).optional(),
})
export type ReviewRecord = z.infer<typeof reviewRecord>

export const waiverRecord = z.strictObject({
  gate: id,
  /** Of the first waiver of that gate and scope, re-filed ones included: its age counts from here. */
  firstAt: instant,
  until: instant,
  /** Ended before its time. */
  endedAt: instant.optional(),
  /** The age, in days, that the program allows. */
  boundDays: z.number().positive().optional(),
})
export type WaiverRecord = z.infer<typeof waiverRecord>

export const followUpRecord = z.strictObject({ dueAt: instant, doneAt: instant.optional() })
export type FollowUpRecord = z.infer<typeof followUpRecord>

/** One opening by break-glass: what its path took. Absent `openedAt`: it never opened. */
export const openingRecord = z.strictObject({ gate: id, requestedAt: instant, openedAt: instant.optional() })
export type OpeningRecord = z.infer<typeof openingRecord>

/** One change's wait for the gate itself, from asking to the pass. Absent `passedAt`: it still waits. */
export const gateWait = z.strictObject({ gate: id, askedAt: instant, passedAt: instant.optional() })
export type GateWait = z.infer<typeof gateWait>
