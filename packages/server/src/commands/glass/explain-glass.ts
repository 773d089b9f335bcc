import type { DecisionView, GlassRequest } from '@breakglass/core/contract'
import type { Edge } from '../../edge/edge.ts'
import { type Names, namesOf } from '../../views/people.ts'
import { type Asked, ask } from './ask.ts'

/** What the program would say of this request, and why. Changes nothing. Throws `no_program`, `not_found`, `bad_input`. */
export function explainGlass(edge: Edge, person: string, given: GlassRequest): Promise<{ decisions: DecisionView[] }> {
  const asker = { person, nowMs: edge.nowMs(), clockSkewMs: edge.clockSkewMs() }
  return edge.store.read(async rx => {
    const asked = await ask(rx, asker, given)
    const people = asked.flatMap(({ decision }) => (decision.outcome === 'waiting' ? decision.mayApprove : []))
    const names = await namesOf(rx, people)
    return { decisions: asked.map(one => decisionView(one, names)) }
  })
}

function decisionView({ request: { gate }, decision, facts }: Asked, names: Names): DecisionView {
  const { outcome, reasons } = decision
  if (decision.outcome === 'refused') {
    return { gate, outcome, code: decision.code, remedy: decision.remedy, reasons }
  }
  const { ttlSeconds, uses, keeps } = decision.terms
  const terms = { ttlSeconds, uses, keeps }
  if (decision.outcome === 'granted') return { gate, outcome, ...terms, reasons }
  return {
    gate,
    outcome,
    secondPerson: decision.secondPerson,
    waitSeconds: Math.max(0, Math.round((decision.untilMs - facts.nowMs) / 1000)),
    mayApprove: decision.mayApprove.map(names),
    ...terms,
    reasons,
  }
}
