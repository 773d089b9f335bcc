import { type GateProtection, isBelow, type Strength } from './strength.ts'

/** By precedence, the best first: of entries of one instant the better source counts. */
export const sources = ['audit', 'history', 'webhook', 'poll'] as const

/** What was known of one gate's protection from an instant on. Appended, never changed. */
export interface Entry {
  at: number
  source: (typeof sources)[number]
  /** Of the whole snapshot. */
  digest: string
  strength: Strength
  exempt: GateProtection['exempt']
}

/** While we were blind: from, and until when; without an end it still lasts. */
export interface Span {
  from: number
  to?: number
}

/** A stretch of time through which one thing was known. */
export interface Stretch extends Span {
  strength: Strength
  exempt: GateProtection['exempt']
}

/** Whether an entry says something else than the one before it; after we were blind, that all is as before is news too. */
export function isNews(entries: readonly Entry[], entry: Entry, blind: readonly Span[] = []): boolean {
  const last = inOrder(entries).findLast(({ at }) => at <= entry.at)
  if (!last || last.digest !== entry.digest || last.strength !== entry.strength || last.exempt !== entry.exempt)
    return true
  return blind.some(({ from, to = Number.POSITIVE_INFINITY }) => from <= entry.at && last.at < to)
}

/**
 * The stretches of a timeline, in order and without gaps from its first entry on; the last has no end. While we were blind, and then
 * until the next look, it is unknown: what was changed and changed back leaves equal looks before and after. Whoever has read
 * the history of that time gives it as entries and leaves that span out.
 */
export function stretchesOf(entries: readonly Entry[], blind: readonly Span[] = []): Stretch[] {
  const known = inOrder(entries)
  const first = known[0]
  if (!first) return []
  const edges = new Set(known.map(({ at }) => at))
  for (const { from } of blind) if (from > first.at) edges.add(from)
  const starts = [...edges].toSorted((a, b) => a - b)
  const raw = starts.map((from): Stretch => ({ from, ...knownAt(known, from, blind) }))
  return joined(raw)
}

/** What was known at one instant; before the first entry, nothing. */
export function stateAt(
  entries: readonly Entry[],
  at: number,
  blind: readonly Span[] = [],
): Pick<Stretch, 'strength' | 'exempt'> {
  return stretchesOf(entries, blind).findLast(({ from }) => from <= at) ?? notKnown
}

export type Standing = 'in_force' | 'weakened' | 'off' | 'unknown'

/** Which of a program's gates were in force at an instant, and how. `least` is what a gate should be. */
export function gatesAt(
  gates: readonly { gate: string; entries: readonly Entry[]; least?: Strength | undefined }[],
  at: number,
  blind: readonly Span[] = [],
): { gate: string; strength: Strength; standing: Standing }[] {
  return gates.map(({ gate, entries, least = 'enforced' }) => {
    const { strength } = stateAt(entries, at, blind)
    return { gate, strength, standing: standingOf(strength, least) }
  })
}

function standingOf(strength: Strength, least: Strength): Standing {
  if (strength === 'unknown') return 'unknown'
  if (strength === 'off' || strength === 'evaluate') return 'off'
  return isBelow(strength, least) ? 'weakened' : 'in_force'
}

const notKnown = { strength: 'unknown', exempt: 'unknown' } as const

function knownAt(entries: readonly Entry[], at: number, blind: readonly Span[]): Pick<Stretch, 'strength' | 'exempt'> {
  const last = entries.findLast(entry => entry.at <= at)
  if (!last) return notKnown
  // A look counts again once it was taken after the blindness had ended.
  const isHidden = blind.some(({ from, to }) => from <= at && (to === undefined || last.at < to))
  return isHidden ? notKnown : { strength: last.strength, exempt: last.exempt }
}

/** One entry an instant, the best. */
function inOrder(entries: readonly Entry[]): Entry[] {
  const byInstant = new Map<number, Entry>()
  for (const entry of entries) {
    const other = byInstant.get(entry.at)
    if (!other || sources.indexOf(entry.source) <= sources.indexOf(other.source)) byInstant.set(entry.at, entry)
  }
  return [...byInstant.values()].toSorted((a, b) => a.at - b.at)
}

function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = []
  for (const { from, strength, exempt } of stretches) {
    const last = result.at(-1)
    if (last && last.strength === strength && last.exempt === exempt) continue
    if (last) last.to = from
    result.push({ from, strength, exempt })
  }
  return result
}
