import { formatId, type IdKind } from '@breakglass/core/ids'
import type { StatementBody, StatementKind } from '@breakglass/core/statement'
import type { Chat } from '../chat/chat.ts'
import type { LedgerClient } from '../ledger-client/ledger-client.ts'
import type { OutboxLoop } from '../statements/outbox-loop.ts'
import { type Issuer, type RecordedStatement, recordStatement } from '../statements/record.ts'
import type { Store, Tx } from '../store/store.ts'

/** What every command is given: the outside world, once, at the process's edge. */
export interface Edge {
  readonly store: Store
  readonly issuer: Issuer
  readonly ledger: LedgerClient
  readonly outbox: OutboxLoop
  readonly chat: Chat
  /** Which log the organisation's statements go to. */
  readonly log: LogIdentity
  /** Where people reach the server, without a trailing slash; links are made with it. */
  readonly url: string
  readonly version: string
  nowMs(): number
  randomBytes(length: number): Uint8Array
  /** Difference between this clock and the database's as measured last, ms; NaN before the first measurement. */
  clockSkewMs(): number
}

/** docs/formats/ledger.md: the log's name and the C2SP tlog-policy that a verifier pins for it. */
export interface LogIdentity {
  origin: string
  policyText: string
}

/**
 * One run of a command inside its transaction. There is nothing here that could wait for a network: what lies outside was
 * fetched before. Ids and salts may be drawn here, because a transaction that is run again leaves nothing of its first run.
 */
export interface Act {
  readonly tx: Tx
  /** The one instant of this act, ms. */
  readonly atMs: number
  readonly issuer: Issuer
  newId(kind: IdKind): string
  randomBytes(length: number): Uint8Array
}

/** Runs a command's work in one transaction at one instant. */
export function act<T>(edge: Edge, work: (act: Act) => Promise<T>): Promise<T> {
  return edge.store.transact(tx => work(actIn(edge, tx)))
}

/** The same inside a transaction that is there already. */
export function actIn({ issuer, nowMs, randomBytes }: Pick<Edge, 'issuer' | 'nowMs' | 'randomBytes'>, tx: Tx): Act {
  return { tx, atMs: nowMs(), issuer, randomBytes, newId: kind => formatId(kind, randomBytes(16)) }
}

/** Signs a statement of this act and leaves it in the outbox. */
export function say<K extends StatementKind>(
  { tx, atMs, issuer, newId }: Act,
  kind: K,
  subject: string,
  body: StatementBody<K>,
): Promise<RecordedStatement> {
  return recordStatement(tx, issuer, { kind, sid: newId('statement'), subject, body, atMs })
}
