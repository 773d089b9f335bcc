import type { ResolvedGate, ResolvedProgram } from '../program/resolved.ts'
import type { AdviceRate, GateFacts } from './facts.ts'

/** The rows of the two frameworks, in the order in which they are told. */
export const adviceRules = {
  add_break_glass: 'The gate is right nearly always, and emergencies are the rest: give it a relief valve.',
  sanction_path_in_use: 'People already go around it: sanction that path and see it, and ask why the gate hurts.',
  fix_flaky_check: 'The check lies: mend it; a bypass only hides that.',
  relax_gate: 'The gate hurts routinely: relax it or build it anew.',
  keep_strict: 'What it guards is grave: keep it strict, and open it by scoped break-glass only.',
  no_standing_power: 'Power that many hold just in case is the pattern to end: build it anew.',
  standing_access: 'Routine, frequent, low risk, by few: that is standing access, scoped.',
  just_in_time: 'Sensitive, needed sometimes, by known people: that is access on request, taken back by itself.',
  keep_break_glass: 'Rare and in emergencies: break-glass is right; keep its terms as narrow as its use.',
} as const satisfies Record<string, string>
export type AdviceRuleId = keyof typeof adviceRules

/** A value to write at a path of the program as people write it; it replaces what is there, and `null` takes it out. */
export interface Edit {
  path: readonly string[]
  is: string | number | readonly string[] | Readonly<Record<string, unknown>> | null
}

export interface Evidence extends Partial<AdviceRate> {
  /** What was counted. */
  what: string
  x: number
  window?: { from: string; to: string }
}

export interface Advice {
  rule: AdviceRuleId
  gate: string
  /** Why, in one sentence. */
  reason: string
  evidence: Evidence[]
  remedy: string
  edits: Edit[]
  /** Instead of edits: why no line of a program would help. */
  noEdit?: string
}

export interface AdviceContext {
  program: ResolvedProgram
  gate: ResolvedGate
  /** Absent where nobody measured the gate. */
  facts: GateFacts | undefined
}

/** A row of a framework as a predicate: what it advises of one gate, or nothing. */
export type AdviceRule = (context: AdviceContext) => Advice | undefined

export const windowEvidence = (what: string, rate: AdviceRate, { window }: GateFacts): Evidence => ({
  what,
  ...rate,
  window,
})

export const bypassEvidence = (facts: GateFacts): Evidence =>
  windowEvidence('episodes in passages', facts.bypass, facts)

/** Emergency terms to start with: the owner, in an incident, with a second person, for half an hour. */
export const reliefValve = ({ name, owner, whenItCannotRun }: ResolvedGate): Edit[] => [
  {
    path: ['gates', name, 'break_glass'],
    is: { who: [owner], incident: { at_least: 'SEV2' }, second_person: 'required', ttl: '30m' },
  },
  // Only what can never be broken has another way in for when it cannot run.
  ...(whenItCannotRun === undefined ? [] : [{ path: ['gates', name, 'when_it_cannot_run'], is: null }]),
]

export const broken = (gate: ResolvedGate): Extract<ResolvedGate['breakGlass'], { kind: 'allowed' }> | undefined =>
  gate.breakGlass.kind === 'allowed' ? gate.breakGlass : undefined

const dayMs = 86_400_000
export const weeksOf = ({ window: { from, to } }: GateFacts): number =>
  (Date.parse(to) - Date.parse(from) + dayMs) / (7 * dayMs)
