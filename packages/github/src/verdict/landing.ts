import type { Merge } from '../events/told.ts'
import type { Activity } from './suites.ts'

/** One advance of a protected ref, as it was told. */
export interface Landing {
  id: string
  ref: string
  before: string
  after: string
  /** Of the forge, in whole seconds. */
  at: number
  forced: boolean
  deleted: boolean
  /** A new branch: its commits may have passed where they landed before. */
  created?: boolean
  /** That the push listed, `after` among them. */
  commits: readonly string[]
}

export interface MergedPull {
  number: number
  head: string
}

/** How a landing came about. */
export type Way =
  /** By GitHub's merge, of these pull requests: several in a queue. */
  | { how: 'merge'; pulls: [MergedPull, ...MergedPull[]]; rests: string }
  /** Pushed, which closed the pull requests of these commits. */
  | { how: 'indirect'; pulls: [MergedPull, ...MergedPull[]]; rests: string }
  | { how: 'direct'; isCertain: boolean; rests: string }
  /** A new branch, of commits that no pull request brought there. */
  | { how: 'created'; rests: string }
  /** A deployment: it advances no ref, and was asked for by name. */
  | { how: 'deployment'; rests: string }
  /** Not found yet, or not readable. */
  | { how: 'unresolved'; rests: string }

export interface WayFacts {
  landing: Landing
  /** Of this repository, as told or as listed for the commit; `unread` where neither was possible. */
  merges: readonly Pick<Merge, 'number' | 'head' | 'base' | 'mergeCommit'>[] | 'unread'
  activity: readonly Activity[] | 'unread'
  /** All looks were taken: what is missing does not come. */
  isLookedOut: boolean
}

/** Joins a landing to its change by repository, ref and commit, never by who or when (docs/github.md "Verdict"). */
export function wayOf({ landing, merges, activity, isLookedOut }: WayFacts): Way {
  const type = activityOf(landing, activity)
  const pulls = merges === 'unread' ? [] : pullsOf(landing, merges)
  const [first, ...others] = pulls
  if (first) {
    const numbers = pulls.map(({ number }) => `#${number}`).join(', ')
    const isPushed = type === 'push' || type === 'force_push'
    return isPushed
      ? {
          how: 'indirect',
          pulls: [first, ...others],
          rests: `${numbers} closed by a push, says the activity of the branch`,
        }
      : { how: 'merge', pulls: [first, ...others], rests: `${numbers} merged as this commit` }
  }
  if (landing.created) return { how: 'created', rests: 'a new branch' }
  if (type === 'push' || type === 'force_push')
    return { how: 'direct', isCertain: true, rests: 'pushed, says the activity of the branch' }
  if (type === 'pr_merge' || type === 'merge_queue_merge')
    return { how: 'unresolved', rests: 'a merge, of a pull request that was not found' }
  if (merges === 'unread') return { how: 'unresolved', rests: 'the pull requests of the commit could not be read' }
  if (!isLookedOut) return { how: 'unresolved', rests: 'no pull request was found yet' }
  return { how: 'direct', isCertain: false, rests: 'no pull request was found' }
}

function activityOf({ ref, before, after }: Landing, activity: WayFacts['activity']): string | undefined {
  if (activity === 'unread') return undefined
  return activity.find(each => each.ref === ref && each.after === after && each.before === before)?.type
}

/** In a queue each pull request has a merge commit of its own, and all lie within one push. */
function pullsOf({ ref, after, commits }: Landing, merges: Exclude<WayFacts['merges'], 'unread'>): MergedPull[] {
  const within = new Set([after, ...commits])
  const found = merges.filter(
    ({ base, mergeCommit }) => base === ref && mergeCommit !== undefined && within.has(mergeCommit),
  )
  const byNumber = new Map(found.map(({ number, head }) => [number, { number, head }]))
  return [...byNumber.values()].toSorted((a, b) => a.number - b.number)
}
