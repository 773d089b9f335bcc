import type { Label } from '../metrics/words.ts'
import type { Shift } from '../metrics/shift.ts'

export const truths = [
  'zero',
  'incident',
  'moderate',
  'high',
  'flaky',
  'rising',
  'person',
  'friday',
  'bursts',
  'rotation',
  'adoption',
  'displacement',
  'paper_only',
] as const
export type Truth = (typeof truths)[number]

/** One passage, as far as its planted rate depends on it. */
export interface Moment {
  /** From 0 at the window's first week to 1 at its last. */
  progress: number
  /** 0 is Sunday. */
  weekday: number
  actor: number
  onCall: boolean
  incident: boolean
}

export interface Planted {
  /** What was planted, in words. */
  words: string
  /** The label that is right, what the sanctioned path does, and whether the program is on paper only. */
  label: Label
  shift: Shift
  onPaper: boolean
  /** The chance that a passage begins an episode. */
  rate(moment: Moment): number
  /** The chance that such an episode is sanctioned. */
  sanctioned(progress: number): number
  /** The share of runs that fail on good code. */
  flake: number
  /** The share of episodes that bring two more on the same day, by anybody. */
  bursts: number
}

const quiet = 0.0005
const usual = { shift: 'none', onPaper: false, sanctioned: () => 0.8, flake: 0.01, bursts: 0 } as const

export const planted: Readonly<Record<Truth, Planted>> = {
  zero: { ...usual, words: 'next to nothing', label: 'near_zero', rate: () => quiet },
  incident: {
    ...usual,
    words: '30 % in incidents, nothing outside',
    label: 'incidents_only',
    rate: ({ incident }) => (incident ? 0.3 : quiet),
  },
  moderate: { ...usual, words: '2.5 %, steady', label: 'watch', rate: () => 0.025 },
  high: { ...usual, words: '12 %, steady, by everybody', label: 'high', rate: () => 0.12 },
  flaky: {
    ...usual,
    words: '12 %, because its check fails 35 % of runs on good code',
    label: 'high',
    rate: () => 0.12,
    flake: 0.35,
  },
  rising: {
    ...usual,
    words: 'from 1 % to 8 %, week by week',
    label: 'rising',
    rate: ({ progress }) => 0.01 + 0.07 * progress,
  },
  person: {
    ...usual,
    words: 'one person at 25 %, the rest at 0.5 %',
    label: 'one_person',
    rate: ({ actor }) => (actor === 0 ? 0.25 : 0.005),
  },
  friday: {
    ...usual,
    words: 'Fridays at 15 %, when nobody is there to review; other days at 0.5 %',
    label: 'weekday',
    rate: ({ weekday }) => (weekday === 5 ? 0.15 : 0.005),
  },
  bursts: {
    ...usual,
    words: '1.5 %, in bursts of three',
    label: 'watch',
    rate: () => 0.015,
    bursts: 0.4,
  },
  rotation: {
    ...usual,
    words: 'whoever is on call at 20 %, two people by turns; the rest at 0.5 %',
    label: 'watch',
    rate: ({ onCall }) => (onCall ? 0.2 : 0.005),
  },
  adoption: {
    ...usual,
    words: '3 %, ever more of it with a grant',
    label: 'watch',
    shift: 'adoption',
    // Half and half at the middle, so that either answer is fair to the last 90 days.
    onPaper: false,
    rate: () => 0.03,
    sanctioned: progress => progress,
  },
  displacement: {
    ...usual,
    words: '3 %, ever less of it with a grant',
    label: 'watch',
    shift: 'displacement',
    rate: () => 0.03,
    sanctioned: progress => 1 - progress,
  },
  paper_only: {
    ...usual,
    words: '3 %, one in five with a grant',
    label: 'watch',
    onPaper: true,
    rate: () => 0.03,
    sanctioned: () => 0.2,
  },
}
