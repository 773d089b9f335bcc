import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { SqliteConnection } from './connection.ts'
import { Turns } from './turns.ts'

/**
 * Kysely over one node:sqlite connection. The stock dialect asks a statement whether it reads by a member that node:sqlite
 * lacks, and begins deferred, which lets two writers both read and then both fail.
 */
export class NodeSqliteDialect implements Dialect {
  readonly #connection: SqliteConnection
  readonly #begin: 'begin immediate' | 'begin'

  constructor(connection: SqliteConnection, begin: 'begin immediate' | 'begin') {
    this.#connection = connection
    this.#begin = begin
  }

  createDriver(): Driver {
    return createDriver(this.#connection, this.#begin)
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler()
  }

  createAdapter(): SqliteAdapter {
    return new OneConnectionAdapter()
  }

  // Kysely's own interface asks for a database of any shape.
  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db)
  }
}

/** Says that there are several connections, so that Kysely leaves the waiting to our bounded, fair turns. */
class OneConnectionAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

function createDriver(connection: SqliteConnection, begin: string): Driver {
  const turns = new Turns()
  const run = async (on: DatabaseConnection, statement: string) => {
    await on.executeQuery(CompiledQuery.raw(statement))
  }
  return {
    async init() {},
    async acquireConnection() {
      await turns.take()
      return connection
    },
    async releaseConnection() {
      turns.give()
    },
    beginTransaction: on => run(on, begin),
    commitTransaction: on => run(on, 'commit'),
    rollbackTransaction: on => run(on, 'rollback'),
    async destroy() {
      await turns.take()
      connection.close()
    },
  }
}
