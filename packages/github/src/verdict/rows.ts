import type { GrantFact } from '../checks/opening.ts'
import { isBelow } from '../protection/strength.ts'
import type { GateFacts, Verdict, VerdictFacts } from './facts.ts'
import { type Own, ownAt } from './own.ts'

/** One landing at one gate, with what follows from its facts. */
export interface Case extends VerdictFacts, GateFacts {
  own: Own
  commits: readonly string[]
}

export type Found = Pick<Verdict, 'outcome' | 'confidence' | 'rests' | 'grant'> & {
  /** Nothing that comes later can make it better. */
  isCertain: boolean
}

/* The rows of docs/github.md "Verdict", in their order. */

/** Not while the gate was off: that row says more, and no push around a gate that was not there can be told from others. */
export function forcedRow(given: Case): Found | undefined {
  const { landing } = given
  if ((!landing.forced && !landing.deleted) || isOff(given)) return undefined
  const rests = [landing.deleted ? 'the branch was deleted' : 'a forced push, says the delivery']
  const grant = fitting(given).find(each => isInTime(each, landing.at) && !isSpent(each, landing.id))
  if (!grant) return { outcome: 'bypassed_unsanctioned', confidence: 'A', rests, isCertain: true }
  return { outcome: 'bypassed_while_grant_open', confidence: 'A', rests, grant: grant.id, isCertain: true }
}

/** Even if all was green: nobody was held to it. */
export function offRow(given: Case): Found | undefined {
  if (!isOff(given)) return undefined
  const rests = [`protection of the gate was ${given.protection.strength === 'off' ? 'off' : 'only tried out'}`]
  return { outcome: 'landed_while_off', confidence: given.isPolled ? 'B' : 'A', rests, isCertain: true }
}

const isOff = ({ protection: { strength } }: Case): boolean => strength === 'off' || strength === 'evaluate'

export function passedRow(given: Case): Found | undefined {
  const { native, own, protection } = given
  if (native.bypass === 'this_gate') return undefined
  const passed = (confidence: 'A' | 'B', ...rests: string[]): Found => ({
    outcome: 'passed',
    confidence,
    rests: [given.way.rests, ...rests, ...native.rests],
    isCertain: true,
  })
  if (own.is === 'passed') return passed(native.isPassed ? 'A' : 'B', 'our run had passed')
  if (isEvident(given)) return passed('B', 'the real check had passed')
  // A suite that passed clears nobody who is exempt, nor a check that anybody may set.
  if ((own.is === 'none' || own.is === 'unknown') && native.isPassed && isHeld(protection)) return passed('A')
  return undefined
}

/** On the landed commit, or on all heads that were merged by the forge. */
function isEvident({ evidence, skippedPasses, landing, way }: Case): boolean {
  const isGreen = (commit: string) => {
    const is = evidence?.get(commit)
    return is === 'passed' || (is === 'skipped' && skippedPasses === true)
  }
  return isGreen(landing.after) || (way.how === 'merge' && way.pulls.every(({ head }) => isGreen(head)))
}

/** Nobody can go around it, and nobody else can set it. */
export const isHeld = ({ strength, exempt }: GateFacts['protection']): boolean =>
  strength === 'enforced' && exempt === 'nobody'

export function allowedRow({ own, waiver, window, way }: Case): Found | undefined {
  const allowed = { confidence: 'B', isCertain: true } as const
  if (waiver !== undefined || own.is === 'waived')
    return { ...allowed, outcome: 'waived', rests: [way.rests, 'a waiver held'] }
  if (window === undefined && own.is !== 'failed_open') return undefined
  return {
    ...allowed,
    outcome: 'failed_open',
    rests: [way.rests, 'the gate was declared unavailable, and let through'],
  }
}

/** By a grant for this gate and this very change. */
export function grantRow(given: Case): Found | undefined {
  const { landing, own, native, way } = given
  const fits = fitting(given).filter(grant => !isSpent(grant, landing.id))
  const isOpen = own.is === 'unknown' || own.is === 'opened'
  const live = fits.filter(grant => isInTime(grant, landing.at))
  const [grant] = live
  if (grant && isOpen && native.bypass !== 'this_gate') {
    const rests = [way.rests, `a grant for this change was live${own.is === 'unknown' ? '' : ', and our run open'}`]
    const confidence = native.isPassed ? 'A' : 'B'
    return { outcome: 'opened_by_grant', confidence, rests, grant: grant.id, isCertain: true }
  }
  const late = fits.find(grant => landing.at > endOf(grant))
  if (late && isOpen && !grant && native.bypass !== 'this_gate') {
    const rests = [way.rests, 'by the forge’s clock it landed after the grant had ended']
    return { outcome: 'late_use', confidence: own.is === 'unknown' ? 'B' : 'A', rests, grant: late.id, isCertain: true }
  }
  if (!grant) return undefined
  const rests = [way.rests, 'a grant for this change was live, but the rule was gone around', ...native.rests]
  const confidence = native.bypass === 'this_gate' ? 'A' : 'B'
  return { outcome: 'bypassed_while_grant_open', confidence, rests, grant: grant.id, isCertain: false }
}

