import type { Change, Commit } from '@breakglass/verify'

/** docs/formats/point-journal.md "Bodies of a point's events". */
export type PointEvent =
  | { kind: 'point.allowed'; body: AllowedBody }
  | { kind: 'point.used'; body: UsedBody }
  | { kind: 'point.shut'; body: { grant: string; used: number; why: 'expired' | 'exhausted' | 'revoked' } }
  | { kind: 'point.refused'; body: RefusedBody }
  | { kind: 'point.passed_unavailable'; body: PassedUnavailableEventBody }
  | { kind: 'point.wait'; body: WaitBody }
  | { kind: 'point.ledger_split'; body: LedgerSplitBody }
  | { kind: 'point.result'; body: { change: Change; gate: string; result: RunResult; run: string; tookMs?: number } }

/** How long a change waits for a review; `ended`: it was closed without having got it. */
export interface WaitBody {
  gate: string
  number: number
  askedAt: string
  givenAt?: string
  ended?: true
}

export type RunResult = 'pass' | 'fail' | 'could_not_run'

export interface AllowedGate {
  gate: string
  opens: 'pass' | 'grant' | 'waiver' | 'pass_when_unavailable'
  evidence?: string
}

export interface AllowedBody {
  gates: AllowedGate[]
  mode: 'online' | 'offline'
  new: Commit
  old?: Commit
  part?: number
  parts?: number
  program: string
  pusher?: string
  ref: string
}

export interface UsedBody {
  change: Change
  gate: string
  grant: string
  /** By the forge's clock, where the landing is learned of afterwards. */
  landedAt?: string
  kept: { gate: string; stood: 'passed' | 'waived' | 'opened_by_grant' | 'passed_unavailable' }[]
  mode: 'online' | 'offline'
  new?: Commit
  old?: Commit
  ref?: string
  run?: string
  useKey: string
}

export interface RefusedBody {
  code: string
  gate?: string
  new?: Commit
  old?: Commit
  ref?: string
  untold: number
}

/** Two trees of one log; a note is verbatim, and absent when it is too long for an event. */
export interface LedgerSplitBody {
  found: ShownTree
  held: ShownTree
  /** `joined`: what was told as `no_proof` before was shown to be of one history after all. */
  how: 'same_size' | 'no_proof' | 'joined'
  origin: string
}

interface ShownTree {
  note?: string
  /** Hex. */
  root: string
  size: number
}

export interface PassedUnavailableEventBody {
  change: Change
  gate: string
  ref?: string
  statement: string
  useKey: string
  windowUntil: string
}

/** A statement holds 24 KiB; 64 gates with the longest names fit. */
export const gatesPerEventMax = 64

/** One landing, in as many events as its gates need. */
export function allowedEvents(landing: Omit<AllowedBody, 'part' | 'parts'>): PointEvent[] {
  const parts = Math.max(1, Math.ceil(landing.gates.length / gatesPerEventMax))
  return Array.from({ length: parts }, (_, part): PointEvent => {
    const gates = landing.gates.slice(part * gatesPerEventMax, (part + 1) * gatesPerEventMax)
    const body = { ...landing, gates, ...(parts > 1 && { part: part + 1, parts }) }
    return { kind: 'point.allowed', body }
  })
}

export const stoodOf = {
  pass: 'passed',
  waiver: 'waived',
  grant: 'opened_by_grant',
  pass_when_unavailable: 'passed_unavailable',
} as const
