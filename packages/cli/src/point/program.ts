import { gatesInForce, isProgramSource } from '@breakglass/core/decide'
import { parseResolved, type ResolvedGate, type ResolvedProgram } from '@breakglass/core/program'

export type { ResolvedGate, ResolvedProgram }
export { gatesInForce, isProgramSource }

/** The resolution document of a bundle whose digest has been verified; `undefined` when this version does not understand it. */
export function readResolved(text: string): ResolvedProgram | undefined {
  const parsed = parseResolved(text)
  return parsed.ok ? parsed.value : undefined
}