/** What shows that the gate was not green; nothing is shown by our having been blind. */
export function bypassRow(given: Case): Found | undefined {
  const shown = shownBy(given)
  if (!shown) return undefined
  const isResolved = given.way.how !== 'unresolved' && (given.way.how !== 'direct' || given.way.isCertain)
  const { confidence, isOpened } = shown
  const found = { confidence, rests: [given.way.rests, ...shown.rests], isCertain: confidence === 'A' && isResolved }
  const other = mismatched(given)
  if (other) return { ...found, outcome: 'grant_mismatch', grant: other.grant.id, rests: [...found.rests, other.why] }
  return { ...found, outcome: isOpened ? 'grant_mismatch' : 'bypassed_unsanctioned' }
}

interface Shown {
  confidence: 'A' | 'B'
  rests: string[]
  /** Our run was open, but by no grant for this change. */
  isOpened?: true
}

function shownBy(given: Case): Shown | undefined {
  const { own, native, protection, way } = given
  // Without its pull request there may be a green run on a commit that we do not know of; of a new branch, where it came from.
  const isBare = own.is === 'none' && way.how !== 'unresolved' && way.how !== 'created'
  if (native.bypass === 'this_gate' || (native.bypass === 'some_rule' && (own.is === 'not_green' || isBare)))
    return { confidence: 'A', rests: native.rests }
  if (given.isForged) return { confidence: 'A', rests: ['our check was set by somebody else'] }
  if (own.is === 'not_green') return { confidence: 'B', rests: ['our run was not green', ...exemptWords(given)] }
  if (own.is === 'opened')
    return { confidence: 'B', rests: ['our run was open, by no grant for this change'], isOpened: true }
  if (given.isBlind || protection.strength === 'unknown' || isClosedByGreen(given)) return undefined
  if (isBare) return { confidence: 'B', rests: ['no run of ours stood on it', ...exemptWords(given)] }
  const isFailed = given.commits.some(commit => given.evidence?.get(commit) === 'failed')
  return isFailed ? { confidence: 'B', rests: ['the real check had failed'] } : undefined
}

/** Pushed, closing pull requests that were green: whether the push held more than these, nobody can tell from here. */
const isClosedByGreen = ({ way, runs, landing }: Case): boolean =>
  way.how === 'indirect' &&
  way.pulls.every(({ head }) =>
    ['passed', 'opened', 'waived', 'failed_open'].includes(ownAt(runs, head, landing.at).is),
  )

/** Why the forge's own list does not say it. */
const exemptWords = ({ native, protection: { strength, exempt } }: Case): string[] => [
  ...(native.bypass === 'none' && exempt !== 'nobody' ? ['whoever is exempt from the rule leaves no trace'] : []),
  ...(isBelow(strength, 'enforced_admins_exempt') ? [`the gate was ${strength}`] : []),
]

/** A grant for this change that was spent already, or one that was live for another commit, gate or pull request. */
function mismatched(given: Case): { grant: GrantFact; why: string } | undefined {
  const { grants, landing, commits, gate, way } = given
  const live = grants.filter(grant => isInTime(grant, landing.at))
  const spent = fitting(given).find(grant => live.includes(grant) && isSpent(grant, landing.id))
  if (spent) return { grant: spent, why: 'its grant had opened another landing' }
  const numbers = 'pulls' in way ? way.pulls.map(({ number }) => number) : []
  const other = live
    .filter(grant => !isSpent(grant, landing.id))
    .find(grant => grant.gate === gate || commits.includes(grant.head) || numbers.includes(grant.number ?? 0))
  return other && { grant: other, why: `a grant was live for another ${other.gate === gate ? 'change' : 'gate'}` }
}

export function unknownRow({ isBlind, own, native, way }: Case): Found {
  const rests = [
    way.rests,
    ...(isBlind ? ['we were blind then'] : []),
    ...(own.is === 'unknown' ? ['our own record is not whole'] : []),
    ...(native.bypass === 'unread' ? ['the forge’s record could not be read'] : []),
  ]
  return { outcome: 'unknown', rests, isCertain: false }
}

/** Of this gate, for one of the commits, and of one of the pull requests where there are any. */
function fitting({ grants, gate, commits, way }: Case): GrantFact[] {
  const numbers = 'pulls' in way ? way.pulls.map(({ number }) => number) : undefined
  return grants.filter(
    grant =>
      grant.gate === gate &&
      commits.includes(grant.head) &&
      (grant.number === undefined || numbers === undefined || numbers.includes(grant.number)),
  )
}

const endOf = ({ expiresAt, revokedAt = Number.POSITIVE_INFINITY }: GrantFact): number => Math.min(expiresAt, revokedAt)

/** The forge's instant is a whole second, cut: what happened within it may have happened in time. */
const isInTime = (grant: GrantFact, at: number): boolean => grant.activatedAt <= at + 999 && at <= endOf(grant)

const isSpent = ({ uses, usedBy }: GrantFact, landing: string): boolean =>
  usedBy.filter(each => each !== landing).length >= uses
