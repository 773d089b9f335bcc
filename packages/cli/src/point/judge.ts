import type { ResolvedGate } from './program.ts'
import type { Commit, RepositoryId, Trust, VerifiedCheckpoint } from '@breakglass/verify'
import type { RunResult } from './events.ts'
import { type GateRules, judgeGrants, type VerifiedUse } from './judge-grants.ts'
import { judgeResults, type ResultState } from './judge-results.ts'
import { judgeWaivers, judgeWindows } from './judge-exceptions.ts'
import { remedyFor } from './remedy.ts'
import type { Standing } from './trees.ts'
import type { EvidenceKind, Why } from './why.ts'

/** What is about to pass, where, and what the point knows. Everything is data; `nowMs` is the gate's time. */
export interface Scene {
  /** This enforcement point, `pt_…`. */
  at: string
  repository: RepositoryId
  /** For people; nothing is decided by it. */
  repositoryName: string
  ref: string
  commit: Commit
  trust: Trust
  /** Digest of the program in force, and of every one that was accepted here. */
  program: { digest: string; known: ReadonlySet<string> }
  /** The place holds the program itself: neither a grant nor a waiver opens a gate here. */
  isProgramSource: boolean
  nowMs: number
  /** Whether the server answered. */
  online: boolean
  /** How the tree that something was shown under stands to what the point remembers of the ledger. */
  standing: (checkpoint: VerifiedCheckpoint) => Standing
  /** What this landing or run is, for single use. */
  useKey: (gate: string) => string
  /** The use keys that a grant has been spent for at this point. */
  spentFor: (grant: string) => readonly string[]
}

/** What there is for one gate. Nothing in it has been verified. */
export interface GateEvidence {
  /** The run that is being judged itself; it is newer than any receipt. */
  own?: RunResult
  receipts: readonly string[]
  /** In the carried form. */
  grants: readonly string[]
  waivers: readonly string[]
  windows: readonly string[]
  /** How a grant is shown to people, by its carried form; words only, they decide nothing. */
  shown?: ReadonlyMap<string, { by: string; review?: string | undefined }>
  /** What the server says of grants that do not open; words only, they decide nothing. */
  notes: readonly string[]
}

export const noEvidence: GateEvidence = { receipts: [], grants: [], waivers: [], windows: [], notes: [] }

export type ClosedCode =
  | ResultState['code']
  | `${EvidenceKind}_${Why}`
  | 'grant_needs_server'
  | 'ledger_unjoined'
  | 'grant_used'
  | 'grant_wrong_program'
  | 'grant_wider_than_program'
  | 'waiver_wider_than_program'
  | 'window_wider_than_program'
  | 'safety_net_failed'
  | 'program_source'
  | 'unknown_gate'

export type Opened = {
  gate: string
  opens: 'pass' | 'grant' | 'waiver' | 'pass_when_unavailable' | 'not_in_force'
  /** `sid` of what opened it; none for a run's own pass. */
  evidence?: string
  /** To be spent before the gate opens. */
  use?: VerifiedUse
}
export type Closed = { gate: string; closed: ClosedCode; words: string; remedy: string; also: string[] }
export type GateVerdict = Opened | Closed

/** A piece of evidence that does not open, in its own words. */
export interface Refusal {
  code: ClosedCode
  words: string
}

export function isClosed(verdict: GateVerdict): verdict is Closed {
  return 'closed' in verdict
}

/**
 * Says whether one gate in force opens for one commit, and by what (the design: exactly five things open a gate). A pass
 * comes first, then what costs nobody a use. Default deny: whatever is not proved leaves it closed.
 */
export function judgeGate(gate: ResolvedGate, evidence: GateEvidence, scene: Scene): GateVerdict {
  const results = judgeResults(gate, evidence, scene)
  if (results.code === 'pass') {
    return { gate: gate.name, opens: 'pass', ...(results.sid !== undefined && { evidence: results.sid }) }
  }
  const waivers = judgeWaivers(gate, evidence.waivers, scene)
  if (waivers.sid !== undefined) return { gate: gate.name, opens: 'waiver', evidence: waivers.sid }
  const rules: GateRules = { gate, result: results.code }
  const grants = judgeGrants(rules, evidence.grants, scene)
  if (grants.use !== undefined) return { gate: gate.name, opens: 'grant', evidence: grants.use.sid, use: grants.use }
  const windows = judgeWindows(rules, evidence.windows, scene)
  if (windows.sid !== undefined) return { gate: gate.name, opens: 'pass_when_unavailable', evidence: windows.sid }
  const refusals = [...grants.refusals, ...waivers.refusals, ...windows.refusals]
  return closedBy(gate, { results, refusals, notes: evidence.notes, scene })
}

interface Grounds {
  results: ResultState
  refusals: readonly Refusal[]
  notes: readonly string[]
  scene: Scene
}

/** What a person showed and hoped for is named first; the state of the gate always stands beside it. */
function closedBy(gate: ResolvedGate, { results, refusals, notes, scene }: Grounds): Closed {
  const state: Refusal = { code: results.code, words: results.words }
  const [first = state, ...others] = [...refusals, state, ...results.refusals]
  const also = [...others.map(({ words }) => words), ...notes.map(note => `the server says: ${note}`)]
  const remedy = remedyFor(gate, { code: first.code, result: results.code, scene })
  return { gate: gate.name, closed: first.code, words: first.words, remedy, also: [...new Set(also)] }
}
