import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { bypassUse, gateActor, gateDay, gateHour, gateTeam } from '../metrics/input.ts'
import { reviewRecord } from '../metrics/input-process.ts'
import { checkRun, landingFate, reviewWait } from '../metrics/input-why.ts'
import { ratesOf } from '../metrics/rates.ts'
import { blindSpots } from './blind-spots.ts'
import { judge, whyOfSimulated } from './judge.ts'
import { simulateOrganisation } from './organisation.ts'
import { planted, truths } from './truths.ts'

const small = { seed: 11, weeks: 6, perWeek: 25 }

describe('simulateOrganisation', () => {
  const organisation = simulateOrganisation(small)
  const gate = (truth: string) => {
    const found = organisation.gates.find(each => each.truth === truth)
    if (found === undefined) throw new Error(`expected a gate with ${truth}`)
    return found
  }

  it('makes the same of the same seed, whether or not its evidence is looked at', () => {
    const again = simulateOrganisation(small)
    for (const each of again.gates) each.evidence()
    expect(judge(again)).toEqual(judge(organisation))
    expect(again.gates.map(each => each.uses)).toEqual(organisation.gates.map(each => each.uses))
    expect(gate('flaky').evidence()).toEqual(gate('flaky').evidence())
    expect(simulateOrganisation({ ...small, seed: 12 }).gates[3]?.uses).not.toEqual(organisation.gates[3]?.uses)
  })

  it('plants each truth once unless told otherwise', () => {
    expect(organisation.gates.map(({ truth }) => truth)).toEqual([...truths])
    expect(simulateOrganisation({ ...small, gates: { zero: 2 } }).gates.map(({ truth }) => truth)).toEqual([
      'zero',
      'zero',
    ])
  })

  it('makes what the metrics read, and the same passages in every count', () => {
    const rows = (schema: z.ZodType, list: readonly unknown[]) => {
      expect(list.length).toBeGreaterThan(0)
      for (const each of list) expect(schema.safeParse(each).error?.message).toBeUndefined()
    }
    const { days, uses, actors, hours, teams, evidence, episodes } = gate('high')
    const { runs, waits, fates, reviews } = evidence()
    rows(gateDay, days)
    rows(bypassUse, uses)
    rows(gateActor, actors)
    rows(gateHour, hours)
    rows(gateTeam, teams)
    rows(checkRun, runs)
    rows(reviewWait, waits)
    rows(landingFate, fates)
    rows(reviewRecord, reviews)
    const { n, rawUses } = ratesOf(days, episodes)
    const during = days.reduce((sum, day) => sum + day.duringIncident, 0)
    const of = (list: readonly { n: number }[]) => list.reduce((sum, each) => sum + each.n, 0)
    expect(n).toBe(150)
    expect([of(actors), of(hours), of(teams)]).toEqual([n - during, n - during, n - during])
    expect(rawUses.sanctioned + rawUses.unsanctioned).toBe(uses.length)
    expect(fates.length).toBe(n)
  })

  it('holds a truth only in its weeks', () => {
    const { gates } = simulateOrganisation({ ...small, gates: { high: 1 }, holds: { from: 0, to: 3 } })
    const days = gates[0]?.uses.map(({ day }) => day) ?? []
    expect(days.length).toBeGreaterThan(3)
    expect(days.every(day => day < '2026-01-26')).toBe(true)
  })
})

describe('what is told of a simulated organisation', () => {
  const organisation = simulateOrganisation({ seed: 1 })
  const { gates } = judge(organisation)

  it('is the planted truth, beside what the labels say', () => {
    expect(gates.map(({ truth, expected }) => [truth, expected])).toEqual(
      truths.map(truth => [truth, planted[truth].label]),
    )
    expect(gates.find(({ truth }) => truth === 'displacement')?.shift).toBe('displacement')
    expect(gates.find(({ truth }) => truth === 'moderate')?.shift).toBe('none')
    expect(gates.find(({ truth }) => truth === 'paper_only')?.onPaperOnly).toBe(true)
  })

  it('says why those hurt whose reason was planted', () => {
    const why = organisation.gates.map(gate => [gate.truth, whyOfSimulated(gate, organisation)])
    expect(Object.fromEntries(why)).toMatchObject({
      flaky: expect.stringContaining('repair the test') as unknown,
      friday: expect.stringContaining('arrange reviewers for Fridays') as unknown,
      zero: undefined,
      high: undefined,
    })
  })

  it('says what could not be seen, and that little could of little', () => {
    const short = simulateOrganisation({ seed: 1, weeks: 10, perWeek: 20 })
    expect(blindSpots(short, judge(short).gates).join('\n')).toMatch(/Under 13 weeks.*\n.*Under 500 passages/)
    const other = simulateOrganisation({ seed: 1, gates: { zero: 3 } })
    expect(blindSpots(other, judge(other).gates)).toHaveLength(1)
  })
})
