import type { Store } from '../store/store.ts'
import { source } from './keep.ts'

/** Bodies hold names and addresses of people; docs/github.md "What is kept". */
export const bodyKeptMs = 90 * 86_400_000
const rowsMax = 200

/** Erases deliveries that were read and are older than `bodyKeptMs`; that they were seen, and the counts, stay for ever. */
export async function eraseOld(store: Store, nowMs: number): Promise<void> {
  for (;;) {
    const old = await store.read(rx =>
      rx.db
        .selectFrom('delivery')
        .select('seq')
        .where('source', '=', source)
        .where('received_at', '<', nowMs - bodyKeptMs)
        .where('read_at', 'is not', null)
        .orderBy('received_at')
        .limit(rowsMax)
        .execute(),
    )
    if (old.length === 0) return
    const seqs = old.map(({ seq }) => seq)
    await store.transact(tx => tx.db.deleteFrom('delivery').where('seq', 'in', seqs).execute())
  }
}
