import { z } from 'zod'
import { change, commit, refusalCodes, roles } from '../decide/types.ts'
import { grantStates } from '../grant/edges.ts'
import { idOf } from '../ids.ts'
import { gateName, repositoryId, severity } from '../program/names.ts'

/** Shapes that several routes share. Instants are RFC 3339 UTC with milliseconds. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'an instant such as 2026-11-23T03:04:05.678Z')
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 hex digits')

/** Text people write: no U+0000, no lone surrogate (the store refuses both), bounded. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine(value => value.isWellFormed() && !value.includes('\u0000'), 'text without U+0000 and lone surrogates')
export const sentence = text(4000).refine(value => value.trim().length > 0, 'some words')

export const reason: z.ZodType<ReasonShape> = z.lazy(() =>
  z.strictObject({
    rule: z.string(),
    verdict: z.enum(['met', 'not_met', 'skipped', 'noted']),
    lookedAt: z.string(),
    wanted: z.string(),
    found: z.string(),
    remedy: z.string().optional(),
    children: z.array(reason).optional(),
  }),
)
export interface ReasonShape {
  rule: string
  verdict: 'met' | 'not_met' | 'skipped' | 'noted'
  lookedAt: string
  wanted: string
  found: string
  remedy?: string | undefined
  children?: ReasonShape[] | undefined
}

/** Where a fact stands in the ledger. Absent while it is still on its way. */
export const ledgerPlace = z.strictObject({ index: z.int().min(0), leaf: digest })

export const personRef = z.strictObject({ id: idOf('person'), name: z.string() })
export const repositoryRef = z.strictObject({ id: repositoryId, name: z.string() })

export const grantView = z.strictObject({
  id: idOf('grant'),
  request: idOf('request'),
  state: z.enum(grantStates),
  gate: gateName,
  boundary: z.enum(['merge', 'deploy', 'operate']),
  repository: repositoryRef,
  ref: z.string().optional(),
  change,
  at: z.strictObject({ id: idOf('point'), name: z.string() }),
  mode: z.enum(['online', 'offline']),
  actor: personRef,
  approvers: z.array(personRef),
  secondPerson: z.enum(['not_needed', 'approved', 'went_solo', 'awaited']),
  /** While waiting: until when, and who may approve. */
  waitsUntil: instant.optional(),
  mayApprove: z.array(personRef),
  justification: z.string().nullable(),
  incident: z.strictObject({ id: idOf('incident'), severity, verified: z.boolean() }).optional(),
  requestedAt: instant,
  grantedAt: instant.optional(),
  expiresAt: instant.optional(),
  uses: z.int(),
  used: z.int(),
  shutAt: instant.optional(),
  /** Who confirmed the shutting: the server's use table, or the enforcement point. */
  shutConfirmedBy: z.string().optional(),
  /** Not confirmed for five minutes after it should have been. */
  shutOverdue: z.boolean(),
  refusal: z.strictObject({ code: z.enum(refusalCodes), remedy: z.string() }).optional(),
  keeps: z.array(gateName),
  program: digest,
  ledger: ledgerPlace.optional(),
  review: z.strictObject({ id: idOf('review'), dueAt: instant.optional(), provisional: z.boolean() }).optional(),
  told: z.array(personRef),
  reasons: reason,
})
export type GrantView = z.infer<typeof grantView>

export const decisionView = z.strictObject({
  gate: gateName,
  outcome: z.enum(['granted', 'waiting', 'refused']),
  code: z.enum(refusalCodes).optional(),
  remedy: z.string().optional(),
  secondPerson: z.enum(['required', 'wait_then_solo']).optional(),
  waitSeconds: z.int().optional(),
  mayApprove: z.array(personRef).optional(),
  ttlSeconds: z.int().optional(),
  uses: z.int().optional(),
  keeps: z.array(gateName).optional(),
  reasons: reason,
})
export type DecisionView = z.infer<typeof decisionView>

/** What stands between a change and its landing, gate by gate. */
export const gateStanding = z.strictObject({
  gate: gateName,
  class: z.enum(['control', 'quality', 'advisory']),
  breakable: z.boolean(),
  /** `blocked` is shown with the reason in `result`. */
  standing: z.enum(['open_by_pass', 'open_by_grant', 'open_by_waiver', 'blocked']),
  result: z.enum(['pass', 'fail', 'could_not_run', 'none']),
  grant: idOf('grant').optional(),
})

export const incidentView = z.strictObject({
  id: idOf('incident'),
  title: z.string().nullable(),
  severity,
  state: z.enum(['open', 'resolved']),
  commander: personRef.optional(),
  openedAt: instant,
  openedBy: personRef,
  resolvedAt: instant.optional(),
  /** Landings that somebody named as its cause. */
  causes: z.array(z.strictObject({ repository: z.string(), commit })),
})
export type IncidentView = z.infer<typeof incidentView>

export const personView = z.strictObject({
  id: idOf('person'),
  name: z.string(),
  accounts: z.array(z.strictObject({ issuer: z.string(), subject: z.string() })),
  roles: z.array(z.enum(roles)),
  kind: z.enum(['human', 'bot']),
  state: z.enum(['invited', 'active', 'ended']),
  since: instant,
})
export type PersonView = z.infer<typeof personView>

export const programVersionView = z.strictObject({
  program: idOf('program'),
  version: z.int().optional(),
  digest,
  state: z.enum(['proposed', 'waiting', 'in_force', 'superseded', 'withdrawn']),
  class: z.enum(['first', 'narrowing', 'widening', 'neutral']),
  publisher: personRef,
  approvers: z.array(personRef),
  approvalsNeeded: z.int(),
  proposedAt: instant,
  earliestAt: instant,
  effectiveAt: instant.optional(),
  changes: z.array(
    z.strictObject({
      path: z.string(),
      class: z.enum(['narrowing', 'widening', 'neutral']),
      was: z.string(),
      is: z.string(),
      why: z.string(),
    }),
  ),
  ledger: ledgerPlace.optional(),
})
export type ProgramVersionView = z.infer<typeof programVersionView>

/** A remark of `check`: an error stops publication, advice does not. */
export const remark = z.strictObject({
  rule: z.string(),
  level: z.enum(['error', 'advice']),
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
  path: z.string(),
  reason: z.string(),
  remedy: z.string(),
})
export type Remark = z.infer<typeof remark>

export const pointView = z.strictObject({
  id: idOf('point'),
  name: z.string(),
  kind: z.enum(['git_hook', 'ci', 'github']),
  enforcement: z.enum(['enforced', 'cooperative']),
  repository: repositoryRef,
  registeredAt: instant,
  lastSeenAt: instant.optional(),
})
export type PointView = z.infer<typeof pointView>

export { change, commit, gateName, repositoryId, severity }

/** How long something ran. A check that runs for longer than a week is not one. */
export const tookMs = z.int().min(0).max(604_800_000)
