import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BreakglassError } from '@breakglass/core/errors'
import { Kysely, sql } from 'kysely'
import type { Engine } from '../engine.ts'
import { presentFailure } from '../failure.ts'
import type { Database } from '../schema.ts'
import { SqliteConnection } from './connection.ts'
import { NodeSqliteDialect } from './dialect.ts'
import { sqliteFailureOf } from './errors.ts'
import { lockDirectory } from './lock.ts'

const fileName = 'breakglass.db'

/**
 * The embedded engine: one writer, one reader, one process. A commit is on the disk when it returns (WAL,
 * `synchronous=FULL`: an fsync each). `timeout: 0` because nobody else may hold the file, and waiting would block the loop.
 *
 * @throws BreakglassError `store_unavailable` when another process holds the directory, or it cannot be opened
 */
export function openSqlite(directory: string): Engine {
  const lock = lockDirectory(makeDirectory(directory))
  try {
    return engineOver(openConnections(join(directory, fileName)), lock.release)
  } catch (error) {
    lock.release()
    throw presentFailure(error, sqliteFailureOf(error))
  }
}

function makeDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return directory
  } catch (cause) {
    throw new BreakglassError('store_unavailable', {
      message: `The directory ${directory} can be neither made nor used: ${cause instanceof Error ? cause.message : cause}`,
      data: { kind: 'unavailable', directory },
      cause,
    })
  }
}

interface Connections {
  writer: SqliteConnection
  reader: SqliteConnection
}

function openConnections(path: string): Connections {
  // Made before SQLite makes it, so that tokens' hashes and people's words are nobody else's; its other files inherit the mode.
  closeSync(openSync(path, 'a', 0o600))
  const writer = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true, defensive: true })
  writer.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off; pragma journal_size_limit = 67108864',
  )
  const reader = new DatabaseSync(path, { timeout: 0, readOnly: true, defensive: true })
  return { writer: new SqliteConnection(writer), reader: new SqliteConnection(reader) }
}

function engineOver({ writer, reader }: Connections, release: () => void): Engine {
  const writing = new Kysely<Database>({ dialect: new NodeSqliteDialect(writer, 'begin immediate') })
  const reading = new Kysely<Database>({ dialect: new NodeSqliteDialect(reader, 'begin') })
  return {
    name: 'sqlite',
    clock: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    migrationTable:
      'create table if not exists migration (number integer not null primary key, name text not null, checksum text not null, landed_at integer not null) strict',
    begin: access => (access === 'read' ? reading : writing).startTransaction().execute(),
    // `begin immediate` is the lock.
    lockMigrations: async () => {},
    runScript: (_, script) => writer.runScript(script),
    failureOf: sqliteFailureOf,
    async close() {
      await writing.destroy()
      await reading.destroy()
      release()
    },
  }
}
