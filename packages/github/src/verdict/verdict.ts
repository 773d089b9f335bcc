import type { GateFacts, Verdict, VerdictFacts } from './facts.ts'
import { isLookedOut, nextLookAt } from './looks.ts'
import { type Own, ownAt, worstOf } from './own.ts'
import { allowedRow, bypassRow, type Case, forcedRow, grantRow, isHeld, offRow, passedRow, unknownRow } from './rows.ts'

/**
 * What became of one landing at one gate (docs/github.md "Verdict"): the first row that fits. An accusation waits until what could
 * excuse it had its time to come; a later look with more evidence gives a new verdict from the same function.
 */
export function verdictOf(facts: VerdictFacts, gate: GateFacts): Verdict {
  const given: Case = { ...facts, ...gate, own: ownOf(facts, gate), commits: commitsOf(facts) }
  const { isCertain, ...found } =
    forcedRow(given) ??
    offRow(given) ??
    passedRow(given) ??
    allowedRow(given) ??
    grantRow(given) ??
    bypassRow(given) ??
    unknownRow(given)
  const verdict = { gate: gate.gate, strength: gate.protection.strength, ...found }
  const lookAgainAt = isCertain || isLookedOut(facts.looks) ? undefined : nextLookAt(facts.firstToldAt, facts.looks)
  if (lookAgainAt === undefined) return { ...verdict, isSettled: true }
  const { outcome, confidence: _, grant: __, ...rest } = verdict
  return { ...rest, outcome: 'unknown', isSettled: false, suspected: outcome, lookAgainAt }
}

/** The commits that a run of ours or a grant may stand on for this landing. */
function commitsOf({ landing, way }: VerdictFacts): string[] {
  const heads = 'pulls' in way ? way.pulls.map(({ head }) => head) : []
  return [...new Set([landing.after, ...heads])]
}

/**
 * A run on the landed commit itself decides: of a queue it is the group's. Else the heads of the pull requests do, but of those that a
 * push closed only where the forge held whoever pushed: a push may hold more than the pull requests that it closes.
 */
function ownOf({ landing, way }: VerdictFacts, { runs, native, protection }: GateFacts): Own {
  const own = ownAt(runs, landing.after, landing.at)
  if (own.is !== 'none' || !('pulls' in way)) return own
  if (way.how === 'indirect' && !native.isPassed && !isHeld(protection)) return own
  return worstOf(way.pulls.map(({ head }) => ownAt(runs, head, landing.at)))
}
