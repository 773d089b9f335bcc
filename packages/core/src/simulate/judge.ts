import { type GateLabel, labelGates, type PersonSignal, type Thresholds } from '../metrics/labels.ts'
import { whyItHurts, whyOf } from '../metrics/why.ts'
import type { Label } from '../metrics/words.ts'
import type { Organisation, SimulatedGate } from './organisation.ts'
import { planted, type Truth } from './truths.ts'

const thresholds: Thresholds = { low: 0.01, high: 0.05 }
const accusations: readonly Label[] = ['one_person', 'weekday']
const alarms: readonly Label[] = [...accusations, 'rising', 'high']

export interface Judged extends GateLabel {
  truth: Truth
  /** The label that is right. */
  expected: Label
  right: boolean
  /** An alarm where another or none was planted. */
  falseAlarm: boolean
}

/** What the labels say of an organisation, beside what was planted. */
export function judge({ gates }: Organisation): { gates: Judged[]; forOwners: PersonSignal[] } {
  const { gates: labelled, forOwners } = labelGates(gates, thresholds)
  const judged = labelled.flatMap((found, i): Judged[] => {
    const truth = gates[i]?.truth
    if (truth === undefined) return []
    const { label: expected } = planted[truth]
    const right = found.label === expected
    return [{ ...found, truth, expected, right, falseAlarm: !right && alarms.includes(found.label) }]
  })
  return { gates: judged, forOwners }
}

/** Why a simulated gate hurts, in one sentence, from its runs, waits and reviews. */
export function whyOfSimulated(gate: SimulatedGate, { endMs }: Organisation): string | undefined {
  return whyItHurts(whyOf(gate.evidence(), endMs))
}

export interface Tally {
  gates: number
  right: number
  falsePerson: number
  falseWeekday: number
  falseAlarm: number
  /** Gates with a planted adoption that were called rising. */
  adoptionRising: number
  /** "rising as watch": how often. */
  missed: Record<string, number>
}

export const emptyTally = (): Tally => ({
  gates: 0,
  right: 0,
  falsePerson: 0,
  falseWeekday: 0,
  falseAlarm: 0,
  adoptionRising: 0,
  missed: {},
})

/** Adds one organisation's labels to a tally; every label that fired counts as an accusation, not the headline alone. */
export function tally(into: Tally, judged: readonly Judged[]): Tally {
  for (const { truth, expected, label, fired, right, falseAlarm } of judged) {
    const says = (what: Label) => fired.includes(what) && expected !== what
    const missed = `${truth} as ${label}`
    into.gates += 1
    into.right += Number(right)
    into.falsePerson += Number(says('one_person'))
    into.falseWeekday += Number(says('weekday'))
    into.falseAlarm += Number(falseAlarm)
    into.adoptionRising += Number(truth === 'adoption' && fired.includes('rising'))
    if (!right) into.missed[missed] = (into.missed[missed] ?? 0) + 1
  }
  return into
}
