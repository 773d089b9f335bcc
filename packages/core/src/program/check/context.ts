import { isInForce } from '../../decide/gates-in-force.ts'
import type { ProgramSource } from '../parse.ts'
import { kindOf } from '../references.ts'
import type { Finding } from '../remarks.ts'
import type { ResolvedGate, ResolvedProgram } from '../resolved.ts'
import type { ProgramFile } from '../source.ts'

/** What every rule sees: the program as written, and as the rules will decide on it. */
export interface CheckContext {
  source: ProgramSource
  written: ProgramFile
  resolved: ResolvedProgram
  isZone: (zone: string) => boolean
}

/** A rule looks at the program and says what it found; an empty list is the good answer. */
export type CheckRule = (context: CheckContext) => Finding[]

export type BreakableGate = ResolvedGate & { breakGlass: { kind: 'allowed' } }

export const gatesOf = ({ resolved }: CheckContext): ResolvedGate[] => Object.values(resolved.gates)

export const breakable = (context: CheckContext): BreakableGate[] => gatesOf(context).filter(isBreakable)

const isBreakable = (gate: ResolvedGate): gate is BreakableGate => gate.breakGlass.kind === 'allowed'

export interface People {
  accounts: ReadonlySet<string>
  /** Groups whose members only a schedule or an incident can tell: who is in them is not known here. */
  untold: readonly string[]
}

export function peopleOf(refs: readonly string[], resolved: ResolvedProgram): People {
  const all = refs.flatMap(ref => (ref === 'owners' ? resolved.owners : membersOf(ref, resolved)))
  return {
    accounts: new Set(all.filter(ref => kindOf(ref) !== 'group')),
    untold: [...new Set(all.filter(ref => kindOf(ref) === 'group'))],
  }
}

function membersOf(ref: string, { groups }: ResolvedProgram): readonly string[] {
  const group = Object.hasOwn(groups, ref) ? groups[ref] : undefined
  return group?.kind === 'members' ? group.members : [ref]
}

/** Whether the gate guards the branch where the program itself lives: nothing opens it there, by design. */
export function guardsProgram(gate: ResolvedGate, { source }: ResolvedProgram): boolean {
  return source !== undefined && gate.boundary !== 'operate' && isInForce(gate, source)
}
