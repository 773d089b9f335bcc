import type { BuiltIn } from './built-in.ts'
import type { Message } from './message.ts'

/** How many landings carry what tells the built-in mappings apart. */
export interface Tally {
  landings: number
  /** Footers that switch off a part of Chromium's commit queue. */
  luci: number
  /** Footers that name an owner who is to look afterwards. */
  owners: number
  /** Footers of Go's trybots. */
  trybots: number
  /** What Gerrit writes under every change. */
  gerrit: number
  reviewedBy: number
  pullRequest: number
}

const groups = {
  luci: ['no-try', 'notry', 'no-presubmit', 'nopresubmit', 'no-tree-checks', 'notreechecks'],
  owners: ['tbr', 'owners-override'],
  trybots: ['trybot-bypass', 'trybot-result', 'run-trybot', 'luci-trybot-result'],
  gerrit: ['reviewed-on', 'change-id', 'commit-queue'],
  reviewedBy: ['reviewed-by'],
} as const

const groupNames = Object.keys(groups) as (keyof typeof groups)[]
/** Bit i: the key is of group i. */
const groupBits = new Map<string, number>(groupNames.flatMap((group, at) => groups[group].map(key => [key, 1 << at])))
export const tellingKeys: ReadonlySet<string> = new Set(groupBits.keys())

export const emptyTally = (): Tally => ({
  landings: 0,
  luci: 0,
  owners: 0,
  trybots: 0,
  gerrit: 0,
  reviewedBy: 0,
  pullRequest: 0,
})

/** `pullRequest`: whether the subject names one. */
export function tallyMessage(tally: Tally, { footers }: Message, pullRequest: boolean): void {
  tally.landings += 1
  if (pullRequest) tally.pullRequest += 1
  let carried = 0
  for (const key of footers.keys()) carried |= groupBits.get(key) ?? 0
  for (let at = 0; carried >> at > 0; at++) {
    const group = groupNames[at]
    if (group !== undefined && (carried >> at) % 2 === 1) tally[group] += 1
  }
}

/**
 * Which built-in mapping a history was written under (docs/formats/baseline.md "Detection"): the forge by what it writes under
 * most landings, and of Gerrit's two by the footers of their own robots. Absent when nothing tells.
 */
export function detect(tally: Tally): { mapping: BuiltIn; reason: string } | undefined {
  const { luci, owners, trybots, gerrit, reviewedBy, pullRequest } = tally
  const gerritLike = Math.max(gerrit, luci, trybots, owners)
  if (pullRequest > 0 && pullRequest >= gerritLike) {
    return { mapping: 'github', reason: `${of(pullRequest, tally)} name a pull request.` }
  }
  if (luci > 0 && luci >= trybots) {
    return {
      mapping: 'luci',
      reason: `${of(luci, tally)} carry a footer that switches off a part of the commit queue.`,
    }
  }
  if (trybots > 0) return { mapping: 'gerrit', reason: `${of(trybots, tally)} carry a footer of trybots.` }
  if (owners > 0) return { mapping: 'luci', reason: `${of(owners, tally)} carry TBR or Owners-Override.` }
  if (gerrit > 0) return { mapping: 'gerrit', reason: `${of(gerrit, tally)} carry what Gerrit writes.` }
  if (reviewedBy > 0) return { mapping: 'gerrit', reason: `${of(reviewedBy, tally)} carry Reviewed-by.` }
  return undefined
}

const of = (count: number, { landings }: Tally) => `${count} of ${landings} landings`
