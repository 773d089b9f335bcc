import { gatesInForce, isProgramSource } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { parseResolvedProgram, type ResolvedGate, type ResolvedProgram } from '@breakglass/core/program'

export type { ResolvedGate, ResolvedProgram }
export { gatesInForce, isProgramSource }

/** A bundle's own digest has been checked before; only the rules are wanted here, under whatever digest they stand. */
const anyDigest = `sha256:${'0'.repeat(64)}`

/** The resolution document of a bundle whose digest has been verified; `undefined` when this version does not understand it. */
export function readResolved(text: string): ResolvedProgram | undefined {
  try {
    return parseResolvedProgram(text, anyDigest).program
  } catch (failure) {
    if (failure instanceof BreakglassError) return undefined
    throw failure
  }
}
