import { BreakglassError } from '@breakglass/core/errors'

/** The command line is wrong: what was expected, what was found, what to type instead. Exit 2. */
export function usageError(message: string, next?: string): BreakglassError {
  return new BreakglassError('usage', { message, ...(next === undefined ? {} : { data: { next } }) })
}
