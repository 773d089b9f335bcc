import { z } from 'zod'
import { change, commit, digest, gateName, instant, personRef, repositoryId, severity } from '../contract/shapes.ts'
import { refusalCodes } from '../decide/types.ts'
import { idOf } from '../ids.ts'
import { gateVerdicts, reviewDecisions, reviewStates, securityImpacts, unusableReasons } from '../review/index.ts'

/**
 * What kind of thing a row is evidence of. Every use has its own row, so that a sample is drawn from the whole population;
 * grants that nobody used, refusals and void grants stand beside them, and so do bypasses that were only found.
 */
export const evidenceRecords = ['use', 'unused_grant', 'refused', 'voided', 'finding'] as const
export type EvidenceRecord = (typeof evidenceRecords)[number]

/** Text that people wrote and that may have been erased since: `text` is absent then, and the proof stays valid. */
const sealed = z.strictObject({ state: z.enum(['present', 'erased']), text: z.string().optional() })

const reviewed = z.strictObject({
  id: idOf('review'),
  state: z.enum(reviewStates),
  dueAt: instant.optional(),
  signedAt: instant.optional(),
  /** Signed after it was due, or overdue when this was read; stays so for ever. */
  late: z.boolean(),
  reviewers: z.array(personRef),
  decision: z.enum(reviewDecisions).optional(),
  gateVerdict: z.enum(gateVerdicts).optional(),
  securityImpact: z.enum(securityImpacts).optional(),
  unusable: z.enum(unusableReasons).optional(),
  result: z.string().optional(),
  rolledBack: z.boolean().optional(),
  followUps: z.array(
    z.strictObject({ id: idOf('followUp'), owner: personRef, dueOn: z.string(), doneAt: instant.optional() }),
  ),
})

/** Where the record of it stands: the statements, in the order of the ledger. */
const placed = z.strictObject({
  sid: idOf('statement'),
  kind: z.string(),
  leaf: digest,
  index: z.int().min(0).optional(),
})

/**
 * One row of evidence: who, what, when, why, under which rules, seen by whom, and where it is logged. An absent member is
 * unknown or does not apply; it is never a zero and never a no.
 */
export const evidenceRow = z.strictObject({
  /** Unique among the rows: the grant or finding, and for a use its number. */
  id: z.string(),
  record: z.enum(evidenceRecords),
  grant: idOf('grant').optional(),
  request: idOf('request').optional(),
  finding: idOf('finding').optional(),

  actor: personRef.optional(),
  approvers: z.array(personRef),
  secondPerson: z.enum(['not_needed', 'approved', 'went_solo']).optional(),
  authors: z.array(personRef).optional(),

  gate: gateName.optional(),
  gateClass: z.enum(['control', 'quality', 'advisory']).optional(),
  boundary: z.enum(['merge', 'deploy', 'operate']).optional(),
  repository: z.strictObject({ id: repositoryId, name: z.string() }),
  ref: z.string().optional(),
  change: change.optional(),
  /** What landed where it differs from what was granted. */
  landedAs: commit.optional(),
  old: commit.optional(),
  new: commit.optional(),
  run: z.string().optional(),
  at: z
    .strictObject({ id: idOf('point'), name: z.string(), enforcement: z.enum(['enforced', 'cooperative']) })
    .optional(),
  mode: z.enum(['online', 'offline']).optional(),

  program: digest.optional(),
  /** The reasons of the decision and the roster as of then, as documents by digest. */
  reasons: digest.optional(),
  roster: digest.optional(),
  refusalCode: z.enum(refusalCodes).optional(),

  requestedAt: instant.optional(),
  grantedAt: instant.optional(),
  usedAt: instant.optional(),
  expiresAt: instant.optional(),
  revokedAt: instant.optional(),
  shutAt: instant.optional(),
  shutConfirmedBy: z.string().optional(),
  detectedAt: instant.optional(),
  use: z.int().optional(),
  uses: z.int().optional(),
  reportedLate: z.boolean().optional(),
  whileOff: z.boolean().optional(),

  justification: sealed.optional(),
  incident: z.strictObject({ id: idOf('incident'), severity, verified: z.boolean() }).optional(),
  /** Gates that stayed shut for the same change, and what they showed where that is known. */
  keeps: z.array(z.strictObject({ gate: gateName, stood: z.string().optional() })),
  told: z.array(personRef),
  review: reviewed.optional(),
  /** What the skipped check said when it ran afterwards. */
  laterResult: z.enum(['pass', 'fail', 'could_not_run', 'unknown']),
  statements: z.array(placed),
})
export type EvidenceRow = z.infer<typeof evidenceRow>
