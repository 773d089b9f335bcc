import type { RepositoryIdValue } from '../program/names.ts'
import type { ResolvedGate, ResolvedProgram } from '../program/resolved.ts'
import { branchMatches, fullRef } from './branches.ts'
import { sameRepository } from './words.ts'

export interface Place {
  repository: RepositoryIdValue
  /** Absent where the boundary is `operate`: an operation advances no ref. */
  ref?: string
}

/** Whether a gate stands at this place. A gate at `operate` is not bound to branches. */
export function isInForce(gate: ResolvedGate, place: Place): boolean {
  if (!gate.on.repositories.some(repository => sameRepository(repository.id, place.repository))) return false
  if (gate.boundary === 'operate') return true
  const { ref } = place
  return ref !== undefined && gate.on.branches.some(pattern => branchMatches(pattern, ref))
}

/** Names of the gates in force at a place and boundary, sorted. */
export function gatesInForce(
  program: ResolvedProgram,
  place: Place & { boundary: ResolvedGate['boundary'] },
): ResolvedGate[] {
  return Object.values(program.gates)
    .filter(gate => gate.boundary === place.boundary && isInForce(gate, place))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Whether the place holds the program itself: nothing may open a gate there, neither a grant nor a waiver. */
export function isProgramSource(program: ResolvedProgram, place: Place): boolean {
  const { source } = program
  if (!source || place.ref === undefined) return false
  return sameRepository(source.repository, place.repository) && fullRef(source.ref) === fullRef(place.ref)
}
