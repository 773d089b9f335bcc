import { type Evidence, evidenceOf } from './evidence.ts'
import { beginMs, dayMs, type Disturbance, historyOf, never, passagesOf, type SimulatedHistory } from './gate.ts'
import { seeded } from './random.ts'
import { type Truth, truths } from './truths.ts'

export interface OrganisationPlan {
  seed: number
  /** 26 unless said. */
  weeks?: number
  /** Passages of one gate in a week; 60 unless said. */
  perWeek?: number
  disturbance?: Disturbance
  /** How many gates of each truth; one of each unless said. */
  gates?: Partial<Record<Truth, number>>
  /** The weeks in which each truth holds. */
  holds?: { from: number; to: number }
}

export interface SimulatedGate extends SimulatedHistory {
  truth: Truth
  evidence(): Evidence
}

export interface Organisation {
  seed: number
  weeks: number
  perWeek: number
  /** When its last week ends. */
  endMs: number
  gates: SimulatedGate[]
}

/** As many of each as a program that is mostly in order has: what the labels are calibrated on. */
export const calibrationGates: Readonly<Record<Truth, number>> = {
  zero: 10,
  incident: 2,
  moderate: 2,
  high: 1,
  flaky: 1,
  rising: 2,
  person: 2,
  friday: 2,
  bursts: 1,
  rotation: 1,
  adoption: 2,
  displacement: 1,
  paper_only: 1,
}

/** A synthetic organisation whose truth is known: the same plan gives the same organisation, on every machine. */
export function simulateOrganisation(plan: OrganisationPlan): Organisation {
  const { seed, weeks = 26, perWeek = 60, disturbance = never, gates, holds } = plan
  const random = seeded(seed)
  const wanted = truths.flatMap(truth =>
    Array.from({ length: gates === undefined ? 1 : (gates[truth] ?? 0) }, () => truth),
  )
  return {
    seed,
    weeks,
    perWeek,
    endMs: beginMs + weeks * 7 * dayMs,
    gates: wanted.map((truth, i): SimulatedGate => {
      const gate = `gate-${String(i + 1).padStart(2, '0')}`
      const passages = passagesOf({ gate, truth, weeks, perWeek, disturbance, ...(holds && { holds }) }, random)
      // From a seed of its own, so that looking at the evidence changes no label.
      return {
        truth,
        ...historyOf(gate, passages),
        evidence: () => evidenceOf(passages, seeded(seed + 7919 * (i + 1))),
      }
    }),
  }
}
