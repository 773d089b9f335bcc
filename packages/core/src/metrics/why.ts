import type { UnusableReason } from '../review/words.ts'
import { oneIn, spanWords } from './durations.ts'
import { type Flake, flakeOf } from './flake.ts'
import type { ReviewRecord } from './input-process.ts'
import type { CheckRun, LandingFate, ReviewWait } from './input-why.ts'
import { probabilityOver } from './exact.ts'
import { type Rate, rateOf } from './rates.ts'
import { type Durations, durationsOf, type Waiting, waitingOf } from './waiting.ts'
import { weekdays } from './words.ts'

/** Of one gate. A list that is absent was not recorded. */
export interface WhyInput {
  runs?: readonly CheckRun[]
  waits?: readonly ReviewWait[]
  fates?: readonly LandingFate[]
  reviews?: readonly ReviewRecord[]
}

export interface Why {
  flake?: Flake
  durations?: Durations
  waiting?: Waiting
  later?: Later
  reasons?: ReasonTally
}

export function whyOf({ runs, waits, fates, reviews }: WhyInput, nowMs: number): Why {
  return {
    ...(runs && { flake: flakeOf(runs), durations: durationsOf(runs) }),
    ...(waits && { waiting: waitingOf(waits, nowMs) }),
    ...(fates && { later: laterOf(fates) }),
    ...(reviews && { reasons: reasonsOf(reviews) }),
  }
}

export interface Later {
  /** Of the skipped checks that were run on the change afterwards, those that passed. */
  passed: Rate
  /** The same of those that the check had failed before: it had stopped what was good. */
  stopped: Rate
  /** Skipped and never run since, or run without an answer: unknown, in no rate. */
  unknown: number
}

export function laterOf(fates: readonly LandingFate[]): Later {
  const skipped = fates.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'unknown')
  const told = skipped.filter(({ later }) => later === 'pass' || later === 'fail')
  const passedOf = (of: readonly LandingFate[]) => rateOf(of.filter(({ later }) => later === 'pass').length, of.length)
  return {
    passed: passedOf(told),
    stopped: passedOf(told.filter(({ stopped }) => stopped === true)),
    unknown: skipped.length - told.length,
  }
}

export interface ReasonTally {
  /** Answers that name one. */
  n: number
  /** The most frequent first. */
  reasons: { reason: UnusableReason; x: number }[]
}

export function reasonsOf(reviews: readonly ReviewRecord[]): ReasonTally {
  const counts = new Map<UnusableReason, number>()
  for (const { reason } of reviews) if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const reasons = [...counts].map(([reason, x]) => ({ reason, x }))
  reasons.sort((a, b) => b.x - a.x || (a.reason < b.reason ? -1 : 1))
  return { n: reasons.reduce((sum, { x }) => sum + x, 0), reasons }
}

/** Minimum answers before their most frequent reason speaks for the gate. */
const answersMin = 5
/** A check of this median is slow, whatever else. */
const slowMs = 15 * 60_000

/**
 * Why the gate hurts and what to do, in one sentence; absent when nothing measured shows it. What was measured comes before
 * what people say, and what is surest to be the gate's own fault comes first.
 */
export function whyItHurts(why: Why): string | undefined {
  return flaking(why) ?? unreviewed(why) ?? slow(why) ?? wrong(why) ?? said(why)
}

function flaking({ flake }: Why): string | undefined {
  if (flake?.measured !== true || flake.x === 0 || probabilityOver(flake, 0.05) < 0.95) return undefined
  return `Its check fails 1 run in ${oneIn(flake)} on unchanged code (${flake.x} of ${flake.n} commits): repair the test.`
}

function unreviewed({ waiting }: Why): string | undefined {
  const slowest = waiting?.slowWeekday
  if (slowest === undefined) return undefined
  const day = weekdays[slowest.weekday] ?? ''
  const wait = `${slowest.median.atLeast ? 'at least ' : ''}${spanWords(slowest.median.ms)}`
  return `On ${day} a review takes ${wait} at the median, on other days ${spanWords(slowest.others.ms)}: arrange reviewers for ${day}.`
}

function slow({ durations }: Why): string | undefined {
  const { n = 0, p50, p95, trend } = durations ?? {}
  if (n < answersMin || p50 === undefined || p95 === undefined || p50.ms < slowMs) return undefined
  const worse = trend === 'longer' ? ', and longer than it was' : ''
  return `Its check takes ${spanWords(p50.ms)} at the median and ${spanWords(p95.ms)} one time in twenty${worse}: make it faster.`
}

function wrong({ later }: Why): string | undefined {
  const stopped = later?.stopped
  if (stopped === undefined || stopped.n < answersMin || probabilityOver(stopped, 0.5) < 0.95) return undefined
  return `Of ${stopped.n} changes that it had failed, ${stopped.x} passed when it was run again: narrow what it blocks.`
}

function said({ reasons }: Why): string | undefined {
  const first = reasons?.reasons[0]
  if (reasons === undefined || first === undefined || reasons.n < answersMin || first.x * 2 <= reasons.n)
    return undefined
  return `${first.x} of ${reasons.n} reviews say: ${remedies[first.reason]}.`
}

const remedies: Readonly<Record<UnusableReason, string>> = {
  too_slow: 'it is too slow; make it faster',
  flaky: 'its check is flaky; repair the test',
  wrong_block: 'it blocks what is good; narrow what it blocks',
  gate_down: 'it was down; make it as available as what it guards',
  no_reviewer: 'nobody was there to review; arrange reviewers',
  missing_permission: 'people lack a permission they need; grant it through the roster',
  access_problem: 'people could not sign in; mend the way in',
  unclear_procedure: 'the procedure is unclear; write it down where it is needed',
  deliberate_freeze: 'it went around a freeze; say in the program what a freeze lets through',
  other: 'something that the list of reasons does not name; ask what',
}
