import type { BranchProtection, Bypass, Exempt, RequiredCheck, RequiredReviews, Rule } from './rules.ts'

export interface Difference {
  /** `unknown`: one of the two could not be read there. */
  weight: 'weaker' | 'stronger' | 'changed' | 'unknown'
  source: string
  words: string
  /** Somebody may now go around it without any trace. */
  isTraceless?: true
}

/**
 * What changed between two looks at a branch, in words (docs/github.md "Timeline"). It compares what was read, never what a webhook
 * says has changed: several loosening edits are not said there.
 */
export function protectionDifferences(before: BranchProtection, after: BranchProtection): Difference[] {
  const sources = new Set([...before.rules, ...after.rules].map(({ source }) => source))
  return [
    ...unreadDifferences(before, after),
    ...[...sources].toSorted().flatMap(source => {
      const [old, now] = [before, after].map(({ rules }) => rules.find(rule => rule.source === source))
      return ruleDifferences(old, now, isPartial(before) || isPartial(after))
    }),
  ]
}

const isPartial = ({ unread }: BranchProtection): boolean => unread.length > 0

function unreadDifferences(before: BranchProtection, after: BranchProtection): Difference[] {
  const say = (words: string): Difference => ({ weight: 'unknown', source: 'reading', words })
  return [
    ...after.unread.filter(each => !before.unread.includes(each)).map(each => say(`${each} can no longer be read`)),
    ...before.unread.filter(each => !after.unread.includes(each)).map(each => say(`${each} can be read again`)),
  ]
}

function ruleDifferences(old: Rule | undefined, now: Rule | undefined, isPartly: boolean): Difference[] {
  if (!old || !now) return onlyOne(old, now, isPartly)
  const say = sayOf(now.source)
  const rank = { disabled: 0, evaluate: 1, active: 2 }
  const state =
    old.state === now.state
      ? []
      : [say(rank[now.state] < rank[old.state] ? 'weaker' : 'stronger', `${now.name}: ${old.state}, now ${now.state}`)]
  const parts = [
    ...checkDifferences(old.checks, now.checks),
    ...reviewDifferences(old.reviews, now.reviews),
    ...switched(old.holdsForcePush, now.holdsForcePush, 'refusing forced pushes'),
    ...switched(old.holdsDeletion, now.holdsDeletion, 'refusing deletion'),
    ...switched(old.queue, now.queue, 'the merge queue'),
  ].map(({ weight, words }) => say(weight, `${now.name}: ${words}`))
  return state.concat(parts, exemptDifferences(old, now), reviewExempt(old, now))
}

const sayOf =
  (source: string) =>
  (weight: Difference['weight'], words: string): Difference => ({ weight, source, words })

function onlyOne(old: Rule | undefined, now: Rule | undefined, isPartly: boolean): Difference[] {
  const rule = old ?? now
  // A ruleset that is only tried out, or off, held nothing.
  if (!rule || rule.state !== 'active') return []
  if (isPartly) {
    const words = `${rule.name} was seen ${now ? 'only now' : 'only before'}: not everything could be read`
    return [{ weight: 'unknown', source: rule.source, words }]
  }
  const words = now ? `${rule.name} is new` : `${rule.name} is gone, or no longer covers the branch`
  return [{ weight: now ? 'stronger' : 'weaker', source: rule.source, words }]
}

type Said = Pick<Difference, 'weight' | 'words'>

function checkDifferences(old: readonly RequiredCheck[], now: readonly RequiredCheck[]): Said[] {
  const gone = old.filter(({ context }) => !now.some(each => each.context === context))
  const made = now.filter(({ context }) => !old.some(each => each.context === context))
  // One for one looks like a new name. Whether it is the same check, nobody can tell from here.
  const [from, to] = [gone[0], made[0]]
  if (from && to && gone.length === 1 && made.length === 1)
    return [
      { weight: 'changed', words: `check ${from.context} replaced by ${to.context}` },
      ...pinDifferences(old, now),
    ]
  return [
    ...gone.map(({ context }): Said => ({ weight: 'weaker', words: `check ${context} no longer required` })),
    ...made.map(({ context }): Said => ({ weight: 'stronger', words: `check ${context} required` })),
    ...pinDifferences(old, now),
  ]
}

