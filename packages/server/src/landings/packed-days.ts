import { type GateDay, type Outcome, outcomes } from '@breakglass/core/metrics'
import { z } from 'zod'

/**
 * A month of one gate in one text. A row a day would be read by the hundred thousand for a list of gates, and each costs more
 * than all its numbers. `o` names the outcomes that occur; `d` is, for each day with passages, one after another: the day of
 * the month, the passages made in incidents, how many outcomes follow, and of each its place in `o` and its count.
 */
const packed = z.strictObject({ o: z.array(z.enum(outcomes)), d: z.custom<number[]>(isCounts) })

export function packDays(days: readonly GateDay[]): string {
  const occurring = outcomes.filter(outcome => days.some(({ counts }) => (counts[outcome] ?? 0) > 0))
  const numbers = days.flatMap(({ day, counts, duringIncident }) => {
    const pairs = occurring.flatMap((outcome, at) => ((counts[outcome] ?? 0) > 0 ? [at, counts[outcome] ?? 0] : []))
    return [Number(day.slice(8)), duringIncident, pairs.length / 2, ...pairs]
  })
  return JSON.stringify({ o: occurring, d: numbers })
}

/** Reads what `packDays` wrote. `dates` are those of the month by day; one list serves every gate. */
export function unpackDays(gate: string, text: string, dates: readonly string[]): GateDay[] {
  const { o, d } = packed.parse(JSON.parse(text))
  const days: GateDay[] = []
  for (let at = 0; at < d.length; ) {
    const [number = 0, duringIncident = 0, pairs = 0] = [d[at], d[at + 1], d[at + 2]]
    const counts: Partial<Record<Outcome, number>> = {}
    const end = at + 3 + 2 * pairs
    for (let pair = at + 3; pair < end; pair += 2) {
      const outcome = o[d[pair] ?? -1]
      if (outcome !== undefined) counts[outcome] = d[pair + 1] ?? 0
    }
    days.push({ gate, day: dates[number] ?? '', counts, duringIncident })
    at = end
  }
  return days
}

/** By hand, because a schema's look at each of a million numbers costs more than all the rest. */
function isCounts(given: unknown): given is number[] {
  return Array.isArray(given) && given.every(number => Number.isSafeInteger(number) && number >= 0)
}

/** The dates of a month, `YYYY-MM`, by day of the month: `[1]` is its first. */
export function datesOf(month: string): string[] {
  return Array.from({ length: 32 }, (_, day) => `${month}-${String(day).padStart(2, '0')}`)
}
