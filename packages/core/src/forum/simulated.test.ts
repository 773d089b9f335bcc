import { describe, expect, it } from 'vitest'
import { ratesOf } from '../metrics/rates.ts'
import { judge, type Organisation, simulateOrganisation, whyOfSimulated } from '../simulate/index.ts'
import type { ForumGate } from './input.ts'
import { forumReport } from './report.ts'
import { inputOf } from './testing/input.ts'

/** What a server would hand in of an organisation whose truth is known. */
function gatesOf(organisation: Organisation): ForumGate[] {
  return judge(organisation).gates.map((labelled, i): ForumGate => {
    const gate = organisation.gates[i]!
    const { bypass, glass, unsanctioned, unknown } = ratesOf(gate.days, gate.episodes)
    const rate = ({ x, n, interval }: typeof bypass) => ({ x: Math.min(x, n), n, interval })
    const why = whyOfSimulated(gate, organisation)
    return {
      gate: labelled.gate,
      owner: 'oncall',
      class: 'quality',
      label: labelled.label,
      highRuns: labelled.label === 'high' ? 2 : 0,
      window: labelled.window,
      bypass: rate(bypass),
      glass: rate(glass),
      unsanctioned: rate(unsanctioned),
      unknown,
      reason: labelled.reason,
      action: labelled.action,
      ...(why === undefined ? {} : { whyItHurts: why }),
      shift: labelled.shift,
      onPaperOnly: labelled.onPaperOnly,
    }
  })
}

describe('the report of an organisation whose truth is known', () => {
  const organisation = simulateOrganisation({ seed: 7, perWeek: 200 })
  const report = forumReport(inputOf({ gates: { measured: true, value: gatesOf(organisation) } }))
  const truthOf = new Map(organisation.gates.map(({ gate, truth }) => [gate, truth]))
  const truthsIn = (id: string) =>
    report.sections.find(section => section.id === id)!.items.flatMap(({ gate }) => truthOf.get(gate ?? '') ?? [])

  it('asks first about a gate that is high, and of the flaky one to repair the test', () => {
    expect(['high', 'flaky']).toContain(truthOf.get(report.questions[0]!.gate))
    const item = report.sections
      .find(({ id }) => id === 'fix_next')!
      .items.find(({ gate }) => truthOf.get(gate ?? '') === 'flaky')
    expect(item!.text).toContain('on unchanged code')
    expect(item!.text).toContain('repair the test')
  })

  it('asks about what was planted, and about nothing that is in order', () => {
    const asked = truthsIn('fix_next')
    for (const truth of ['high', 'flaky', 'rising', 'friday', 'person'] as const) expect(asked).toContain(truth)
    for (const truth of ['zero', 'incident', 'moderate'] as const) expect(asked).not.toContain(truth)
  })

  it('tells what moves onto the sanctioned path and off it', () => {
    const moved = truthsIn('moved')
    for (const truth of ['adoption', 'displacement', 'paper_only'] as const) expect(moved).toContain(truth)
  })

  it('names none of its people', () => {
    const people = new Set(organisation.gates.flatMap(({ actors }) => actors.map(({ actor }) => actor)))
    const said = JSON.stringify(report)
    expect(people.size).toBeGreaterThan(0)
    for (const person of people) expect(said).not.toMatch(new RegExp(`\\b${person}\\b`))
  })
})