function pinDifferences(old: readonly RequiredCheck[], now: readonly RequiredCheck[]): Said[] {
  return now.flatMap(({ context, app }): Said[] => {
    const before = old.find(each => each.context === context)
    if (!before || before.app === app) return []
    if (app === undefined) return [{ weight: 'weaker', words: `pin of ${context} removed: any app may set it` }]
    if (before.app === undefined) return [{ weight: 'stronger', words: `${context} pinned to app ${app}` }]
    return [{ weight: 'changed', words: `pin of ${context} moved from app ${before.app} to app ${app}` }]
  })
}

function reviewDifferences(old: RequiredReviews | undefined, now: RequiredReviews | undefined): Said[] {
  const [a, b] = [old?.count ?? 0, now?.count ?? 0]
  const count: Said[] =
    a === b ? [] : [{ weight: b < a ? 'weaker' : 'stronger', words: `${b} instead of ${a} reviews required` }]
  const has = (reviews: RequiredReviews | undefined, what: 'codeOwners' | 'dismissStale' | 'lastPush') =>
    reviews?.[what] ?? false
  return [
    ...count,
    ...switched(has(old, 'codeOwners'), has(now, 'codeOwners'), 'review by code owners'),
    ...switched(has(old, 'dismissStale'), has(now, 'dismissStale'), 'dismissing reviews of what was pushed over'),
    ...switched(has(old, 'lastPush'), has(now, 'lastPush'), 'a review of the last push'),
  ]
}

const switched = (old: boolean, now: boolean, what: string): Said[] =>
  old === now ? [] : [{ weight: now ? 'stronger' : 'weaker', words: `${what}: ${now ? 'on' : 'off'}` }]

const exemptDifferences = (old: Rule, now: Rule): Difference[] =>
  whoDifferences(old.exempt, now.exempt, now, 'the rule')

const reviewExempt = (old: Rule, now: Rule): Difference[] =>
  old.reviews && now.reviews ? whoDifferences(old.reviews.exempt, now.reviews.exempt, now, 'reviews') : []

function whoDifferences(old: Exempt, now: Exempt, { source, name }: Rule, what: string): Difference[] {
  const say = sayOf(source)
  if (old.who === 'unknown' && now.who === 'unknown') return []
  if (now.who === 'unknown') return [say('unknown', `${name}: who may bypass ${what} can no longer be seen`)]
  if (old.who === 'unknown')
    return [say('unknown', `${name}: who may bypass ${what} can be seen now: ${listOf(now.bypass)}`)]
  const added = now.bypass.filter(each => !old.bypass.some(one => isSame(one, each)))
  const removed = old.bypass.filter(each => !now.bypass.some(one => isSame(one, each)))
  return [
    ...added.map(
      (each): Difference => ({
        ...say(
          'weaker',
          `${name}: ${holderWords(each)} may bypass ${what}${each.mode === 'exempt' ? ', without a trace' : ''}`,
        ),
        ...(each.mode === 'exempt' ? { isTraceless: true } : {}),
      }),
    ),
    ...removed.map(each => say('stronger', `${name}: ${holderWords(each)} may no longer bypass ${what}`)),
  ]
}

/** Of another mode it is another one: added and removed. */
const isSame = (a: Bypass, b: Bypass): boolean => a.type === b.type && a.id === b.id && a.mode === b.mode

const listOf = (bypass: readonly Bypass[]): string =>
  bypass.length === 0 ? 'nobody' : bypass.map(holderWords).join(', ')

const typeWords = new Map([
  ['Admins', 'admins'],
  ['OrganizationAdmin', 'owners of the organisation'],
  ['EnterpriseOwner', 'owners of the enterprise'],
  ['DeployKey', 'deploy keys'],
])

/** Who holds it, for people: `team payments (12)`. */
export function holderWords({ type, id, name, mode }: Bypass): string {
  const who = typeWords.get(type) ?? [type, name, id === undefined ? undefined : `(${id})`].filter(Boolean).join(' ')
  return mode === 'pull_request' ? `${who} (by pull request)` : who
}
