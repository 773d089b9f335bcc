import { type Digest, dayNumbers, digestOf } from './digest.ts'
import { benjaminiHochberg, binomialUpper, type Interval, probabilityOver, type Share } from './exact.ts'
import { rateOf } from './rates.ts'
import { onPaperOnly, type Shift, shiftOver } from './shift.ts'
import {
  type Asked,
  type Candidate,
  type GateHistory,
  personCandidate,
  riseOf,
  riseP,
  weekdayCandidate,
} from './signals.ts'
import { betaQuantile } from './special.ts'
import { pooledDispersions } from './trend.ts'
import { actions, type Label, labels, reasonOf } from './words.ts'

export interface Thresholds {
  /** Shares of passages: 0.01 and 0.05 unless the program says otherwise. */
  low: number
  high: number
}

export interface GateLabel {
  gate: string
  /** Episodes, known passages, and the first and last day they are of. */
  x: number
  n: number
  window: { from: string; to: string }
  /** Of the bypass rate: 95 %, Jeffreys. */
  interval: Interval
  /** The headline, and every label that fired, in their order. */
  label: Label
  fired: Label[]
  /** One sentence; it names nobody. */
  reason: string
  action: string
  shift: Shift
  /** Fewer than half of the window's episodes were sanctioned; ask it of 90 days. */
  onPaperOnly: boolean
  /** The least steady rate that would be labelled high in four of five such windows. */
  minimumDetectable?: number
  /** The gate's level when the one person is left out. */
  withoutPerson?: Level
}

export type Level = 'high' | 'near_zero' | 'watch' | 'insufficient'

/** For the gate's owner alone: it names a person. */
export interface PersonSignal extends Share {
  gate: string
  actor: string
}

export interface Labelled {
  gates: GateLabel[]
  forOwners: PersonSignal[]
}

/**
 * Labels every gate of a program at once, because p-values are compared across gates (false discovery rate 5 %). A gate with
 * too few episodes to be asked a question is not in that question's family: how many it has says nothing of where they fall.
 */
export function labelGates(histories: readonly GateHistory[], thresholds: Thresholds): Labelled {
  const numberOf = dayNumbers()
  const digests = histories.map(history => digestOf(history, numberOf))
  const rising = standing(risesOf(digests))
  const person = found(
    histories.map((history, i) => personCandidate(history, digests[i] ?? digestOf(history, numberOf))),
  )
  const weekday = found(digests.map(weekdayCandidate))
  const shifts = digests.map(({ weeks }) => shiftOver(weeks))
  const moved = standing(shifts.map(({ p }, i) => (digests[i]?.weeks.some(({ x }) => x > 0) === true ? p : undefined)))
  const forOwners: PersonSignal[] = []
  const gates = histories.map((history, i) => {
    const digest = digests[i] ?? digestOf(history, numberOf)
    const one = person[i]
    if (one !== undefined) forOwners.push({ gate: history.gate, actor: one.key, x: one.x, n: one.n })
    const { direction = 'none', perhapsAdoption = false } = shifts[i] ?? {}
    const shift = moved[i] === true ? direction : 'none'
    // A program that wins its people over sees more grants; that is not decay.
    const rises = rising[i] === true && !perhapsAdoption
    return labelOf(history, digest, { shift, rises, one, day: weekday[i] }, thresholds)
  })
  return { gates, forOwners }
}

/** A p-value for each gate that can be asked whether it rises. */
function risesOf(digests: readonly Digest[]): (number | undefined)[] {
  const rises = digests.map(riseOf)
  const asked = rises.filter(rise => rise !== undefined)
  const pooled = pooledDispersions(asked.map(({ dispersion }) => dispersion))
  const ps = new Map(asked.map((rise, i) => [rise, riseP(rise, pooled[i] ?? 1)]))
  return rises.map(rise => rise && ps.get(rise))
}

/** Which stand among those that were asked. */
export function standing(ps: readonly (number | undefined)[]): boolean[] {
  const stands = benjaminiHochberg(ps.filter(p => p !== undefined))
  let next = 0
  return ps.map(p => p !== undefined && stands[next++] === true)
}

/** The candidates that stand. */
export function found<Key>(asked: readonly Asked<Key>[]): (Candidate<Key> | undefined)[] {
  const stands = standing(asked.map(each => each && (each.found?.p ?? 1)))
  return asked.map((each, i) => (stands[i] === true ? each?.found : undefined))
}

interface Found {
  shift: Shift
  rises: boolean
  one: Candidate<string> | undefined
  day: Candidate<number> | undefined
}

