import type { ResolvedProgram } from '../../program/resolved.ts'
import type { Context } from '../context.ts'
import { resolveMembers } from '../members.ts'
import { met, noted, type Ruling, skipped } from '../ruling.ts'
import type { Roster } from '../types.ts'

/** A name nobody answers to authorises nobody; it is shown, because the program's author meant somebody. */
export function unresolved({ program, facts, way }: Context): Ruling {
  const look = {
    rule: 'references',
    lookedAt: 'people and groups that the gate names',
    wanted: 'each answered by somebody',
  }
  if (!way) return skipped({ ...look, found: 'it names nobody' })
  const missing = missingOf([...way.who, ...way.approvers, ...way.bots], program, facts.roster)
  if (missing.length === 0) return met({ ...look, found: 'each is' })
  return noted({ ...look, found: `nobody answers to ${missing.join(', ')}; they authorise nobody` })
}

/** Those the gate names itself, and those that a group it names consists of. */
function missingOf(refs: readonly string[], program: ResolvedProgram, roster: Roster): string[] {
  const inGroups = refs.flatMap(ref => membersOf(ref, program)).filter(ref => roster.unresolved.includes(ref))
  return [...new Set([...resolveMembers(refs, roster).unresolved, ...inGroups])].sort()
}

function membersOf(ref: string, program: ResolvedProgram): readonly string[] {
  if (ref === 'owners') return program.owners
  const group = Object.hasOwn(program.groups, ref) ? program.groups[ref] : undefined
  return group?.kind === 'members' ? group.members : []
}
