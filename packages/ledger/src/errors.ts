/**
 * What can go wrong, and the one table that says what each means to HTTP and to the process. A code with `fatal` has put
 * in doubt what is on disk or what may be signed: signing stops and the process ends with exit status 70.
 */
export interface ErrorMeaning {
  /** HTTP status. */
  status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 422 | 429 | 500 | 503
  fatal: boolean
}

const asked = (status: ErrorMeaning['status']): ErrorMeaning => ({ status, fatal: false })
const refusedAtStart: ErrorMeaning = { status: 500, fatal: false }
const stopsSigning: ErrorMeaning = { status: 503, fatal: true }

export const errorTable = {
  bad_entry: asked(400),
  bad_range: asked(400),
  no_credential: asked(401),
  not_allowed: asked(403),
  not_found: asked(404),
  not_in_log: asked(404),
  method_not_allowed: asked(405),
  too_large: asked(413),
  too_many: asked(429),
  /** Reads are recorded, and this one could not be. */
  read_not_recorded: asked(503),
  stopping: asked(503),
  /** Logged and not published: too few witnesses have answered. */
  no_quorum: asked(503),
  /** Logged and published; too few of the second places hold it. */
  sinks_behind: asked(503),
  /** A tile on disk does not give the published root: this proof is withheld, appending goes on. */
  tile_damaged: asked(500),

  /** What a witness refuses: docs/formats/witness.md. */
  bad_request: asked(400),
  not_signed_by_log: asked(403),
  unknown_log: asked(404),
  inconsistent: asked(422),

  /** The last entry closes the log: docs/formats/monitor.md "Closing entry". */
  closed: asked(409),

  /** A log that is read, from outside. */
  unreachable: refusedAtStart,
  log_not_verified: refusedAtStart,

  bad_usage: refusedAtStart,
  remote_not_allowed: refusedAtStart,
  already_a_ledger: refusedAtStart,
  not_a_ledger: refusedAtStart,
  directory_not_empty: refusedAtStart,
  ledger_locked: refusedAtStart,
  already_a_witness: refusedAtStart,
  not_a_witness: refusedAtStart,
  witness_locked: refusedAtStart,
  config_damaged: refusedAtStart,
  unknown_credential: refusedAtStart,
  state_damaged: refusedAtStart,
  journal_damaged: refusedAtStart,
  tree_damaged: refusedAtStart,
  checkpoint_damaged: refusedAtStart,
  index_damaged: refusedAtStart,
  rolled_back: refusedAtStart,
  /** What `restore` refuses: docs/formats/mirror.md. */
  mirror_damaged: refusedAtStart,
  mirror_unproven: refusedAtStart,

  disk_failed: stopsSigning,
  immutable_differs: stopsSigning,
  root_mismatch: stopsSigning,
  lock_lost: stopsSigning,
  clock_went_back: stopsSigning,
  witness_disagrees: stopsSigning,
} as const satisfies Record<string, ErrorMeaning>

export type LedgerErrorCode = keyof typeof errorTable

/** A failure with a stable code. The message says what was expected, what was found, where, and what to do. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LedgerError'
    this.code = code
  }

  get fatal(): boolean {
    return errorTable[this.code].fatal
  }
}

/**
 * What stopped the sequencer, as one kind. After a failed write or fsync the kernel may have thrown the pages away and
 * called them clean, so nothing is tried again: the process ends, and the start that follows checks what is there.
 */
export function asFatal(cause: unknown): LedgerError {
  if (cause instanceof LedgerError && cause.fatal) return cause
  return new LedgerError('disk_failed', `the disk did not do what was asked: ${messageOf(cause)}`, { cause })
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
