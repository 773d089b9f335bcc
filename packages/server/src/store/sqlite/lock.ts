import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BreakglassError } from '@breakglass/core/errors'
import { sqliteFailureOf } from './errors.ts'

export interface DirectoryLock {
  release(): void
}

/**
 * One process per directory. The operating system drops the lock with the process, however it ends, so nothing has to be
 * cleaned up after a crash and no process id has to be believed.
 *
 * @throws BreakglassError `store_unavailable` when another process holds it
 */
export function lockDirectory(directory: string): DirectoryLock {
  const database = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (error) {
    database.close()
    if (sqliteFailureOf(error)?.kind !== 'busy') throw error
    throw new BreakglassError('store_unavailable', {
      message: `Another server holds ${directory}. One SQLite directory serves one server: stop the other, or use PostgreSQL (DATABASE_URL).`,
      data: { kind: 'busy', directory },
      cause: error,
    })
  }
  return { release: () => database.close() }
}
