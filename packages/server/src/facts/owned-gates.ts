import { resolveMembers } from '@breakglass/core/decide'
import type { Rx } from '../store/store.ts'
import { programInForce } from './program.ts'
import { rosterOf } from './roster.ts'

/** The gates in force that a person answers for at an instant, by name; none before the first program. */
export async function gatesOwnedBy(rx: Rx, person: string, atMs: number): Promise<ReadonlySet<string>> {
  const program = await programInForce(rx)
  if (program === undefined) return new Set()
  const roster = await rosterOf(rx, program, atMs)
  const gates = Object.values(program.published.program.gates)
  const owned = gates.filter(({ owner }) => resolveMembers([owner], roster).people.has(person))
  return new Set(owned.map(({ name }) => name))
}
