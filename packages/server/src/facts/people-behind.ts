import { resolveMembers } from '@breakglass/core/decide'
import type { Act } from '../edge/edge.ts'
import { programInForce } from './program.ts'
import { rosterOf } from './roster.ts'

/** The persons behind members of the program in force, as of this act; who is not resolved is not told. */
export async function peopleBehind(run: Act, members: readonly string[]): Promise<string[]> {
  const program = await programInForce(run.tx)
  if (!program) return []
  const roster = await rosterOf(run.tx, program, run.atMs)
  return [...resolveMembers(members, roster).people.keys()].sort()
}
