import { BreakglassError } from '@breakglass/core/errors'

/** What a database can fail with, in words that do not depend on the engine; each engine's `errors.ts` maps its own to these. */
export type FailureKind =
  | 'unique'
  | 'foreign_key'
  | 'check'
  | 'serialization'
  | 'busy'
  | 'disk_full'
  | 'read_only'
  | 'corrupt'
  | 'timeout'
  | 'unavailable'

export interface Failure {
  kind: FailureKind
  /** The index or constraint, where the engine names it. */
  constraint?: string
}

const unavailable: Partial<Record<FailureKind, string>> = {
  busy: 'The database is held by something else.',
  disk_full: "The database's disk is full.",
  read_only: 'The database cannot be written to.',
  corrupt: 'The database reports that its files are damaged.',
  timeout: 'The database took too long.',
  unavailable: 'The database could not be reached.',
}

/** Whether the same work, run again whole, can be expected to succeed. */
export function isWorthRetrying(failure: Failure | undefined): boolean {
  return failure?.kind === 'serialization' || failure?.kind === 'busy'
}

/**
 * What callers outside the store see: `conflict`, `store_unavailable`, or the error itself where it can only be a defect of
 * ours (a failed check, a broken reference, bad SQL) or is none of the database's.
 */
export function presentFailure(error: unknown, failure: Failure | undefined): unknown {
  if (!failure || error instanceof BreakglassError) return error
  const data = { kind: failure.kind, ...(failure.constraint === undefined ? {} : { constraint: failure.constraint }) }
  if (failure.kind === 'unique' || failure.kind === 'serialization') {
    return new BreakglassError('conflict', {
      message:
        'Somebody did this at the same moment; nothing was changed. Look again and repeat if it is still wanted.',
      data,
      cause: error,
    })
  }
  const words = unavailable[failure.kind]
  if (words === undefined) return error
  return new BreakglassError('store_unavailable', { message: `${words} Nothing was changed.`, data, cause: error })
}

/** The answer to a commit was lost: the one failure after which nobody can say that nothing was changed. */
export function unknownOutcome(error: unknown): BreakglassError {
  return new BreakglassError('store_unavailable', {
    message:
      'The database was lost while it was committing: whether the change was made is not known. Look before you repeat.',
    data: { kind: 'unavailable', outcome: 'unknown' },
    cause: error,
  })
}
