import { msToInstant } from '@breakglass/verify'
import type { Edge } from '../../edge/edge.ts'
import { gateNumbers } from '../../landings/numbers.ts'
import type { ReplyOf } from '../points/body-of.ts'
import { gateView } from './gate-view.ts'

/** Every gate in force with its numbers. Throws `no_program`. */
export function listGates(edge: Edge): Promise<ReplyOf<'listGates'>> {
  const atMs = edge.nowMs()
  return edge.store.read(async rx => {
    const numbers = await gateNumbers(rx, { atMs })
    return {
      at: msToInstant(atMs),
      program: numbers.program.digest,
      gates: numbers.gates.map(one => gateView(one, numbers)),
    }
  })
}
