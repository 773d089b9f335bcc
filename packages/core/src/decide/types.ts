import { z } from 'zod'
import { idOf } from '../ids.ts'
import { repositoryId, severity } from '../program/names.ts'

/**
 * What goes into a decision and what comes out. Everything is data: the roster, the incident, the clock and the results are
 * facts that somebody fetched before; `facts.nowMs` is the only time `decide` knows.
 */

export const commit = z
  .string()
  .regex(/^(sha1:[0-9a-f]{40}|sha256:[0-9a-f]{64})$/, 'a commit such as sha1:<40 hex digits>')

export const change = z.union([
  z.strictObject({ commit }),
  z.strictObject({ deployment: z.string().min(1).max(200), artifact: z.string().regex(/^sha256:[0-9a-f]{64}$/) }),
  z.strictObject({ operation: z.string().regex(/^sha256:[0-9a-f]{64}$/) }),
])
export type ChangeValue = z.infer<typeof change>

/** One request names one gate; a person who asks for several makes several. */
export interface GrantRequest {
  gate: string
  repository: z.infer<typeof repositoryId>
  ref?: string
  change: ChangeValue
  /** The enforcement point, `pt_…`. */
  at: string
  mode: 'online' | 'offline'
  /** The incident the requester names; its facts come from the register. */
  incident?: string
  /** Shorter than the program's TTL if the requester wants less; never longer. */
  ttlSeconds?: number
  justification: string
}

export const roles = ['admin', 'auditor', 'observer', 'owner'] as const
export type Role = (typeof roles)[number]

/** Who is in which group, as of an instant; stored by digest with each grant. */
export const roster = z.strictObject({
  asOf: z.string(),
  /** By group name, and `owners`. */
  groups: z.record(z.string(), z.array(z.strictObject({ person: idOf('person'), since: z.string() }))),
  /** By account reference that stands in the program outside a group (`ana@acme.dev`). */
  accounts: z.record(z.string(), z.strictObject({ person: idOf('person'), since: z.string() })),
  /** References that nobody here answers to; default deny. */
  unresolved: z.array(z.string()),
})
export type Roster = z.infer<typeof roster>

export type IncidentFact =
  | { state: 'none' }
  | { state: 'unknown'; id: string }
  | {
      state: 'open' | 'resolved'
      id: string
      severity: z.infer<typeof severity>
      verified: boolean
      openedAtMs: number
    }
  | { state: 'unreachable'; id: string }

/** The newest result of one gate on this change; never a denominator. `sinceMs`: since when it has been so without a break. */
export interface GateResultFact {
  result: 'pass' | 'fail' | 'could_not_run'
  sinceMs: number
}

export interface Facts {
  nowMs: number
  actor: { person?: string; kind: 'human' | 'bot'; roles: readonly Role[] }
  roster: Roster
  incident: IncidentFact
  /** People known to have written the change; `unknown` where the forge or the commit does not say. */
  authors: readonly string[] | 'unknown'
  results: Readonly<Record<string, GateResultFact>>
  point: {
    id: string
    known: boolean
    repository?: z.infer<typeof repositoryId>
    boundaries: readonly ('merge' | 'deploy' | 'operate')[]
    enforcement: 'enforced' | 'cooperative'
    offlineCapable: boolean
  }
  /** People who by role (admin) or kind (bot) may never be the second person; whoever knows every person fills it. */
  mayNotApprove?: readonly string[]
  /**
   * What happened since the request: who approved, when waiting began. Absent on the first decision. An approval by
   * somebody who may not approve changes nothing: the answer stays `waiting`, so nobody can end another's request by it.
   */
  waiting?: { sinceMs: number; approvals: readonly { person: string; atMs: number }[]; over: boolean }
  /** Other grants (never the one decided on) that are requested, waiting, granted or live for the same gate, change and point. */
  same: readonly { grant: string; actor: string; state: string }[]
  /** Difference between this server's clock and the database's, ms, either sign. */
  clockSkewMs: number
}

export const refusalCodes = [
  'unknown_gate',
  'unknown_person',
  'admin_may_not',
  'bot_not_named',
  'not_pre_authorised',
  'not_in_force',
  'wrong_boundary',
  'program_source',
  'safety_net_ran_and_failed',
  'safety_net_not_failing',
  'safety_net_not_unavailable_long_enough',
  'safety_net_no_fallback',
  'no_incident',
  'incident_unknown',
  'incident_not_open',
  'incident_not_grave_enough',
  'incident_unreachable',
  'no_second_person_possible',
  'no_second_person_in_time',
  'approver_not_allowed',
  'ttl_too_long',
  'ttl_too_short',
  'offline_not_allowed',
  'unknown_point',
  'justification_missing',
  'already_open',
  'clock_wrong',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/**
 * A node of the trace: what a rule looked at, what it wanted, what it found; left also when it was skipped. Status, CLI,
 * pages and the logged document print this one tree.
 */
export interface Reason {
  rule: string
  verdict: 'met' | 'not_met' | 'skipped' | 'noted'
  lookedAt: string
  wanted: string
  found: string
  /** On `not_met`: what would make it pass, addressed to the person who asked. */
  remedy?: string
  children?: Reason[]
}

export interface GrantTerms {
  gate: string
  mode: 'online' | 'offline'
  ttlSeconds: number
  uses: number
  secondPerson: 'not_needed' | 'approved' | 'went_solo'
  approvers: string[]
  /** Gates in force for the same change that stay shut. */
  keeps: string[]
}

/** Who the second person is shows only at the end of waiting. */
export type WaitingTerms = Omit<GrantTerms, 'secondPerson' | 'approvers'>

/** What a program says of one request, and why. A refusal is an answer, not an error. */
export type Decision =
  | { outcome: 'granted'; terms: GrantTerms; reasons: Reason }
  | {
      outcome: 'waiting'
      secondPerson: 'required' | 'wait_then_solo'
      untilMs: number
      mayApprove: string[]
      terms: WaitingTerms
      reasons: Reason
    }
  | { outcome: 'refused'; code: RefusalCode; remedy: string; reasons: Reason }
