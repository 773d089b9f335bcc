import type { Finding } from '../remarks.ts'
import { breakable, type BreakableGate, type CheckContext, peopleOf } from './context.ts'

/** A circle that reviews itself drifts together: somebody reads along who does not break the glass. */
export function reviewersOnlyActors(context: CheckContext): Finding[] {
  const { resolved } = context
  const reviewers = peopleOf(resolved.reviews.reviewers, resolved)
  if (reviewers.untold.length > 0 || reviewers.accounts.size === 0) return []
  const gates = breakable(context).filter(gate => {
    const actors = peopleOf(gate.breakGlass.who, resolved).accounts
    return [...reviewers.accounts].every(reviewer => actors.has(reviewer))
  })
  if (gates.length === 0) return []
  const reason = `every reviewer may break ${namesOf(gates)}: those who break the glass would only review each other`
  const remedy = 'add reviewers who do not break these gates'
  return [{ rule: 'reviewers_only_actors', path: ['reviews', 'reviewers'], reason, remedy }]
}

/** Neither who broke it nor who approved it signs; a control gate takes two signatures, as does one without incident. */
export function noSecondReviewer(context: CheckContext): Finding[] {
  const { resolved } = context
  const reviewers = peopleOf(resolved.reviews.reviewers, resolved)
  if (reviewers.untold.length > 0) return []
  const gates = breakable(context).filter(gate => left(gate, reviewers.accounts, context) < signaturesOf(gate))
  if (gates.length === 0) return []
  const reason = `when reviewers break and approve ${namesOf(gates)}, too few are left to sign, and the review stays open`
  const remedy = 'name more reviewers, so that two are left who are neither actor nor approver'
  return [{ rule: 'no_second_reviewer', path: ['reviews', 'reviewers'], reason, remedy }]
}

function signaturesOf(gate: BreakableGate): number {
  return gate.class === 'control' || gate.breakGlass.incidentAtLeast === undefined ? 2 : 1
}

/** How many may still sign if one reviewer is the actor and another the approver, where they may be. */
function left(gate: BreakableGate, reviewers: ReadonlySet<string>, { resolved }: CheckContext): number {
  const { who, approvers, secondPerson } = gate.breakGlass
  const actors = peopleOf(who, resolved).accounts
  const seconds = secondPerson.kind === 'none' ? new Set<string>() : peopleOf(approvers, resolved).accounts
  const all = [...reviewers]
  const involved = all.filter(one => actors.has(one) || seconds.has(one)).length
  const roles = [actors, seconds].filter(set => all.some(one => set.has(one))).length
  return reviewers.size - Math.min(involved, roles)
}

const shownMax = 3

function namesOf(gates: readonly BreakableGate[]): string {
  const names = gates.map(({ name }) => name)
  const more = names.length - shownMax
  return more > 0 ? `${names.slice(0, shownMax).join(', ')} and ${more} more` : names.join(', ')
}
