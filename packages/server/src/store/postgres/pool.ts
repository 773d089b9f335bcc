import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import { Pool, type PoolClient, types } from 'pg'
import { transactionMsMax } from '../engine.ts'
import { noteFailure } from '../scope.ts'
import { checkBoundValues } from '../values.ts'

const connectMsMax = 5_000

/** `pg` with our types and bounds. Kysely gets a client that checks what is bound and notes what fails. */
export function createPool(connectionString: string, connectionsMax: number): PostgresPool {
  const pool = new Pool({
    connectionString,
    max: connectionsMax,
    application_name: 'breakglass',
    connectionTimeoutMillis: connectMsMax,
    // The server gives up what this process, stalled or gone, holds open.
    statement_timeout: transactionMsMax,
    idle_in_transaction_session_timeout: transactionMsMax + 5_000,
    types: { getTypeParser: parserOf },
  })
  // An idle connection that breaks is replaced by the pool; whoever asks next learns whether the server is back.
  pool.on('error', ignore)
  return {
    options: {},
    connect: async () => guarded(await pool.connect()),
    end: () => pool.end(),
  }
}

const ignore = () => {}

function guarded(client: PoolClient): PostgresPoolClient {
  async function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const checked = checkBoundValues(values)
    try {
      // pg types a result's command as any text and its count as perhaps absent; Kysely asks for no more than the server sends.
      return (await client.query(text, [...checked])) as unknown as PostgresQueryResult<R>
    } catch (error) {
      noteFailure(error)
      throw error
    }
  }
  // Without a listener a connection that breaks between two statements would end the whole process; the next statement says so.
  client.on('error', ignore)
  return {
    // The overload for cursors is never reached: the dialect is made without one.
    query: query as PostgresPoolClient['query'],
    release(destroy) {
      client.off('error', ignore)
      client.release(destroy)
    },
  }
}

const { INT8, NUMERIC } = types.builtins

/** int8, and the numeric that sums of int8 have, are numbers here as on SQLite; past 2^53 they are an error, not an approximation. */
function parserOf(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === INT8) return toSafeInteger
  if (oid === NUMERIC) return text => (/^-?\d+$/.test(text) ? toSafeInteger(text) : Number(text))
  // pg declares the parser it returns as any.
  return types.getTypeParser(oid, format === 'binary' ? 'text' : format) as (text: string) => unknown
}

function toSafeInteger(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`the database gave ${text}, which is past 2^53`)
}
