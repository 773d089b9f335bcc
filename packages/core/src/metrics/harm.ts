import { fisherTest } from './exact.ts'
import type { LandingFate } from './input-why.ts'
import { type Outcome, outcomes } from './outcomes.ts'
import { type Rate, rateOf } from './rates.ts'

/** For how long after it landed a change is followed. */
export const followedMs = 7 * 86_400_000

export interface HarmOf {
  outcome: Outcome
  /** Landings followed for seven days, and of them those reverted by then or named as an incident's cause. */
  harmed: Rate
  /** Of the skipped checks that were run afterwards, those that failed. */
  failedLater: Rate
  /** Not yet seven days old, or not watched for seven days: in no rate. */
  young: number
  unwatched: number
}

export interface Harm {
  /** Only outcomes that were seen. */
  outcomes: HarmOf[]
  /** Through the gate, and around it. */
  passed: Rate
  around: Rate
  /** What this gate buys, in one sentence. */
  buys: string
}

/** What became of landings of one gate, by how they landed; as of `nowMs`. */
export function harmOf(fates: readonly LandingFate[], nowMs: number): Harm {
  const known = fates.filter(({ landedAt }) => landedAt <= nowMs)
  const all = outcomes.flatMap(outcome => {
    const own = known.filter(fate => fate.outcome === outcome)
    return own.length === 0 ? [] : [{ outcome, ...harmedOf(own, nowMs) }]
  })
  const passed = harmedOf(
    known.filter(({ outcome }) => outcome === 'passed'),
    nowMs,
  ).harmed
  const around = harmedOf(
    known.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'unknown'),
    nowMs,
  ).harmed
  return { outcomes: all, passed, around, buys: buysOf(passed, around) }
}

function harmedOf(fates: readonly LandingFate[], nowMs: number) {
  const old = fates.filter(({ landedAt }) => nowMs - landedAt >= followedMs)
  const followed = old.filter(({ unwatched }) => !unwatched)
  const ran = fates.filter(({ later }) => later === 'pass' || later === 'fail')
  return {
    harmed: rateOf(followed.filter(isHarmed).length, followed.length),
    failedLater: rateOf(ran.filter(({ later }) => later === 'fail').length, ran.length),
    young: fates.length - old.length,
    unwatched: old.length - followed.length,
  }
}

/** A revert later than seven days is another story: both groups are watched for the same time. */
const isHarmed = ({ landedAt, revertedAt, causedIncident }: LandingFate): boolean =>
  causedIncident || (revertedAt !== undefined && revertedAt - landedAt <= followedMs)

function buysOf(passed: Rate, around: Rate): string {
  if (passed.n === 0 || around.n === 0)
    return 'Too few landings were followed for seven days to say what this gate buys.'
  const told = `${around.x} of ${around.n} landings around it did harm, and ${passed.x} of ${passed.n} through it`
  if (fisherTest(passed, around, 'mid') > 0.05) return `${told}: no difference that chance would not make.`
  const more = around.x * passed.n > passed.x * around.n
  return more ? `${told}: it keeps harm out.` : `${told}: what goes around it does less harm than what passes.`
}
