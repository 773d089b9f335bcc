import { describe, expect, it } from 'vitest'
import { episodesOf } from '../metrics/episodes.ts'
import type { Disturbance } from './gate.ts'
import { emptyTally, judge, type Tally, tally } from './judge.ts'
import { calibrationGates, simulateOrganisation } from './organisation.ts'

/** Labels whole programs with known truths, and counts. */
function calibrate(runs: number, perWeek: number, disturbance: Disturbance): Tally {
  const found = emptyTally()
  for (let run = 0; run < runs; run++) {
    const plan = { seed: 1000 + run, perWeek, disturbance, gates: calibrationGates }
    tally(found, judge(simulateOrganisation(plan)).gates)
  }
  return found
}

const cases: [string, Disturbance, number][] = [
  ['as planted', { weeks: 0, bursts: 0 }, 0.93],
  ['with weeks half as wild again', { weeks: 0.5, bursts: 0 }, 0.93],
  ['with bursts', { weeks: 0, bursts: 0.1 }, 0.93],
  ['with one incident in ten not linked', { weeks: 0, bursts: 0, unlinked: 0.1 }, 0.93],
  ['with wild weeks and bursts', { weeks: 0.5, bursts: 0.1 }, 0.9],
]

describe('labels of planted truth at 60 passages a week', () => {
  it.each(cases)('%s', (_, disturbance, least) => {
    const found = calibrate(12, 60, disturbance)
    const told = JSON.stringify(found)
    expect(found.right / found.gates, told).toBeGreaterThanOrEqual(least)
    expect(found.falsePerson / found.gates, told).toBeLessThanOrEqual(0.01)
    expect(found.falseWeekday / found.gates, told).toBeLessThanOrEqual(0.01)
    expect(found.falseAlarm / found.gates, told).toBeLessThanOrEqual(0.05)
    expect(found.adoptionRising, told).toBe(0)
  })

  it('names nobody and no day for want of evidence at 10 a week', () => {
    const found = calibrate(20, 10, { weeks: 0, bursts: 0 })
    expect((found.falsePerson + found.falseWeekday) / found.gates).toBeLessThanOrEqual(0.01)
  })

  it('lays what is done on call to the rota, where a rota is known', () => {
    const found = emptyTally()
    let withoutRota = 0
    for (let run = 0; run < 12; run++) {
      const organisation = simulateOrganisation({ seed: 2000 + run, gates: { rotation: 8, zero: 8, person: 2 } })
      tally(found, judge(organisation).gates)
      const gates = organisation.gates.map(gate => ({
        ...gate,
        actors: gate.actors.map(({ gate: at, actor, n }) => ({ gate: at, actor, n })),
        episodes: episodesOf(gate.uses.map(use => ({ ...use, onCall: false }))),
      }))
      const named = judge({ ...organisation, gates }).gates
      withoutRota += named.filter(({ truth, fired }) => truth === 'rotation' && fired.includes('one_person')).length
    }
    expect(found.falsePerson / found.gates, JSON.stringify(found)).toBeLessThanOrEqual(0.01)
    expect(found.right / found.gates, JSON.stringify(found)).toBeGreaterThanOrEqual(0.93)
    // What the labels cannot see: two people who share a duty look like a person when nobody says that there is one.
    expect(withoutRota).toBeGreaterThan(20)
  })

  it('never calls an adoption a rise', () => {
    const found = emptyTally()
    for (let run = 0; run < 12; run++) {
      const disturbance = { weeks: 0.5, bursts: 0.1 }
      tally(
        found,
        judge(simulateOrganisation({ seed: 3000 + run, disturbance, gates: { adoption: 16, rising: 2 } })).gates,
      )
    }
    expect(found.adoptionRising).toBe(0)
  })
})
