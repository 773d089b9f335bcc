import { z } from 'zod'
import { refusalCodes } from '../../decide/types.ts'
import {
  boundary,
  change,
  commit,
  commitment,
  count,
  digest,
  documentRef,
  gateName,
  gates,
  idOf,
  incidentSnapshot,
  instant,
  mode,
  people,
  person,
  refName,
  repository,
  reviewDue,
  run,
} from './parts.ts'

/** What was asked for, in the words of a grant's scope; a request has no time window yet. */
const asked = {
  request: idOf('request'),
  gate: gateName,
  repository,
  ref: refName.exactOptional(),
  change,
  at: idOf('point'),
  mode,
  justification: commitment,
  /** Digest of the program it was decided under. */
  program: digest,
  /** The tree of reasons, and the roster as of the decision. */
  reasons: documentRef,
  roster: documentRef,
}

const seconds = z.int().min(0)

/** Somebody asks, and the program does not say no. Grant, wait and everything after stand on the same subject, `g_…`. */
export const glassRequested = z.strictObject({
  ...asked,
  actor: person,
  boundary,
  incident: incidentSnapshot.exactOptional(),
  secondPerson: z.enum(['not_needed', 'required', 'wait_then_solo']),
  /** While it waits: until when, and who may approve. */
  waitsUntil: instant.exactOptional(),
  mayApprove: people,
  /** Absent where neither forge nor commit says who wrote the change. */
  authors: people.exactOptional(),
  ttlSeconds: z.int().min(60).max(86_400),
  uses: z.int().min(1).max(10),
  /** Gates in force for the same change that stay shut. */
  keeps: gates,
  enforcement: z.enum(['enforced', 'cooperative']),
})

export const glassApproved = z.strictObject({ by: person, roster: documentRef })
export const glassDeclined = z.strictObject({ by: person, reason: commitment })
export const glassWithdrawn = z.strictObject({ by: person })

/** The wait is over and nobody came: it goes on alone, and says so. */
export const glassWentSolo = z.strictObject({
  waitingSince: instant,
  waitedSeconds: seconds,
  mayApprove: people,
})

const refusedOne = z.strictObject({
  ...asked,
  code: z.enum(refusalCodes),
  /** Absent where the credential led to nobody. */
  actor: person.exactOptional(),
  incident: idOf('incident').exactOptional(),
})

/** Beyond twenty refusals of a person in an hour, one statement on the person, `p_…`, counts the rest. */
const refusedMany = z.strictObject({
  actor: person,
  from: instant,
  until: instant,
  codes: z.array(z.strictObject({ code: z.enum(refusalCodes), count: z.int().min(1) })).min(1),
})

export const glassRefused = z.union([refusedOne, refusedMany])

/** The grant never worked: its proof did not come in time. `granted` is the leaf hash of the statement nobody may use. */
export const glassVoided = z.strictObject({
  granted: digest,
  /** Where the ledger turned out to hold it after all. */
  index: count.exactOptional(),
  why: z.enum(['no_proof_in_time', 'found_at_start']),
})

/** What another gate of the same change showed at the moment of use. */
const kept = z.strictObject({
  gate: gateName,
  stood: z.enum(['passed', 'failed', 'could_not_run', 'opened_by_grant', 'waived', 'passed_unavailable', 'unknown']),
})

/** A landing that this grant opened. */
export const glassUsed = z.strictObject({
  actor: person,
  /** Leaf hash of the grant. */
  granted: digest,
  gate: gateName,
  repository,
  ref: refName.exactOptional(),
  change,
  /** A landed commit that differs from the one granted (squash, rebase, queue), as the forge shows. */
  landedAs: commit.exactOptional(),
  /** Of a push: the tips before and after. `old` is absent where the ref was created. */
  old: commit.exactOptional(),
  new: commit.exactOptional(),
  run: run.exactOptional(),
  at: idOf('point'),
  /** SHA-256 of the canonical use key. */
  useKey: digest,
  usedAt: instant,
  use: z.int().min(1).max(10),
  uses: z.int().min(1).max(10),
  /** The point told of it only after the grant's end: an offline use, or a spool that could not be sent. */
  reportedLate: z.boolean(),
  incident: incidentSnapshot.exactOptional(),
  kept: z.array(kept).max(200),
  review: idOf('review'),
})

export const glassExpired = z.strictObject({ expiresAt: instant, used: count, uses: count })

export const glassRevoked = z.strictObject({
  by: person,
  reason: commitment,
  used: count,
  uses: count,
  /** Of an offline grant: until when its point, which cannot be asked, may still open. */
  mayOpenUntil: instant.exactOptional(),
})

/** The gate is shut again and somebody confirms it. Sets the review's final due date where there was a use. */
export const glassShut = z.strictObject({
  after: z.enum(['expired', 'revoked', 'exhausted']),
  /** `server`: the use table, which alone opens online grants, takes no more. */
  confirmedBy: z.union([
    z.strictObject({ kind: z.literal('point'), point: idOf('point') }),
    z.strictObject({ kind: z.literal('server') }),
  ]),
  how: z.enum(['point_report', 'use_table', 'protection_read_back']),
  /** The last instant at which it could have opened. */
  openedUntil: instant,
  confirmedAt: instant,
  /** Confirmed later than five minutes after it was due. */
  overdue: z.boolean(),
  used: count,
  uses: count,
  review: z.strictObject({ id: idOf('review'), form: z.enum(['full', 'short']), due: reviewDue }),
})
