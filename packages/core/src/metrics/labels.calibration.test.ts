import { describe, expect, it } from 'vitest'
import { labelGates } from './labels.ts'
import { type Disturbance, plantedGate, seeded, type Truth } from './testing/planted.ts'
import type { Label } from './words.ts'

const program: [Truth, number][] = [
  ['zero', 10],
  ['incident', 2],
  ['moderate', 2],
  ['high', 2],
  ['rising', 2],
  ['person', 2],
  ['friday', 2],
  ['adoption', 2],
]
const right: Record<Truth, Label> = {
  zero: 'near_zero',
  incident: 'incidents_only',
  moderate: 'watch',
  high: 'high',
  rising: 'rising',
  person: 'one_person',
  friday: 'weekday',
  adoption: 'watch',
}
const accusations: readonly Label[] = ['one_person', 'weekday']
const alarms: readonly Label[] = [...accusations, 'rising', 'high']

/** Labels whole programs with known truths, and counts. A wrong alarm is one where another or no alarm was planted. */
function calibrate(runs: number, perWeek: number, disturbance: Disturbance) {
  const tally = { gates: 0, right: 0, falsePerson: 0, falseWeekday: 0, falseAlarm: 0, adoptionRising: 0 }
  const missed: Record<string, number> = {}
  for (let run = 0; run < runs; run++) {
    const random = seeded(1000 + run)
    const truths = program.flatMap(([truth, count]) => Array.from({ length: count }, () => truth))
    const histories = truths.map((truth, i) => plantedGate(truth, { gate: `g${i}`, perWeek, disturbance }, random))
    const { gates } = labelGates(histories, { low: 0.01, high: 0.05 })
    for (const [i, { label, fired }] of gates.entries()) {
      const truth = truths[i] ?? 'zero'
      tally.gates += 1
      if (label === right[truth]) tally.right += 1
      else missed[`${truth} as ${label}`] = (missed[`${truth} as ${label}`] ?? 0) + 1
      if (fired.includes('one_person') && truth !== 'person') tally.falsePerson += 1
      if (fired.includes('weekday') && truth !== 'friday') tally.falseWeekday += 1
      if (alarms.includes(label) && label !== right[truth]) tally.falseAlarm += 1
      if (truth === 'adoption' && fired.includes('rising')) tally.adoptionRising += 1
    }
  }
  const share = (count: number) => count / tally.gates
  return { ...tally, missed, right: share(tally.right), falseAlarm: share(tally.falseAlarm) }
}

const cases: [string, Disturbance, number][] = [
  ['as planted', { weeks: 0, bursts: 0 }, 0.93],
  ['with weeks half as wild again', { weeks: 0.5, bursts: 0 }, 0.93],
  ['with bursts', { weeks: 0, bursts: 0.1 }, 0.93],
]

describe('labels of planted truth at 60 passages a week', () => {
  it.each(cases)('%s', (_, disturbance, least) => {
    const found = calibrate(20, 60, disturbance)
    const told = JSON.stringify(found)
    expect(found.right, told).toBeGreaterThanOrEqual(least)
    expect(found.falsePerson / found.gates, told).toBeLessThanOrEqual(0.01)
    expect(found.falseWeekday / found.gates, told).toBeLessThanOrEqual(0.01)
    expect(found.falseAlarm, told).toBeLessThanOrEqual(0.05)
    expect(found.adoptionRising, told).toBe(0)
  })

  it('names nobody and no day for want of evidence at 10 a week', () => {
    const found = calibrate(20, 10, { weeks: 0, bursts: 0 })
    expect((found.falsePerson + found.falseWeekday) / found.gates).toBeLessThanOrEqual(0.01)
  })
})
