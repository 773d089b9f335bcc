import { isBelow, type Strength } from './strength.ts'
import { type Entry, type Span, type Stretch, stretchesOf } from './timeline.ts'

/** Tools that apply rules as code delete one and make it again within seconds. */
export const reappliedMsMax = 30_000

export interface Drift extends Span {
  /** The weakest that it was. */
  lowest: Strength
  /** How long, until `now` if it still lasts. */
  ms: number
  /** "off for 11 d 4 h". */
  words: string
  /** How many landings fell into it. */
  landings: number
}

export interface Intervals {
  off: Drift[]
  /** Neither off nor in force: kept apart, and in no sum. */
  unknown: Span[]
  /** Deleted and made again at once, with nothing landed in between. */
  reapplied: Span[]
  offMs: number
}

export interface Asked {
  now: number
  least?: Strength
  blind?: readonly Span[]
  /** Instants of the landings on this ref. */
  landings?: readonly number[]
}

/** When a gate's protection was below what it should be (docs/github.md "Timeline"). */
export function intervalsOf(
  entries: readonly Entry[],
  { now, least = 'enforced', blind, landings = [] }: Asked,
): Intervals {
  const stretches = stretchesOf(entries, blind).filter(({ from }) => from < now)
  const runs = runsOf(stretches, ({ strength }) => isBelow(strength, least))
  const drifts = runs.map(run => ({ run, drift: driftOf(run.stretches, now, landings) }))
  const isReapplied = ({ run, drift }: (typeof drifts)[number]) =>
    isMended(run) && !landings.some(at => mayBeIn(drift, at))
  const off = drifts.filter(each => !isReapplied(each)).map(({ drift }) => drift)
  return {
    off,
    unknown: runsOf(stretches, ({ strength }) => strength === 'unknown').map(({ stretches }) => spanOf(stretches)),
    reapplied: drifts.filter(isReapplied).map(({ run }) => spanOf(run.stretches)),
    offMs: off.reduce((sum, { ms }) => sum + ms, 0),
  }
}

/** The forge tells landings in whole seconds: what may have landed in between keeps the interval. */
const mayBeIn = ({ from, to = Number.POSITIVE_INFINITY }: Span, at: number): boolean => at > from - 1000 && at <= to

interface Run {
  before: Stretch | undefined
  stretches: [Stretch, ...Stretch[]]
  after: Stretch | undefined
}

function runsOf(stretches: readonly Stretch[], is: (stretch: Stretch) => boolean): Run[] {
  const runs: Run[] = []
  for (const [i, stretch] of stretches.entries()) {
    if (!is(stretch)) continue
    const [last, before] = [runs.at(-1), stretches[i - 1]]
    if (last && before && is(before)) {
      last.stretches.push(stretch)
      last.after = stretches[i + 1]
    } else runs.push({ before, stretches: [stretch], after: stretches[i + 1] })
  }
  return runs
}

const spanOf = (stretches: readonly [Stretch, ...Stretch[]]): Span => {
  const to = stretches.at(-1)?.to
  return { from: stretches[0].from, ...(to === undefined ? {} : { to }) }
}

/** Short, and at least as strong after it as before. A gate that was never stronger was not re-applied. */
function isMended({ before, stretches, after }: Run): boolean {
  const { from, to } = spanOf(stretches)
  if (to === undefined || to - from > reappliedMsMax || !before || !after) return false
  if (before.strength === 'unknown' || after.strength === 'unknown') return false
  return !isBelow(after.strength, before.strength)
}

function driftOf(stretches: readonly [Stretch, ...Stretch[]], now: number, landings: readonly number[]): Drift {
  const span = spanOf(stretches)
  const end = Math.min(span.to ?? now, now)
  const lowest = stretches.reduce(
    (low, { strength }) => (isBelow(strength, low) ? strength : low),
    stretches[0].strength,
  )
  const ms = end - span.from
  const isOff = lowest === 'off' || lowest === 'evaluate'
  return {
    ...span,
    lowest,
    ms,
    words: `${isOff ? 'off' : 'weakened'} for ${lengthWords(ms)}`,
    // At its end it was held again, so what landed at that very instant did not land in it.
    landings: landings.filter(at => at >= span.from && (span.to === undefined || at < span.to)).length,
  }
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** In its two largest units, cut and not rounded up: "11 d 4 h", "3 min", "0 s". */
export function lengthWords(ms: number): string {
  const first = units.findIndex(([, size]) => ms >= size)
  if (first < 0) return '0 s'
  const [large, small] = [units[first], units[first + 1]]
  if (!large) return '0 s'
  const head = `${Math.floor(ms / large[1])} ${large[0]}`
  const rest = small ? Math.floor((ms % large[1]) / small[1]) : 0
  return small && rest > 0 ? `${head} ${rest} ${small[0]}` : head
}
