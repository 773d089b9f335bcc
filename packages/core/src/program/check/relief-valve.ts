import type { Finding } from '../remarks.ts'
import { breakable, type CheckContext, gatesOf, guardsProgram, peopleOf } from './context.ts'

/**
 * Whether a strict gate survives its first emergency: a gate that nothing sanctioned can open gets deleted under pressure,
 * often for everybody and for good.
 */
export function unsurvivableGate(context: CheckContext): Finding[] {
  return gatesOf(context).flatMap((gate): Finding[] => {
    const hasWay = gate.breakGlass.kind === 'allowed' || gate.whenItCannotRun !== undefined
    if (hasWay || guardsProgram(gate, context.resolved)) return []
    const reason = 'nothing opens it, not even when it cannot run: the first emergency that meets it down deletes it'
    const remedy = 'say who may open it when it cannot run (when_it_cannot_run), or who may break it'
    return [{ rule: 'unsurvivable_gate', path: ['gates', gate.name, 'break_glass'], reason, remedy }]
  })
}

/** Cheap safety nets stay on in an emergency because they cost seconds; one that waits for people costs the night. */
export function expensiveSafetyNet(context: CheckContext): Finding[] {
  return gatesOf(context).flatMap((gate): Finding[] => {
    if (gate.breakGlass.kind === 'allowed' || gate.passes.kind === 'check') return []
    if (guardsProgram(gate, context.resolved)) return []
    const waits = gate.passes.kind === 'reviews' ? 'reviews' : 'an approval'
    const reason = `it can never be broken and waits for ${waits}: at night it is in the way of every fix`
    const remedy = 'let a second person break it in an incident; keep never for checks that take seconds'
    return [{ rule: 'expensive_safety_net', path: ['gates', gate.name, 'break_glass'], reason, remedy }]
  })
}

/** Somebody must be left who is not the actor, whoever the actor is. */
export function noSecondPerson(context: CheckContext): Finding[] {
  return breakable(context).flatMap((gate): Finding[] => {
    const { who, approvers, secondPerson } = gate.breakGlass
    if (secondPerson.kind === 'none') return []
    const [actors, others] = [peopleOf(who, context.resolved), peopleOf(approvers, context.resolved)]
    if (others.untold.length > 0) return []
    const alone = [...actors.accounts].find(actor => [...others.accounts].every(other => other === actor))
    if (alone === undefined) return []
    const ends = secondPerson.kind === 'wait' ? 'it always waits and then goes solo' : 'it can never be opened'
    const reason = `when ${alone} breaks it, nobody else may be the second person: ${ends}`
    const path = ['gates', gate.name, 'break_glass', 'approvers']
    return [{ rule: 'no_second_person', path, reason, remedy: 'name more approvers, from another group' }]
  })
}

export function controlGateSolo(context: CheckContext): Finding[] {
  return breakable(context).flatMap((gate): Finding[] => {
    if (gate.class !== 'control' || gate.breakGlass.secondPerson.kind !== 'none') return []
    const reason = 'one person alone opens what guards safety or security: a solo fix in panic is how an outage grows'
    const remedy = 'write second_person: required, or { wait: 5m } if nobody may be awake'
    return [{ rule: 'control_gate_solo', path: ['gates', gate.name, 'break_glass', 'second_person'], reason, remedy }]
  })
}

/** A schedule is not read by anything yet: plainly, nobody is in it. */
export function nobodyInGroup({ resolved }: CheckContext): Finding[] {
  return Object.entries(resolved.groups).flatMap(([name, group]): Finding[] => {
    if (group.kind === 'schedule') {
      const reason = `nothing here reads ${group.schedule}, so nobody is in this group and it authorises nobody`
      const remedy = 'name the people under members; the schedule can come back when something reads it'
      return [{ rule: 'nobody_in_group', path: ['groups', name, 'schedule'], reason, remedy }]
    }
    if (group.kind === 'incident' || group.members.length > 0) return []
    const remedy = 'name its members, or leave it out'
    return [{ rule: 'nobody_in_group', path: ['groups', name], reason: 'nobody is in this group', remedy }]
  })
}
