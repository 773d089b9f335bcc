import { benjaminiHochberg, binomialUpper, type Interval, probabilityOver, type Share } from './exact.ts'
import { betaQuantile } from './special.ts'
import { knownOf, rateOf } from './rates.ts'
import { onPaperOnly, type Shift, shiftOf } from './shift.ts'
import {
  type GateHistory,
  type PersonCandidate,
  personCandidate,
  risingCandidate,
  type WeekdayCandidate,
  weekdayCandidate,
} from './signals.ts'
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

/** Labels every gate of a program at once, because p-values are compared across gates (false discovery rate 5 %). */
export function labelGates(histories: readonly GateHistory[], thresholds: Thresholds): Labelled {
  const tested = histories.map(history => ({
    history,
    shift: shiftOf(history.days, history.episodes),
    rising: risingCandidate(history),
    person: personCandidate(history),
    weekday: weekdayCandidate(history),
  }))
  const rising = benjaminiHochberg(tested.map(each => each.rising.p))
  const person = benjaminiHochberg(tested.map(each => each.person?.p ?? 1))
  const weekday = benjaminiHochberg(tested.map(each => each.weekday?.p ?? 1))
  const forOwners: PersonSignal[] = []
  const gates = tested.map((each, i) => {
    const one = person[i] ? each.person : undefined
    if (one !== undefined) forOwners.push({ gate: each.history.gate, actor: one.actor, x: one.x, n: one.n })
    // A program that wins its people over sees more grants; that is not decay.
    const rises = rising[i] === true && each.rising.large && each.shift !== 'adoption'
    return labelOf(each.history, each.shift, { rises, one, day: weekday[i] ? each.weekday : undefined }, thresholds)
  })
  return { gates, forOwners }
}

interface Found {
  rises: boolean
  one: PersonCandidate | undefined
  day: WeekdayCandidate | undefined
}

function labelOf(history: GateHistory, shift: Shift, found: Found, thresholds: Thresholds): GateLabel {
  const { all, out, incidentShare } = sharesOf(history)
  const level = levelOf(all, out, thresholds)
  const fires: Partial<Record<Label, boolean>> = {
    one_person: found.one !== undefined,
    weekday: found.day !== undefined,
    rising: found.rises,
    high: level === 'high',
    incidents_only: onlyInIncidents(all, out, incidentShare, thresholds),
  }
  const told = labels.filter(label => fires[label])
  const fired: Label[] = told.length > 0 && level !== 'near_zero' ? told : [...told, level]
  const unique = labels.filter(label => fired.includes(label))
  const label = unique[0] ?? 'insufficient'
  const least = minimumDetectable(all.n, thresholds.high)
  const days = history.days.map(({ day }) => day).toSorted()
  return {
    gate: history.gate,
    ...all,
    window: { from: days[0] ?? '', to: days.at(-1) ?? '' },
    interval: rateOf(all.x, all.n).interval,
    label,
    fired: unique,
    reason: reasonOf(label, {
      all,
      out,
      day: found.day,
      needed: () => passagesNeeded(all.x, thresholds.low),
      ...thresholds,
    }),
    action: actions[label],
    shift,
    onPaperOnly: onPaperOnly(history.episodes),
    ...(least === undefined ? {} : { minimumDetectable: least }),
    ...(found.one === undefined ? {} : { withoutPerson: without(found.one, all, out, thresholds) }),
  }
}

function sharesOf({ days, episodes }: GateHistory): { all: Share; out: Share; incidentShare: number } {
  const n = days.reduce((sum, day) => sum + knownOf(day), 0)
  const during = days.reduce((sum, day) => sum + day.duringIncident, 0)
  const outside = episodes.filter(({ incident }) => incident === undefined).length
  // Late evidence may bring an episode before its passage; a share never exceeds its whole.
  const share = (x: number, of: number): Share => ({ x: Math.min(x, of), n: of })
  return {
    all: share(episodes.length, n),
    out: share(outside, Math.max(0, n - during)),
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

function without(one: PersonCandidate, all: Share, out: Share, thresholds: Thresholds): Level {
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

/** The label to show: it changes only when two monthly runs in a row agree, which guards against looking often. */
export function settledLabel(shown: Label | undefined, previous: Label | undefined, current: Label): Label {
  return shown === undefined || previous === current ? current : shown
}
