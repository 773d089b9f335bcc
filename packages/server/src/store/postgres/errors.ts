import type { Failure, FailureKind } from '../failure.ts'

/** SQLSTATE (PostgreSQL, Appendix A). */
const byState: Record<string, FailureKind> = {
  '23502': 'check', // not_null_violation
  '23503': 'foreign_key',
  '23505': 'unique',
  '23514': 'check',
  '25006': 'read_only', // read_only_sql_transaction: also a standby
  '25P03': 'timeout', // idle_in_transaction_session_timeout
  '40001': 'serialization',
  '40P01': 'serialization', // deadlock_detected
  '53100': 'disk_full',
  '55P03': 'busy', // lock_not_available
  '57014': 'timeout', // query_canceled: statement_timeout
  XX001: 'corrupt',
  XX002: 'corrupt',
}

/** By class: connection exception, insufficient resources, operator intervention, system error; wrong password or database. */
const unavailableClasses = ['08', '28', '3D', '53', '57', '58']

const networkCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]

/** `pg` and its pool say these without a code. */
const driverWords =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/

export function postgresFailureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined
  if (error.name === 'AbortedTransactionError') return { kind: 'serialization' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const kind = code === undefined ? undefined : kindOf(code)
  if (kind === undefined) return driverWords.test(error.message) ? { kind: 'unavailable' } : undefined
  const constraint = 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined
  return constraint === undefined ? { kind } : { kind, constraint }
}

function kindOf(code: string): FailureKind | undefined {
  if (networkCodes.includes(code)) return 'unavailable'
  return (
    byState[code] ?? (unavailableClasses.includes(code.slice(0, 2)) && code.length === 5 ? 'unavailable' : undefined)
  )
}
