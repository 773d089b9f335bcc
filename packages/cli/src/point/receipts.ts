import type { Commit } from '@breakglass/verify'
import { type Journal, textOf } from './journal.ts'

/** Receipts seen online are held so that they serve offline; the oldest go first. */
export const heldReceiptsMax = 20_000

export interface HeldReceipt {
  sid: string
  gate: string
  commit: Commit
  jws: string
  atMs: number
  expiresAtMs: number
}

/** Only of a receipt that has been verified. */
export function holdReceipt(journal: Journal, receipt: HeldReceipt): void {
  const { sid, gate, commit, jws, atMs, expiresAtMs } = receipt
  const added = journal.run(
    'insert into receipt (sid, gate, change_commit, jws, at, expires_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
    sid,
    gate,
    commit,
    jws,
    atMs,
    expiresAtMs,
  )
  if (added === 0) return
  journal.run(
    'delete from receipt where sid in (select sid from receipt order by at desc, sid limit -1 offset ?)',
    heldReceiptsMax,
  )
}

/** The newest of a gate and commit; they are verified again when they are judged. */
export function heldReceipts(journal: Journal, { gate, commit }: { gate: string; commit: Commit }): string[] {
  return journal
    .all('select jws from receipt where gate = ? and change_commit = ? order by at desc limit 8', gate, commit)
    .map(row => textOf(row, 'jws'))
}
