import { gatesInForce, isProgramSource } from '@breakglass/core/decide'
import { type ResolvedGate, type ResolvedProgram, resolvedProgram } from '../../../core/src/program/resolved.ts'

export type { ResolvedGate, ResolvedProgram }
export { gatesInForce, isProgramSource }

/** The resolution document of a bundle whose digest has been verified; `undefined` when this version does not understand it. */
export function readResolved(text: string): ResolvedProgram | undefined {
  try {
    const parsed = resolvedProgram.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
