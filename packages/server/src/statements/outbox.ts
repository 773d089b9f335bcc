import { invariant } from '@breakglass/core/errors'
import type { LedgerClient } from '../ledger-client/ledger-client.ts'
import type { Store, Tx } from '../store/store.ts'

/** The ledger takes at most this many entries an append (docs/formats/ledger.md "Over HTTP"). */
export const outboxBatchMax = 256

/** A statement whose proof has just come in. */
export interface NowLogged {
  sid: string
  kind: string
  subject: string
  index: number
}

/** What follows from a proof in the very transaction that stores it: a grant goes live, a program takes effect. */
export type OnLogged = (tx: Tx, logged: readonly NowLogged[]) => Promise<void>

export interface Outbox {
  store: Store
  ledger: LedgerClient
  onLogged: OnLogged
  nowMs: () => number
}

/**
 * One pass of the outbox: brings the oldest statements that are not in the ledger there, exactly as they were signed, and
 * stores their proofs. Returns how many were sent; 0 when nothing waits. Throws `ledger_unavailable`, and loses nothing.
 *
 * Safe to run twice, at once, and after a crash at any line: the ledger's idempotency key is the leaf hash, and only the
 * pass that finds a row still without a place stores one. A crash between the two steps leaves an entry in the ledger
 * whose row waits; the next pass sends the same bytes and gets the same index.
 */
export async function sendOutbox({ store, ledger, onLogged, nowMs }: Outbox): Promise<number> {
  const waiting = await store.read(rx =>
    rx.db
      .selectFrom('statement')
      .select(['sid', 'kind', 'subject', 'jws'])
      .where('ledger_index', 'is', null)
      .where('withheld_at', 'is', null)
      // A subject's statements are made one after the other, so this order keeps each chain's; `seq` settles one instant.
      .orderBy('created_at')
      .orderBy('subject')
      .orderBy('seq')
      .limit(outboxBatchMax)
      .execute(),
  )
  if (waiting.length === 0) return 0
  const places = await ledger.append(waiting.map(row => row.jws))
  await store.transact(async tx => {
    const logged: NowLogged[] = []
    for (const [at, { sid, kind, subject }] of waiting.entries()) {
      const place = places[at]
      invariant(place, 'the ledger client answers for each statement')
      const { numUpdatedRows } = await tx.db
        .updateTable('statement')
        .set({ ledger_index: place.index, proof: place.proof, logged_at: nowMs() })
        .where('sid', '=', sid)
        .where('ledger_index', 'is', null)
        // Withheld while it was on its way: the entry stands in the ledger, and never counts here.
        .where('withheld_at', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 1n) logged.push({ sid, kind, subject, index: place.index })
    }
    if (logged.length > 0) await onLogged(tx, logged)
  })
  return waiting.length
}
