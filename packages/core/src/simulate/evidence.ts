import type { ReviewRecord } from '../metrics/input-process.ts'
import type { CheckRun, LandingFate, ReviewWait } from '../metrics/input-why.ts'
import type { UnusableReason } from '../review/words.ts'
import { dayMs, hourMs, type Passage } from './gate.ts'
import { planted, type Truth } from './truths.ts'

/** What else is known of a gate's passages: it says why the gate hurts, and what it buys. */
export interface Evidence {
  runs: CheckRun[]
  waits: ReviewWait[]
  fates: LandingFate[]
  reviews: ReviewRecord[]
}

const minuteMs = 60_000
const runsMax = 6
/** Good changes are most; a bad one fails whatever the check is like. */
const badShare = 0.02
const reviewersCount = 5

export function evidenceOf(passages: readonly Passage[], random: () => number): Evidence {
  const evidence: Evidence = { runs: [], waits: [], fates: [], reviews: [] }
  for (const [i, passage] of passages.entries()) {
    const bad = random() < badShare
    const runs = runsOf(passage, `${passage.gate} ${i}`, bad, random)
    evidence.runs.push(...runs)
    evidence.waits.push(waitOf(passage, random))
    evidence.fates.push(fateOf(passage, { bad, stopped: runs[0]?.end === 'fail' }, random))
    if (passage.around === 'opened_by_grant') evidence.reviews.push(reviewOf(passage, random))
  }
  return evidence
}

/** Runs on one commit. What went around the gate had failed first, and was run again when there was time. */
function runsOf({ gate, at, truth, around }: Passage, commit: string, bad: boolean, random: () => number): CheckRun[] {
  const fails = () => random() < (bad ? 1 : planted[truth].flake)
  const runs: CheckRun[] = []
  let startedAt = at - 2 * hourMs
  for (let i = 0; i < runsMax; i++) {
    const endedAt = startedAt + (4 + 4 * random()) * minuteMs
    const stuck = random() < 0.01
    const failed = fails()
    runs.push({
      gate,
      commit,
      startedAt,
      endedAt: Math.round(endedAt),
      end: stuck ? 'could_not_run' : failed ? 'fail' : 'pass',
    })
    startedAt += (10 + Math.floor(20 * random())) * minuteMs
    if (!stuck && (!failed || bad)) break
    if (around !== undefined && i === 0) startedAt = at + hourMs
  }
  return runs
}

function waitOf({ gate, at, weekday, hour, truth }: Passage, random: () => number): ReviewWait {
  const hours = truth === 'friday' && weekday === 5 ? 6 + 6 * random() : 0.5 + 3 * random()
  const askedAt = at - hourMs
  return { gate, askedAt, weekday, hour: hour - 1, givenAt: askedAt + Math.round(hours * hourMs) }
}

interface Made {
  bad: boolean
  stopped: boolean
}

function fateOf({ gate, at, around, truth }: Passage, { bad, stopped }: Made, random: () => number): LandingFate {
  const harmed = random() < (bad ? 0.4 : 0.005)
  const fate = {
    gate,
    outcome: around ?? ('passed' as const),
    landedAt: at,
    causedIncident: bad && random() < 0.1,
    unwatched: false,
  }
  const later = around === undefined || random() < 0.2 ? undefined : bad ? 'fail' : laterOf(truth, random)
  return {
    ...fate,
    ...(harmed ? { revertedAt: at + Math.round((0.1 + 5 * random()) * dayMs) } : {}),
    ...(around === undefined ? {} : { stopped }),
    ...(later === undefined ? {} : { later }),
  }
}

const laterOf = (truth: Truth, random: () => number) => (random() < planted[truth].flake ? 'fail' : 'pass')

const usualReasons: readonly UnusableReason[] = [
  'too_slow',
  'wrong_block',
  'no_reviewer',
  'missing_permission',
  'other',
]
const ownReason: Partial<Record<Truth, UnusableReason>> = {
  flaky: 'flaky',
  friday: 'no_reviewer',
  incident: 'gate_down',
}

function reviewOf({ gate, at, actor, truth }: Passage, random: () => number): ReviewRecord {
  const own = ownReason[truth]
  const usual = usualReasons[Math.floor(random() * usualReasons.length)] ?? 'other'
  const answeredAt = at + Math.round((1 + 6 * random()) * hourMs)
  const late = random() < 0.05
  return {
    gate,
    openedAt: at,
    dueAt: at + 2 * dayMs,
    answeredAt,
    signedAt: answeredAt + Math.round((late ? 48 + 24 * random() : 1 + 24 * random()) * hourMs),
    actor,
    reviewer: `p_reviewer_${Math.floor(random() * reviewersCount)}`,
    reason: own !== undefined && random() < 0.8 ? own : usual,
  }
}
