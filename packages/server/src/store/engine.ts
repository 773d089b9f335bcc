import type { ControlledTransaction, RawBuilder } from 'kysely'
import type { Failure } from './failure.ts'
import type { Database } from './schema.ts'

export type EngineName = 'sqlite' | 'postgres'

/**
 * `write`: the strictest isolation the engine has. `write one statement`: READ COMMITTED on PostgreSQL, for work that is one
 * guarded statement and would only lose time to serialization (claims of jobs, intake); the same as `write` on SQLite.
 */
export type Access = 'write' | 'write one statement' | 'read'

/** How long one may last: on SQLite everybody waits behind it, on PostgreSQL it keeps old rows alive. */
export const transactionMsMax = 10_000

/** What differs between the databases. Everything above it is written once, in `transact.ts` and `migrate.ts`. */
export interface Engine {
  readonly name: EngineName
  /** The database's clock, in a statement: whole milliseconds since 1970 UTC, read anew by each statement. */
  readonly clock: RawBuilder<number>
  begin(access: Access): Promise<ControlledTransaction<Database>>
  /** Waits until no other migrator runs; released by the end of the transaction. */
  lockMigrations(tx: ControlledTransaction<Database>): Promise<void>
  /** The table of what landed, made before all others. */
  readonly migrationTable: string
  /** Runs a file of statements inside the transaction. */
  runScript(tx: ControlledTransaction<Database>, script: string): Promise<void>
  failureOf(error: unknown): Failure | undefined
  close(): Promise<void>
}
