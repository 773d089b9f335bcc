import type { Failure, FailureKind } from '../failure.ts'

/** SQLite's result codes (sqlite.org/rescode.html): extended ones where they tell more than their primary code. */
const byExtendedCode: Record<number, FailureKind> = {
  275: 'check', // CONSTRAINT_CHECK
  787: 'foreign_key', // CONSTRAINT_FOREIGNKEY
  1299: 'check', // CONSTRAINT_NOTNULL
  1555: 'unique', // CONSTRAINT_PRIMARYKEY
  2067: 'unique', // CONSTRAINT_UNIQUE
  3091: 'check', // CONSTRAINT_DATATYPE: a STRICT table
}

const byPrimaryCode: Record<number, FailureKind> = {
  5: 'busy', // BUSY: a foreign process holds the file; ours are kept out by the directory lock
  6: 'busy', // LOCKED
  8: 'read_only', // READONLY
  10: 'unavailable', // IOERR
  11: 'corrupt', // CORRUPT
  13: 'disk_full', // FULL
  14: 'unavailable', // CANTOPEN
  26: 'corrupt', // NOTADB
}

export function sqliteFailureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  const kind = byExtendedCode[error.errcode] ?? byPrimaryCode[error.errcode & 0xff]
  if (!kind) return undefined
  const constraint = kind === 'unique' ? /failed: (?:index ')?([^']+)/.exec(error.message)?.[1] : undefined
  return constraint === undefined ? { kind } : { kind, constraint }
}
