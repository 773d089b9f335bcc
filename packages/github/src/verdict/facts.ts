import type { Outcome } from '@breakglass/core/metrics'
import type { GrantFact } from '../checks/opening.ts'
import type { Result } from '../checks/result.ts'
import type { GateProtection } from '../protection/strength.ts'
import type { Landing, Way } from './landing.ts'
import type { Native } from './native.ts'
import type { OwnRun } from './own.ts'

/** **A** the forge says so, **B** derived from evidence, **C** a sign that a person has to look at. */
export type Confidence = 'A' | 'B' | 'C'

export interface Verdict {
  gate: string
  outcome: Outcome
  /** None of what is unknown. */
  confidence?: Confidence
  /** What it rests on, in words. */
  rests: string[]
  /** Of an outcome that names a grant. */
  grant?: string
  /** How strongly the gate was held then. */
  strength: GateProtection['strength']
  isSettled: boolean
  /** Not settled: what it will be unless something that is still missing comes. Told to nobody. */
  suspected?: Outcome
  lookAgainAt?: number
}

export interface VerdictFacts {
  landing: Landing
  way: Way
  /** Of this repository, however they ended. Commits as the forge spells them; `usedBy` holds ids of landings. */
  grants: readonly GrantFact[]
  /** The observer saw nothing at that instant. */
  isBlind: boolean
  /** When it was first told to us, and how often we have looked since. */
  firstToldAt: number
  looks: number
}

export interface GateFacts {
  gate: string
  protection: Pick<GateProtection, 'strength' | 'exempt'>
  /** That protection is known from polls alone. */
  isPolled?: boolean
  runs: readonly OwnRun[] | 'unknown'
  /** Of the real check, worked out again as of the landing, by commit. */
  evidence?: ReadonlyMap<string, Result['is']>
  skippedPasses?: boolean
  native: Native
  /** A waiver that held then; a declared passing-when-unavailable. */
  waiver?: string
  window?: string
  /** Somebody else had set our check to a pass on one of its commits. */
  isForged?: boolean
}
