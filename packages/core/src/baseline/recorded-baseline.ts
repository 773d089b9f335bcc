import { History } from './history.ts'
import type { Mapping } from './mapping.ts'
import type { Recorded, RecordedLanding } from './recorded.ts'
import type { BaselineReport } from './report.ts'
import { type BaselineOptions, baselineOf } from './summarise.ts'

/** Bits of one landing. */
const gatesMax = 30

export type RecordedOptions = Pick<BaselineOptions, 'source' | 'zone' | 'thresholds' | 'nowMs'>

/** The numbers of a forge's own record, by the same rules as those of a git history (docs/formats/baseline.md "Records of a forge"). */
export function baselineOfRecord(name: string, recorded: Recorded, options: RecordedOptions): BaselineReport {
  const gates = gatesIn(recorded.landings)
  const told = gates.slice(0, gatesMax)
  const history = new History([mappingOf(name, told)])
  const newestFirst = recorded.landings.toSorted((a, b) => b.atSeconds - a.atSeconds)
  for (const [at, landing] of newestFirst.entries()) {
    const around = bitsOf(told, landing.bypassed)
    history.addJudged({
      atSeconds: landing.atSeconds,
      // Two that nobody is named for are not one person.
      author: landing.actor === undefined ? `nobody ${at}` : `actor ${landing.actor}`,
      passages: landing.isPopulated ? around | bitsOf(told, landing.passed) : 0,
      bypassed: around,
    })
  }
  const mapping = { name, how: 'given', reason: 'The record says what went around what.' } as const
  const report = baselineOf(history, { ...options, mapping, which: 0 })
  const untold = gates.length - told.length
  return {
    ...report,
    gates: report.gates.map(gate => ({ ...gate, remarks: remarksOf(gate) })),
    odd: [...report.odd, ...recorded.odd],
    remarks: [
      ...(recorded.landings.length === 0 ? ['There is no landing in this record.'] : recorded.remarks),
      ...(untold === 0 ? [] : [`${untold} more kinds of rule were named; the ${gatesMax} most bypassed are told.`]),
    ],
  }
}

/** The most bypassed first. */
function gatesIn(landings: readonly RecordedLanding[]): string[] {
  const bypassed = new Map<string, number>()
  for (const landing of landings) {
    for (const gate of landing.passed) bypassed.set(gate, bypassed.get(gate) ?? 0)
    for (const gate of landing.bypassed) bypassed.set(gate, (bypassed.get(gate) ?? 0) + 1)
  }
  return [...bypassed].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([gate]) => gate)
}

function bitsOf(gates: readonly string[], named: readonly string[]): number {
  return gates.reduce((bits, gate, at) => (named.includes(gate) ? bits | (1 << at) : bits), 0)
}

/** Only its names are asked for: the record has judged every landing already. */
const mappingOf = (name: string, gates: readonly string[]): Mapping => ({
  name,
  gates: Object.fromEntries(gates.map(gate => [gate, { bypassed: { subject: ['$^'], value: 'any' } }])),
  rollback: { subject: [], tree: false },
})

const remarksOf = ({ passages, bypassed }: BaselineReport['gates'][number]): string[] =>
  bypassed > passages
    ? ['Some bypasses stand without the landings beside them: these are counted, and in no rate.']
    : []
