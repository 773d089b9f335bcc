import { BreakglassError } from '@breakglass/core/errors'
import { Kysely, PostgresDialect, sql } from 'kysely'
import type { Access, Engine } from '../engine.ts'
import { presentFailure } from '../failure.ts'
import type { Database } from '../schema.ts'
import { postgresFailureOf } from './errors.ts'
import { createPool } from './pool.ts'

/** Any constant will do, as long as it is ours: "brkg". */
const migrationLock = 0x62726b67

/**
 * The engine for many servers.
 *
 * @throws BreakglassError `store_unavailable` when it cannot be reached, is not UTF-8, or would lose what it acknowledges
 */
export async function openPostgres(url: string, connectionsMax: number): Promise<Engine> {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: createPool(url, connectionsMax) }) })
  try {
    await checkSettings(db)
  } catch (error) {
    await db.destroy()
    throw presentFailure(error, postgresFailureOf(error))
  }
  return engineOver(db)
}

function engineOver(db: Kysely<Database>): Engine {
  return {
    name: 'postgres',
    clock: sql<number>`cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)`,
    migrationTable:
      'create table if not exists migration (number bigint not null primary key, name text collate "C" not null, checksum text collate "C" not null, landed_at bigint not null)',
    begin: access => begin(db, access),
    async lockMigrations(tx) {
      await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(tx)
    },
    async runScript(tx, script) {
      // Without values pg uses the simple protocol, which takes several statements.
      await sql.raw(script).execute(tx)
    },
    failureOf: postgresFailureOf,
    close: () => db.destroy(),
  }
}

function begin(db: Kysely<Database>, access: Access) {
  const builder = db.startTransaction()
  if (access === 'read') return builder.setIsolationLevel('repeatable read').setAccessMode('read only').execute()
  return builder
    .setIsolationLevel(access === 'write' ? 'serializable' : 'read committed')
    .setAccessMode('read write')
    .execute()
}

/** A server set to answer before its log is on the disk would let a grant be lost that somebody has acted on. */
async function checkSettings(db: Kysely<Database>): Promise<void> {
  const settings = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in ('server_encoding', 'fsync', 'synchronous_commit')`.execute(db)
  const bad = settings.rows.find(({ name, setting }) =>
    name === 'server_encoding' ? setting !== 'UTF8' : setting === 'off',
  )
  if (!bad) return
  throw new BreakglassError('store_unavailable', {
    message: `PostgreSQL has ${bad.name} = ${bad.setting}; Breakglass needs ${bad.name === 'server_encoding' ? 'UTF8' : 'on'}.`,
    data: { kind: 'unavailable', setting: bad.name },
  })
}
