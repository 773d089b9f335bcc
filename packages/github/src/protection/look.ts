import type { ResolvedGate } from '@breakglass/core/program'
import { type BranchAnswers, branchProtection, protectionDigest } from './branch.ts'
import { type EnvironmentAnswers, environmentProtection } from './environment.ts'
import type { BranchProtection } from './rules.ts'
import type { Branch } from './rulesets.ts'
import { type GateProtection, strengthAtBranch, strengthAtEnvironment } from './strength.ts'
import type { Entry } from './timeline.ts'

type Gate = Pick<ResolvedGate, 'name' | 'passes'>

/** When, from where, and by which app of ours a look was taken. */
export interface Taken {
  at: number
  source: Entry['source']
  app: string
}

export interface Looked {
  gate: string
  found: GateProtection
  /** What the gate's timeline gets, if it is news there. */
  entry: Entry
}

/** What one look at a branch says of each gate that the program has there. */
export function lookAtBranch(
  answers: BranchAnswers,
  branch: Branch,
  gates: readonly Gate[],
  taken: Taken,
): { protection: BranchProtection; looked: Looked[] } {
  const protection = branchProtection(answers, branch)
  const digest = protectionDigest(protection)
  const looked = gates.map(gate => lookedOf(gate.name, strengthAtBranch(protection, gate, taken.app), digest, taken))
  return { protection, looked }
}

/** The same of an environment, for a gate that is an approval there. */
export function lookAtEnvironment(name: string, answers: EnvironmentAnswers, gate: Gate, taken: Taken): Looked {
  const environment = environmentProtection(name, answers)
  return lookedOf(gate.name, strengthAtEnvironment(environment, taken.app), protectionDigest(environment), taken)
}

const lookedOf = (gate: string, found: GateProtection, digest: string, { at, source }: Taken): Looked => ({
  gate,
  found,
  entry: { at, source, digest, strength: found.strength, exempt: found.exempt },
})
