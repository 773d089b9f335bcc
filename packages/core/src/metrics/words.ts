import type { Share } from './exact.ts'

/** In the order of headlines: a local cause explains a high level, and not the reverse. */
export const labels = [
  'one_person',
  'weekday',
  'rising',
  'high',
  'incidents_only',
  'near_zero',
  'watch',
  'insufficient',
] as const
export type Label = (typeof labels)[number]

/** What to do about each, in the words that pages and reports print. */
export const actions: Readonly<Record<Label, string>> = {
  one_person: 'Have a blameless conversation, and check whether their context or rota differs.',
  weekday: 'Name the habit in the forum, and look at who is there to review on that day.',
  rising: 'Investigate now: the gate degrades, or bypassing becomes normal.',
  high: 'Fix the gate, not the people: it is too slow, too flaky or blocks the wrong thing.',
  incidents_only: 'It works as intended; confirm the justifications.',
  near_zero: 'Leave it.',
  watch: 'Keep looking.',
  insufficient: 'Wait for more passages.',
}

export interface ReasonFacts {
  all: Share
  out: Share
  day: ({ weekday: number } & Share) | undefined
  /** Passages that would show a rate under `low`. */
  needed: () => number
  low: number
  high: number
}

/** 0 is Sunday. */
export const weekdays = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays']
const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
const inWords = ({ x, n }: Share): string => `${counted(x, 'episode')} in ${counted(n, 'passage')}`

/** Why a gate has its label, in one sentence that names nobody. */
export function reasonOf(label: Label, { all, out, day, needed, low, high }: ReasonFacts): string {
  const seen = inWords(all)
  switch (label) {
    case 'one_person':
      return `${seen}, and one person has far more of them than of the passages.`
    case 'weekday':
      return `${seen}, of which ${day?.x ?? 0} fell on ${weekdays[day?.weekday ?? 0]}, far more than the day's passages explain.`
    case 'rising':
      return `${seen}, and their rate outside incidents rises week by week beyond chance.`
    case 'high':
      return `${inWords(out)} outside incidents: over ${percent(high)} with at least 95 % certainty.`
    case 'incidents_only':
      return `${all.x - out.x} of ${all.x} episodes were in verified incidents; outside them the rate is under ${percent(low)}.`
    case 'near_zero':
      return `${seen}: under ${percent(low)} with 95 % certainty.`
    case 'watch':
      return `${seen}: neither surely under ${percent(low)} nor surely over ${percent(high)}.`
    case 'insufficient':
      return `${seen}: ${Math.max(1, needed() - all.n)} more without an episode would show a rate under ${percent(low)}.`
    default:
      return label satisfies never
  }
}