function labelOf(history: GateHistory, digest: Digest, seen: Found, thresholds: Thresholds): GateLabel {
  const { all, out, incidentShare } = sharesOf(history, digest)
  const level = levelOf(all, out, thresholds)
  const fires: Partial<Record<Label, boolean>> = {
    one_person: seen.one !== undefined,
    weekday: seen.day !== undefined,
    rising: seen.rises,
    high: level === 'high',
    incidents_only: onlyInIncidents(all, out, incidentShare, thresholds),
  }
  const told = labels.filter(label => fires[label])
  const fired: Label[] = told.length > 0 && level !== 'near_zero' ? told : [...told, level]
  const unique = labels.filter(label => fired.includes(label))
  const label = unique[0] ?? 'insufficient'
  const least = minimumDetectable(all.n, thresholds.high)
  return {
    gate: history.gate,
    ...all,
    window: { from: digest.from, to: digest.to },
    interval: rateOf(all.x, all.n).interval,
    label,
    fired: unique,
    reason: reasonOf(label, {
      all,
      out,
      day: seen.day && { ...seen.day, weekday: seen.day.key },
      needed: () => passagesNeeded(all.x, thresholds.low),
      ...thresholds,
    }),
    action: actions[label],
    shift: seen.shift,
    onPaperOnly: onPaperOnly(history.episodes),
    ...(least === undefined ? {} : { minimumDetectable: least }),
    ...(seen.one === undefined ? {} : { withoutPerson: without(seen.one, all, out, thresholds) }),
  }
}

function sharesOf({ episodes }: GateHistory, { n, during, outside }: Digest) {
  // Late evidence may bring an episode before its passage; a share never exceeds its whole.
  const share = (x: number, of: number): Share => ({ x: Math.min(x, of), n: of })
  return {
    all: share(episodes.length, n),
    out: share(outside.length, Math.max(0, n - during)),
    incidentShare: n === 0 ? 0 : during / n,
  }
}

/** Whether the one-sided 95 % Jeffreys upper end is at most `low`; asked of the distribution, not of its slow inverse. */
const surelyUnder = ({ x, n }: Share, low: number): boolean => x < n && probabilityOver({ x, n }, low) <= 0.05

function levelOf(all: Share, out: Share, { low, high }: Thresholds): Level {
  if (out.n > 0 && probabilityOver(out, high) >= 0.95) return 'high'
  if (surelyUnder(all, low)) return 'near_zero'
  return surelyUnder({ x: 0, n: all.n }, low) ? 'watch' : 'insufficient'
}

function onlyInIncidents(all: Share, out: Share, share: number, { low }: Thresholds): boolean {
  const inside = all.x - out.x
  if (inside < 3 || share <= 0 || share >= 1) return false
  // Under the low mark outside, and more in incidents than always having some incident open would explain.
  return surelyUnder(out, low) && binomialUpper(inside, all.x, share) <= 0.01
}

function without(one: Share, all: Share, out: Share, thresholds: Thresholds): Level {
  const less = ({ x, n }: Share): Share => ({ x: Math.max(0, x - one.x), n: Math.max(0, n - one.n) })
  return levelOf(less(all), less(out), thresholds)
}

/** How many passages it takes to be sure, at 95 % one-sided, that a gate with x episodes is under `low`. */
export function passagesNeeded(x: number, low: number): number {
  let [less, enough] = [x, Math.ceil((x + 1) / low) * 8]
  while (enough - less > 1) {
    const n = Math.floor((less + enough) / 2)
    if (surelyUnder({ x, n }, low)) enough = n
    else less = n
  }
  return enough
}

/** The least rate that n passages would show to be over `high` in four of five windows; absent when none would. */
export function minimumDetectable(n: number, high: number): number | undefined {
  if (n === 0 || probabilityOver({ x: n, n }, high) < 0.95) return undefined
  let [less, enough] = [-1, n]
  while (enough - less > 1) {
    const x = Math.floor((less + enough) / 2)
    if (probabilityOver({ x, n }, high) >= 0.95) enough = x
    else less = x
  }
  return betaQuantile(0.8, enough, n - enough + 1)
}

/**
 * The label to show: it changes only when two monthly runs in a row agree, which guards against looking often. Too few
 * passages to say is no label that could be changed: the first that says something stands at once.
 */
export function settledLabel(shown: Label | undefined, previous: Label | undefined, current: Label): Label {
  const isOpen = shown === undefined || shown === 'insufficient'
  return isOpen || previous === current ? current : shown
}
