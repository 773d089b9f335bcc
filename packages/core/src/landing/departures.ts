import { distinct, type Observed, type Opened } from './observed.ts'

/** A watcher sees a move only when it looks again. */
export const lookMsMax = 15 * 60_000

/** One move of one ref that happened. */
export interface Landed {
  before: string
  after: string
  /** From 1: which time the ref made this very move. */
  ordinal: number
  at: number
  seen: 'hook' | 'watcher' | 'both' | 'ci'
  /** Points that told of it. */
  points: string[]
  /** A watcher saw that the hook had not allowed it. */
  unallowed: boolean
  /** The gates that were gone around, where whoever saw it knows; absent: whatever was in force. */
  around?: readonly string[]
  /** By gate, what opened it; what was told last counts. */
  opened: Opened[]
  /** Who pushed it, by pseudonym; never of what went past the hook, and not where two tell it of different people. */
  pusher?: string
}

/** All that is known of one commit on one ref. */
export interface Node {
  /** Observations that leave it, and those that end there. */
  departures: readonly Observed[]
  arrivals: readonly Observed[]
  /** Of the commits where the departures end: those that some observation leaves again. */
  left: ReadonlySet<string>
}

/**
 * The landings that left one commit of one ref (docs/landings.md "Landings"). The same observations give the same landings,
 * in any order and however often each comes.
 */
export function landingsFrom({ departures, arrivals, left }: Node): Landed[] {
  const returns = distinct(arrivals)
  const moves = Map.groupBy(distinct(departures), ({ after }) => after)
  const candidates = [...moves.values()].flatMap(told => occurrencesOf(told, returns))
  const landed = visitsOf(candidates, returns).flatMap(visit => whatLanded(visit, left))
  return [...Map.groupBy(landed, ({ after }) => after).values()].flatMap(same => same.toSorted(byFirst).map(landedOf))
}

interface Occurrence {
  after: string
  told: [Observed, ...Observed[]]
  isConfirmed: boolean
}

const byFirst = (a: Occurrence, b: Occurrence): number =>
  a.told[0].at - b.told[0].at || (a.told[0].id < b.told[0].id ? -1 : 1)

/** One move, each time it was made. What only confirms is no move by itself: it may span several. */
function occurrencesOf(told: readonly Observed[], returns: readonly Observed[]): Occurrence[] {
  const occurrences: Occurrence[] = []
  for (const one of told.filter(({ kind }) => kind !== 'confirmed')) {
    const current = occurrences.at(-1)
    if (current && !isAnother(current, one, returns)) current.told.push(one)
    else occurrences.push({ after: one.after, told: [one], isConfirmed: false })
  }
  for (const { at } of told.filter(({ kind }) => kind === 'confirmed')) {
    const confirmed = occurrences.findLast(({ told: [first] }) => first.at <= at)
    if (confirmed) confirmed.isConfirmed = true
  }
  return occurrences
}

function isAnother({ told }: Occurrence, one: Observed, returns: readonly Observed[]): boolean {
  if (one.kind === 'advance' && told.some(({ kind }) => kind === 'advance')) return true
  return hasReturned(returns, told[0].at, one.at)
}

/** Whether the ref came back between two times. */
function hasReturned(returns: readonly Observed[], from: number, to: number): boolean {
  return returns.some(({ kind, at }) => at > from && at <= to + (kind === 'allowed' || kind === 'ci' ? 0 : lookMsMax))
}

/** A ref leaves a commit once for each time that it is there. */
function visitsOf(occurrences: readonly Occurrence[], returns: readonly Observed[]): Occurrence[][] {
  const visits: Occurrence[][] = []
  for (const one of occurrences.toSorted(byFirst)) {
    const first = visits.at(-1)?.[0]
    if (first && !hasReturned(returns, first.told[0].at, one.told[0].at)) visits.at(-1)?.push(one)
    else visits.push([one])
  }
  return visits
}

const isCertain = ({ told, isConfirmed }: Occurrence): boolean =>
  isConfirmed || told.some(({ kind }) => kind !== 'allowed')

/** Of pushes that were let through from one commit, git took one; whose commit was left again is known to have landed. */
function whatLanded(visit: readonly Occurrence[], left: ReadonlySet<string>): Occurrence[] {
  const known = visit.filter(one => isCertain(one) || left.has(one.after))
  return known.length > 0 ? known : visit.slice(-1)
}

function landedOf({ after, told }: Occurrence, index: number): Landed {
  const byHook = told.filter(({ kind }) => kind === 'allowed')
  const isWatched = told.some(({ kind }) => kind === 'advance')
  const hook = byHook.length > 0
  const around = aroundOf(told)
  const [pusher, ...others] = new Set(byHook.flatMap(one => one.pusher ?? []))
  const opened = new Map(told.flatMap(one => one.opened.map(each => [each.gate, each] as const)))
  return {
    before: told[0].before,
    after,
    ordinal: index + 1,
    at: (byHook[0] ?? told[0]).at,
    seen: hook ? (isWatched ? 'both' : 'hook') : isWatched ? 'watcher' : 'ci',
    points: [...new Set(told.map(({ point }) => point))].toSorted(),
    unallowed: isWatched,
    ...(around !== undefined && { around }),
    opened: [...opened.values()].toSorted((a, b) => (a.gate < b.gate ? -1 : 1)),
    ...(pusher !== undefined && others.length === 0 && (!isWatched || around !== undefined) && { pusher }),
  }
}

/** Only where everybody who saw it names gates: whoever names none says that nobody stood there. */
function aroundOf(told: readonly Observed[]): string[] | undefined {
  const advances = told.filter(({ kind }) => kind === 'advance')
  if (advances.length === 0 || advances.some(({ around }) => around === undefined)) return undefined
  return [...new Set(advances.flatMap(({ around = [] }) => around))].toSorted()
}
