import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { noteFailure } from '../scope.ts'
import { type BoundValue, checkBoundValues } from '../values.ts'

/** Prepared statements kept per connection, the least recently used dropped first. */
const statementsMax = 500

interface Prepared {
  statement: StatementSync
  givesRows: boolean
}

/**
 * One connection. Everything that touches the file goes through these two functions, which promise their results: a worker
 * thread that owns the file can come here without anybody else noticing. Until then a statement runs at once, and a
 * transaction of our size is over before an event loop's turn.
 */
export class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const values = checkBoundValues(parameters).map(toSqlite)
    try {
      const { statement, givesRows } = this.#prepare(sql)
      // node:sqlite types rows by column as any output value; the row type is the query's, which Kysely made from the schema.
      if (givesRows) return { rows: statement.all(...values) as R[] }
      return { numAffectedRows: BigInt(statement.run(...values).changes), rows: [] }
    } catch (error) {
      noteFailure(error)
      throw error
    }
  }

  /** Several statements without values. */
  async runScript(script: string): Promise<void> {
    this.#database.exec(script)
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('invariant: the store does not stream; ask for pages')
  }

  close(): void {
    this.#prepared.clear()
    this.#database.close()
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known) {
      this.#prepared.delete(sql)
      this.#prepared.set(sql, known)
      return known
    }
    const statement = this.#database.prepare(sql)
    const prepared = { statement, givesRows: statement.columns().length > 0 }
    this.#prepared.set(sql, prepared)
    const [oldest] = this.#prepared.keys()
    if (this.#prepared.size > statementsMax && oldest !== undefined) this.#prepared.delete(oldest)
    return prepared
  }
}

/** A JavaScript number would be bound as REAL, and `5 / 2` be 2.5 here and 2 on PostgreSQL; a bigint is bound as INTEGER. */
function toSqlite(value: BoundValue): SQLInputValue {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value
}
