import { BreakglassError } from '@breakglass/core/errors'
import { openPostgres } from './postgres/open.ts'
import { openSqlite } from './sqlite/open.ts'
import type { Store } from './store.ts'
import { createStore, type SharedOptions } from './transact.ts'

export interface OpenOptions extends SharedOptions {
  /** `postgres://…`, from DATABASE_URL. Many servers may share it. */
  databaseUrl?: string
  /** Where SQLite keeps its files; one server each. Used when there is no `databaseUrl`. */
  directory?: string
  /** Connections to PostgreSQL; 10 unless said. */
  connectionsMax?: number
}

/**
 * Opens the store; `migrate` it before the first use.
 *
 * @throws BreakglassError `store_unavailable` when it cannot be reached, is held by another server, or would not keep what it
 * acknowledges; `usage` when neither a URL nor a directory is given
 */
export async function openStore({
  databaseUrl,
  directory,
  connectionsMax = 10,
  ...shared
}: OpenOptions): Promise<Store> {
  if (databaseUrl !== undefined) return createStore(await openPostgres(databaseUrl, connectionsMax), shared)
  if (directory !== undefined) return createStore(openSqlite(directory), shared)
  throw new BreakglassError('usage', 'The store needs DATABASE_URL or a directory; neither was given.')
}
