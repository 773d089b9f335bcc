import { peopleBehind } from '../../facts/people-behind.ts'
import type { ResolvedGate } from '@breakglass/core/program'
import type { Act } from '../../edge/edge.ts'
import { programInForce } from '../../facts/program.ts'
import { repositoryKey } from '../../facts/repositories.ts'

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
