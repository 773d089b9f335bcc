import { change, commit, digest, gateName, instant, tookMs } from '@breakglass/core/contract'
import { idOf } from '@breakglass/core/ids'
import { z } from 'zod'
import { fullRefPattern } from './full-ref.ts'

/** docs/formats/point-journal.md "Bodies of a point's events". */
const ref = z.string().max(250).regex(fullRefPattern)
const useKey = z.string().min(1).max(1000)
const mode = z.enum(['online', 'offline'])

export const pointUsed = z.strictObject({
  change,
  gate: gateName,
  grant: idOf('grant'),
  kept: z
    .array(
      z.strictObject({
        gate: gateName,
        stood: z.enum(['passed', 'waived', 'opened_by_grant', 'passed_unavailable']),
      }),
    )
    .max(64),
  /** By the forge's clock, where the point learns of the landing afterwards. */
  landedAt: instant.optional(),
  mode,
  new: commit.optional(),
  old: commit.optional(),
  ref: ref.optional(),
  run: z.string().max(200).optional(),
  useKey,
})

export const pointShut = z.strictObject({
  grant: idOf('grant'),
  used: z.int().min(0),
  why: z.enum(['expired', 'exhausted', 'revoked']),
})

export const pointAllowed = z.strictObject({
  gates: z
    .array(
      z.strictObject({
        evidence: idOf('statement').optional(),
        gate: gateName,
        opens: z.enum(['pass', 'grant', 'waiver', 'pass_when_unavailable']),
      }),
    )
    .max(64),
  mode,
  new: commit,
  old: commit.optional(),
  part: z.int().min(1).optional(),
  parts: z.int().min(1).optional(),
  program: digest,
  pusher: digest.optional(),
  ref,
})

export const pointRefused = z.strictObject({
  code: z.string().max(64),
  gate: gateName.optional(),
  new: commit.optional(),
  old: commit.optional(),
  ref: ref.optional(),
  untold: z.int().min(0),
})

export const pointPassedUnavailable = z.strictObject({
  change,
  gate: gateName,
  ref: ref.optional(),
  statement: idOf('statement'),
  useKey,
  windowUntil: instant,
})

const shownTree = z.strictObject({
  note: z.string().max(7000).optional(),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int().min(0),
})

export const pointLedgerSplit = z.strictObject({
  found: shownTree,
  held: shownTree,
  how: z.enum(['same_size', 'no_proof', 'joined']),
  origin: z.string().min(1).max(255),
})

export const pointResult = z.strictObject({
  change,
  gate: gateName,
  result: z.enum(['pass', 'fail', 'could_not_run']),
  run: z.string().max(200),
  tookMs: tookMs.optional(),
})

export const pointWait = z.strictObject({
  gate: gateName,
  number: z.int().min(1).max(2_000_000_000),
  askedAt: instant,
  givenAt: instant.optional(),
  ended: z.literal(true).optional(),
})
