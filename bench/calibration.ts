import { calibrationGates, emptyTally, judge, simulateOrganisation, type Tally, tally } from '@breakglass/core/simulate'
import { type Line, sample } from './measure.ts'

const firstSeed = 500_000
const runs = 100
const perWeeks = [8, 20, 60, 200]
const disturbances = [
  { name: 'as planted', weeks: 0, bursts: 0 },
  { name: 'wild weeks', weeks: 0.5, bursts: 0 },
  { name: 'bursts', weeks: 0, bursts: 0.1 },
  { name: 'wild weeks and bursts', weeks: 0.5, bursts: 0.1 },
] as const

/**
 * The labels on other seeds than the tests have, and many more: what they say is printed before the table, because it is
 * counts and no time. Each line is how long one organisation of 28 gates takes to be made and labelled.
 */
export async function benchCalibration(): Promise<Line[]> {
  const lines: Line[] = []
  for (const perWeek of perWeeks) {
    for (const disturbance of disturbances) {
      const found = emptyTally()
      const samples = await sample(
        runs,
        at => {
          const plan = { seed: firstSeed + at, perWeek, disturbance, gates: calibrationGates }
          tally(found, judge(simulateOrganisation(plan)).gates)
        },
        0,
      )
      console.error(wordsOf(`${perWeek} a week, ${disturbance.name}`, found))
      lines.push({ what: `calibration: an organisation, ${perWeek} a week, ${disturbance.name}`, samples })
    }
  }
  return lines
}

function wordsOf(what: string, { gates, right, falsePerson, falseWeekday, falseAlarm, adoptionRising, missed }: Tally) {
  const percent = (x: number) => `${((100 * x) / gates).toFixed(1)} %`
  const most = Object.entries(missed)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([how, x]) => `${how} ${x}`)
  return [
    `  ${what}: ${percent(right)} of ${gates} right, ${percent(falsePerson)} false persons, ${percent(falseWeekday)} false weekdays,`,
    `    ${percent(falseAlarm)} false alarms, adoption rising ${adoptionRising}; seeds ${firstSeed}–${firstSeed + runs - 1}; missed most: ${most.join(', ')}`,
  ].join('\n')
}
