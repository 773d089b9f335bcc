import type { Thresholds } from '@breakglass/core/metrics'
import type { ResolvedProgram } from '@breakglass/core/program'

/** What the program calls a low and a high rate: 1 % and 5 % unless it says otherwise. */
export function thresholdsOf({ thresholds }: ResolvedProgram): Thresholds {
  const { lowBasisPoints = 100, highBasisPoints = 500 } = thresholds ?? {}
  return { low: lowBasisPoints / 10_000, high: highBasisPoints / 10_000 }
}
