import type { RawBuilder, Transaction } from 'kysely'
import type { Access, EngineName } from './engine.ts'
import type { Database } from './schema.ts'

/** What the same process may wait for instead of polling: a transaction that wrote such rows has committed. */
export type Signal = 'jobs' | 'outbox'

/** The handle inside `read`: a snapshot that nothing can be written through. */
export interface Rx {
  readonly db: Transaction<Database>
  readonly engine: EngineName
  /** The database's clock as part of a statement, ms. Rules use the command's own `now` instead. */
  readonly now: RawBuilder<number>
}

/** The handle inside `transact`. Commands receive only this. */
export interface Tx extends Rx {
  /** Wakes those who listen, after the commit; forgotten if there is none. */
  signal(signal: Signal): void
}

export interface TransactOptions {
  /** See `Access`; `write` unless the work is a single guarded statement. */
  access?: Exclude<Access, 'read'>
}

/** Where everything but the ledger is kept. One implementation over two engines; keep it free of rules. */
export interface Store {
  readonly engine: EngineName
  /**
   * Runs the work in one transaction, strictest isolation, and commits if it returns. It is run again whole, at most
   * `retriesMax` times, when the database says that somebody was faster: so it must have no effect but through `tx`, and
   * must await nothing slow. An error that the database gave inside is thrown even if the work caught it.
   *
   * @throws BreakglassError `conflict`, `store_unavailable`, `bad_input`; whatever the work throws
   */
  transact<T>(work: (tx: Tx) => Promise<T>, options?: TransactOptions): Promise<T>
  /** Runs the work over one snapshot, read-only. @throws BreakglassError `store_unavailable` */
  read<T>(work: (rx: Rx) => Promise<T>): Promise<T>
  /** What the database's clock says, ms since 1970 UTC. */
  clockMs(): Promise<number>
  /** Lands what has not landed yet. Any number at once, any number of times. */
  migrate(): Promise<void>
  /** Calls the listener after each commit that signalled; returns what ends it. */
  on(signal: Signal, listener: () => void): () => void
  /** Waits for what is running, then lets go. Nothing may be asked of the store afterwards. */
  close(): Promise<void>
}
