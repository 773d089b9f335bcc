/** A live grant, or one that was: what our check run and a verdict need of it. Commits as the forge spells them. */
export interface GrantFact {
  id: string
  gate: string
  /** Of a grant for a pull request; absent for one that names a commit alone. */
  number?: number | undefined
  head: string
  activatedAt: number
  expiresAt: number
  revokedAt?: number | undefined
  uses: number
  /** Landings that it opened already. */
  usedBy: readonly string[]
  /** Who broke the glass, as it may be shown. */
  by: string
  /** Where its review is. */
  review?: string | undefined
}

export interface WaiverFact {
  id: string
  gate: string
  from: number
  until: number
}

/** An advisory gate was declared unavailable, and lets through what did not fail. */
export interface WindowFact {
  id: string
  gate: string
  from: number
  until: number
}

/** One open pull request, as it is now. */
export interface OpenPull {
  number: number
  base: string
  head: string
  isFork: boolean
  autoMergeBy?: string | undefined
}

/** A head that a pull request was pushed away from. */
export interface LeftHead {
  number: number
  head: string
  at: number
}

export type Opening =
  | { by: 'grant'; grant: GrantFact }
  | { by: 'waiver'; waiver: WaiverFact }
  | { by: 'nothing'; why?: string }

export interface OpeningFacts {
  gate: string
  /** The pull request's head that the run is about; of a queue group that of its pull request, not of the group. */
  head: string
  pulls: readonly OpenPull[]
  left: readonly LeftHead[]
  grants: readonly GrantFact[]
  waivers: readonly WaiverFact[]
  windows?: readonly WindowFact[]
  now: number
}

/** What opens a gate for a commit now. A grant is for one pull request at one head, and dies with the next push. */
export function openingOf(facts: OpeningFacts): Opening {
  const { gate, head, now } = facts
  const waiver = facts.waivers.find(each => each.gate === gate && each.from <= now && now < each.until)
  if (waiver) return { by: 'waiver', waiver }
  const named = facts.grants.filter(grant => grant.gate === gate && grant.head === head)
  const live = named.filter(grant => endOf(grant, now) === undefined)
  const latest = named.toSorted((a, b) => b.activatedAt - a.activatedAt)[0]
  if (live.length === 0) {
    const end = latest && endOf(latest, now)
    return end === undefined ? { by: 'nothing' } : { by: 'nothing', why: end }
  }
  const shared = whySharedHead(facts.pulls, head)
  if (shared !== undefined) return { by: 'nothing', why: shared }
  const pull = facts.pulls.find(each => each.head === head)
  const grant = live.find(({ number }) => pull !== undefined && number === pull.number)
  if (!pull || !grant) return { by: 'nothing', why: 'a grant names this commit, but not this pull request' }
  if (wasLeft(grant, facts.left)) return { by: 'nothing', why: 'something else was pushed after the grant' }
  return { by: 'grant', grant }
}

/** Why a grant for this commit has to be refused: a check run is of a commit, and would open all of them. */
export function whySharedHead(pulls: readonly OpenPull[], head: string): string | undefined {
  const numbers = pulls.filter(pull => pull.head === head).map(({ number }) => number)
  if (numbers.length < 2) return undefined
  const words = numbers.toSorted((a, b) => a - b).map(number => `#${number}`)
  return `${words.join(', ')} share this commit, so no grant can be for one of them`
}

/** Why a grant opens nothing at this time, or undefined. */
export function endOf({ activatedAt, expiresAt, revokedAt, uses, usedBy }: GrantFact, now: number): string | undefined {
  if (now < activatedAt) return 'the grant does not hold yet'
  if (revokedAt !== undefined && revokedAt <= now) return 'the grant was revoked'
  if (usedBy.length >= uses) return 'the grant was used'
  return now >= expiresAt ? 'the grant expired' : undefined
}

/** Pushed over once, it stays shut: pushing the old commit back must not open it again. */
const wasLeft = ({ number, head, activatedAt }: GrantFact, left: readonly LeftHead[]): boolean =>
  left.some(each => each.number === number && each.head === head && each.at >= activatedAt)

/** The declared window of a gate that holds now. */
export const windowOf = ({ gate, windows = [], now }: OpeningFacts): WindowFact | undefined =>
  windows.find(each => each.gate === gate && each.from <= now && now < each.until)

/** The next instant at which the answer could change by itself. */
export function wakeAt({ gate, grants, waivers, windows = [], now }: OpeningFacts): number | undefined {
  const edges = [
    ...grants.filter(grant => grant.gate === gate).flatMap(({ activatedAt, expiresAt }) => [activatedAt, expiresAt]),
    ...[...waivers, ...windows].filter(each => each.gate === gate).flatMap(({ from, until }) => [from, until]),
  ].filter(at => at > now)
  return edges.length > 0 ? Math.min(...edges) : undefined
}
