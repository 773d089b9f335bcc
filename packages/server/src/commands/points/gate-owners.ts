import { resolveMembers } from '@breakglass/core/decide'
import type { ResolvedGate } from '@breakglass/core/program'
import type { Act } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import { repositoryKey } from '../../facts/repositories.ts'
import { rosterOf } from '../../facts/roster.ts'

/** The persons behind members of the program in force, as of this act; who is not resolved is not told. */
export async function peopleBehind(run: Act, members: readonly string[]): Promise<string[]> {
  const program = await programInForce(run.tx)
  if (!program) return []
  const roster = await rosterOf(run.tx, program, run.atMs)
  return [...resolveMembers(members, roster).people.keys()].sort()
}

/** To whom what happens at these gates belongs. */
export const ownersOf = (run: Act, gates: readonly ResolvedGate[]): Promise<string[]> =>
  peopleBehind(
    run,
    gates.map(({ owner }) => owner),
  )

/** Gates that a hook of this repository stands for, on whatever branch. */
export async function gatesOfRepository({ tx }: Act, key: string): Promise<ResolvedGate[]> {
  const program = await programInForce(tx)
  const gates = Object.values(program?.published.program.gates ?? {})
  return gates.filter(
    ({ boundary, on }) => boundary === 'merge' && on.repositories.some(({ id }) => repositoryKey(id) === key),
  )
}
