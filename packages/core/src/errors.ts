/**
 * Failures, and the one table that says what each means to HTTP and to a shell. Outcomes (a refusal by the rules, invalid
 * evidence) are values and do not come through here, except where a caller asked for an effect that did not happen.
 */
export interface ErrorMeaning {
  /** HTTP status. */
  status: 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 422 | 429 | 500 | 503
  /** Exit status of the command line; see `exitCodes`. */
  exit: keyof typeof exitCodes
  /** What it means, in words for the public: no internals. */
  words: string
}

/** The exit statuses, documented by `breakglass help exit-codes`. */
export const exitCodes = {
  0: 'done; the gate is open; the check found no error',
  1: 'the answer is no: refused, gate closed, evidence not valid, check found errors',
  2: 'the command line is wrong',
  3: 'not signed in, or not allowed',
  4: 'not found',
  5: 'conflict: somebody was faster, or the state does not allow it',
  6: 'unavailable: server, ledger or repository could not be reached; nothing was opened',
  7: 'a clock is wrong; gates stay closed',
  70: 'a defect in Breakglass; please report it',
} as const

export const errorTable = {
  bad_request: { status: 400, exit: 2, words: 'The request is not of the documented form.' },
  bad_input: { status: 422, exit: 2, words: 'Something given is not valid.' },
  bad_program: { status: 422, exit: 1, words: 'The program has errors; nothing was changed.' },
  bad_evidence: { status: 422, exit: 1, words: 'The evidence does not verify.' },
  not_signed_in: { status: 401, exit: 3, words: 'No valid token was given.' },
  token_expired: { status: 401, exit: 3, words: 'The token has expired or was ended.' },
  not_allowed: { status: 403, exit: 3, words: 'This credential may not do that.' },
  admin_may_not: {
    status: 403,
    exit: 3,
    words: 'An administrator manages people and credentials, and may not break glass, approve, review or publish.',
  },
  not_found: { status: 404, exit: 4, words: 'There is no such thing.' },
  method_not_allowed: { status: 405, exit: 2, words: 'This address does not take that method.' },
  invitation_spent: { status: 410, exit: 3, words: 'The link was used already or has expired; ask for a new one.' },
  unknown_person: { status: 422, exit: 4, words: 'Nobody here is known by that name.' },
  no_program: { status: 409, exit: 5, words: 'No program is in force yet; a program owner publishes one first.' },
  refused: { status: 409, exit: 1, words: 'The program refuses this.' },
  wrong_state: { status: 409, exit: 5, words: 'The state does not allow this any more.' },
  conflict: { status: 409, exit: 5, words: 'Somebody did this at the same moment.' },
  already_exists: { status: 409, exit: 5, words: 'That exists already.' },
  out_of_order: { status: 409, exit: 5, words: 'An earlier report is missing.' },
  grant_not_live: { status: 409, exit: 1, words: 'The grant is not live.' },
  grant_spent: { status: 409, exit: 1, words: 'The grant has been used up.' },
  wrong_point: { status: 409, exit: 1, words: 'The grant belongs to another enforcement point.' },
  fail_open_not_allowed: {
    status: 409,
    exit: 1,
    words: 'The program does not let this gate pass when it is unavailable.',
  },
  fail_open_needs_person: {
    status: 409,
    exit: 1,
    words: 'This gate has passed unavailable within 24 hours already; a person must break glass.',
  },
  too_large: { status: 413, exit: 2, words: 'More was sent than is taken.' },
  too_many: { status: 429, exit: 5, words: 'Too many requests; wait and try again.' },
  ledger_unavailable: {
    status: 503,
    exit: 6,
    words: 'The ledger could not take the entry in time. Nothing was opened.',
  },
  store_unavailable: { status: 503, exit: 6, words: 'The database could not be reached. Nothing was changed.' },
  server_unavailable: { status: 503, exit: 6, words: 'The server could not be reached. Nothing was opened.' },
  forge_unavailable: {
    status: 503,
    exit: 6,
    words: 'The forge could not be reached, or asks to wait. Nothing was opened.',
  },
  forge_refused: { status: 409, exit: 3, words: 'The forge does not let this credential do that.' },
  stopping: { status: 503, exit: 6, words: 'The server is stopping; try again.' },
  clock_wrong: { status: 503, exit: 7, words: 'A clock is wrong; gates stay closed.' },
  usage: { status: 400, exit: 2, words: 'The command line is wrong.' },
  not_installed: { status: 503, exit: 6, words: 'A part that this command starts is not installed.' },
  internal: { status: 500, exit: 70, words: 'A defect in Breakglass; nothing about it is shown here.' },
} as const satisfies Record<string, ErrorMeaning>

export type ErrorCode = keyof typeof errorTable
export const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]

export interface ErrorDetails {
  /** For the public: what was expected, what was found, where, what to do next. */
  message: string
  /** What a caller can act on; never a secret. */
  data?: Record<string, unknown>
  cause?: unknown
}

/** The one class of failure. `code` is stable; `message` is safe to show to whoever asked. */
export class BreakglassError extends Error {
  override readonly name = 'BreakglassError'
  readonly code: ErrorCode
  readonly data: Record<string, unknown>

  constructor(code: ErrorCode, details: ErrorDetails | string) {
    const { message, data, cause } = typeof details === 'string' ? { message: details } : details
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.data = data ?? {}
  }

  get meaning(): ErrorMeaning {
    return errorTable[this.code]
  }
}

/** For what cannot happen: a failed one is a defect of ours, never of the input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`)
}
