import { BreakglassError } from '@breakglass/core/errors'

/** For the log: what failed, without what was sent. */
export function wordsOf(cause: unknown): { error?: string } {
  if (cause === undefined) return {}
  if (!(cause instanceof Error)) return { error: String(cause) }
  const inner = cause.cause instanceof Error ? ` (${cause.cause.message})` : ''
  return {
    error:
      cause instanceof BreakglassError ? `${cause.code}: ${cause.message}${inner}` : (cause.stack ?? cause.message),
  }
}
