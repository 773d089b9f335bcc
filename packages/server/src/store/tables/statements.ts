import type { Ms } from './columns.ts'

export interface DocumentTable {
  digest: string
  bytes_length: number
  text: string
  created_at: Ms
}

/** Erasing empties salt and text together and leaves the row, so that `verify` can say "erased". */
export interface SealedTextTable {
  commitment: string
  salt: string | null
  text: string | null
  created_at: Ms
  erased_at: Ms | null
}

/**
 * The outbox is where `ledger_index` and `withheld_at` are both null. `withheld_at`: the grant was void before its statement
 * reached the ledger, and it is never sent; its leaf hash still is the next statement's `prev`.
 */
export interface StatementTable {
  sid: string
  leaf: string
  subject: string
  seq: number
  prev: string | null
  kind: string
  at: Ms
  jws: string
  created_at: Ms
  ledger_index: number | null
  proof: string | null
  logged_at: Ms | null
  withheld_at: Ms | null
}
