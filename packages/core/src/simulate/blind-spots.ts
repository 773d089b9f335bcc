import type { Judged } from './judge.ts'
import type { Organisation } from './organisation.ts'
import { planted } from './truths.ts'

/** Passages of a gate under which little but its level can be expected to show. */
const expectedFrom = 500

/** What the labels of this organisation could not see, in sentences. */
export function blindSpots({ gates, perWeek, weeks }: Organisation, judged: readonly Judged[]): string[] {
  const missed = judged
    .filter(({ right }) => !right)
    .map(({ gate, truth, label, expected, n }) => {
      const needs = label === 'insufficient' ? `; ${n} passages show nothing under 1 %` : ''
      return `${gate}: planted ${planted[truth].words}. It reads ${label} where ${expected} is right${needs}.`
    })
  const least = Math.max(...judged.map(({ minimumDetectable = 1 }) => minimumDetectable))
  const few = weeks * perWeek < expectedFrom
  const quiet = gates.some(({ truth }) => truth === 'rotation')
  return [
    ...missed,
    `A steady rate under ${(least * 100).toFixed(1)} % is not told from 5 % by this many passages.`,
    ...(weeks < 13 ? ['Under 13 weeks no rise is looked for.'] : []),
    ...(few
      ? [`Under ${expectedFrom} passages a gate, expect levels to show; a person, a weekday or a rise mostly does not.`]
      : []),
    ...(quiet
      ? [
          'Who is on call is known here. Where no rota is handed in, the duty of two people by turns can look like a person.',
        ]
      : []),
  ]
}
