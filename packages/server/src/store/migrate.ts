import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { type ControlledTransaction, sql } from 'kysely'
import type { Engine, EngineName } from './engine.ts'
import type { Database } from './schema.ts'

export interface Migration {
  number: number
  /** The file's name, `0001_store.sql`. */
  name: string
  checksum: string
  script: string
}

/**
 * Lands the numbered files that have not landed, in order, in one transaction: all or none. Whoever comes second waits for
 * the first and finds nothing to do. A file that landed is never edited: its checksum is compared each time.
 *
 * @throws BreakglassError `store_unavailable` when a landed file differs, or the database knows newer ones than this program
 */
export async function migrateWith(engine: Engine): Promise<void> {
  const migrations = await readMigrations(engine.name)
  const tx = await engine.begin('write one statement')
  try {
    await engine.lockMigrations(tx)
    const landed = await readLanded(engine, tx)
    checkLanded(landed, migrations)
    for (const migration of migrations.slice(landed.length)) await land(engine, tx, migration)
    await tx.commit().execute()
  } catch (error) {
    await tx
      .rollback()
      .execute()
      .catch(() => {})
    throw error
  }
}

/** The files of one engine. @throws Error when a number is missing or twice */
export async function readMigrations(engine: EngineName): Promise<Migration[]> {
  const directory = join(import.meta.dirname, 'migrations', engine)
  const names = (await readdir(directory)).filter(name => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number(name.slice(0, 4))
      if (number !== index + 1) throw new Error(`invariant: migration ${name} should have number ${index + 1}`)
      const script = await readFile(join(directory, name), 'utf8')
      return { number, name, checksum: createHash('sha256').update(script).digest('hex'), script }
    }),
  )
}

type Landed = Pick<Migration, 'number' | 'name' | 'checksum'>

async function readLanded(engine: Engine, tx: ControlledTransaction<Database>): Promise<Landed[]> {
  await engine.runScript(tx, engine.migrationTable)
  return tx.selectFrom('migration').select(['number', 'name', 'checksum']).orderBy('number').execute()
}

function checkLanded(landed: Landed[], migrations: Migration[]): void {
  for (const [index, { name, checksum }] of landed.entries()) {
    const ours = migrations[index]
    if (ours?.name === name && ours.checksum === checksum) continue
    const found = ours ? `this program's ${ours.name} is not the ${name} that landed` : `${name} is not known here`
    throw new BreakglassError('store_unavailable', {
      message: `The database was set up by another version: ${found}. Start the version that fits, or a newer one.`,
      data: { migration: name },
    })
  }
}

async function land(engine: Engine, tx: ControlledTransaction<Database>, migration: Migration): Promise<void> {
  const { number, name, checksum, script } = migration
  await engine.runScript(tx, script)
  await sql`insert into migration (number, name, checksum, landed_at) values (${number}, ${name}, ${checksum}, ${engine.clock})`.execute(
    tx,
  )
}
