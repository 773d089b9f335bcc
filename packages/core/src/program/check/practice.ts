import type { Finding } from '../remarks.ts'
import type { CheckContext } from './context.ts'

export function gateWithoutOwner({ written }: CheckContext): Finding[] {
  return Object.entries(written.gates ?? {}).flatMap(([name, gate]): Finding[] => {
    const template = gate.use === undefined ? undefined : written.templates?.[gate.use]
    if ((gate.owner ?? template?.owner) !== undefined) return []
    const reason = 'nobody is named who mends it when it is slow, flaky or in the way; the program owners stand in'
    const remedy = 'name the group that can change the check: owner: payments-engineers'
    return [{ rule: 'gate_without_owner', path: ['gates', name], reason, remedy }]
  })
}

export function gateWithoutPurpose({ resolved }: CheckContext): Finding[] {
  return Object.values(resolved.gates).flatMap((gate): Finding[] => {
    if (gate.protects !== '') return []
    const reason = 'it does not say what it protects, so nobody can tell at night what opening it risks'
    const remedy = 'write protects: and one sentence'
    return [{ rule: 'gate_without_purpose', path: ['gates', gate.name], reason, remedy }]
  })
}

export function noDrills({ written }: CheckContext): Finding[] {
  if (written.drills) return []
  const reason = 'breaking glass is never rehearsed: what nobody has done by day is not done right at night'
  return [{ rule: 'no_drills', path: ['drills'], reason, remedy: 'write drills: { every: 90d }' }]
}

export function noForum({ written }: CheckContext): Finding[] {
  if (written.forum) return []
  const reason = 'no standing review reads the numbers, and what nobody asks about becomes the habit'
  const remedy = 'write forum: { every: 30d, chair: … }, best in the review that reads incidents'
  return [{ rule: 'no_forum', path: ['forum'], reason, remedy }]
}

export function preapprovedWithoutProof({ written }: CheckContext): Finding[] {
  return preapprovedOf(written).flatMap(([name, change]): Finding[] => {
    if (change.proves !== undefined || change.bounds !== undefined) return []
    const reason = 'nothing proves that a change is the one that was approved ahead of time'
    const remedy = 'write proves: tree-seen-before for a rollback, or bounds for its parameters'
    return [{ rule: 'preapproved_without_proof', path: ['preapproved', name], reason, remedy }]
  })
}

export function preapprovedWithoutEnd({ written }: CheckContext): Finding[] {
  return preapprovedOf(written).flatMap(([name, change]): Finding[] => {
    if (change.until !== undefined) return []
    const reason = 'it is approved for ever, and nobody will look at it again'
    const remedy = 'write until: and a date within a year'
    return [{ rule: 'preapproved_without_end', path: ['preapproved', name], reason, remedy }]
  })
}

/** Said plainly, because a program that promises more than happens is worse than none. */
export function preapprovedNotActedOn({ written }: CheckContext): Finding[] {
  return preapprovedOf(written).map(([name]): Finding => {
    const reason = 'this version checks pre-approved changes and opens nothing for them'
    const remedy = 'until then, let the same people break the gate: it is one line'
    return { rule: 'preapproved_not_acted_on', path: ['preapproved', name], reason, remedy }
  })
}

const preapprovedOf = (written: CheckContext['written']) => Object.entries(written.preapproved ?? {})
