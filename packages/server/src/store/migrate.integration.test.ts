import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { dumpSchema } from '../../../../tests/support/dump-schema.ts'
import { readMigrations } from './migrate.ts'

/** `UPDATE_GOLDEN=1` writes the golden file anew; the change is then read in the diff. */
const updateGolden = process.env.UPDATE_GOLDEN === '1'

eachEngine('migrations', (makeStore, { engine, makeDatabase }) => {
  it('make the schema of the golden file', async () => {
    const dumped = await dumpSchema(await makeStore())
    const path = join(import.meta.dirname, 'migrations', engine, 'schema.golden.sql')
    if (updateGolden) await writeFile(path, dumped)
    expect(dumped).toBe(await readFile(path, 'utf8'))
  })

  it('make the columns that schema.ts names, null where it says so', async () => {
    const store = await makeStore()
    const source = await readInterfaces()
    const wanted = columnsOf(source)
    expect(wanted.length).toBeGreaterThan(200)
    const query =
      engine === 'sqlite'
        ? sql<Column>`select m.name as "table", c.name as "column", 1 - c."notnull" as "null", case c.type when 'INTEGER' then 1 else 0 end as "number"
            from sqlite_schema m, pragma_table_info(m.name) c where m.type = 'table'`
        : sql<Column>`select table_name as "table", column_name as "column", case is_nullable when 'YES' then 1 else 0 end as "null",
            case when data_type in ('text', 'bytea') then 0 else 1 end as "number" from information_schema.columns where table_schema = 'public'`
    const found = await store.read(async rx => (await query.execute(rx.db)).rows)
    expect(found.map(inWords).sort()).toEqual(wanted.map(inWords).sort())
  })

  it('do no harm twice', async () => {
    const store = await makeStore()
    await store.transact(tx => tx.db.insertInto('meta').values({ key: 'a', value: 'kept' }).execute())
    await store.migrate()
    await store.migrate()
    const landed = await store.read(rx =>
      rx.db.selectFrom('migration').select(['number', 'name', 'checksum']).execute(),
    )
    const files = await readMigrations(engine)
    expect(landed).toEqual(files.map(({ number, name, checksum }) => ({ number, name, checksum })))
    expect(await store.read(rx => rx.db.selectFrom('meta').select('value').execute())).toEqual([{ value: 'kept' }])
  })

  it('land once when twenty begin at the same moment', async () => {
    const database = await makeDatabase({ migrated: false })
    const store = await database.open()
    // PostgreSQL: from several servers too.
    const stores = engine === 'sqlite' ? [store] : [store, await database.open(), await database.open()]
    await Promise.all(Array.from({ length: 20 }, (_, index) => stores[index % stores.length]!.migrate()))
    const landed = await store.read(rx => rx.db.selectFrom('migration').select('number').execute())
    expect(landed).toHaveLength((await readMigrations(engine)).length)
  })

  it('refuse a database whose landed file differs from ours, and change nothing', async () => {
    const store = await makeStore()
    await store.transact(tx =>
      tx.db.updateTable('migration').set({ checksum: 'edited' }).where('number', '=', 1).execute(),
    )
    await expect(store.migrate()).rejects.toMatchObject({
      code: 'store_unavailable',
      data: { migration: '0001_store.sql' },
    })
  })

  it('refuse a database that a newer version set up', async () => {
    const store = await makeStore()
    const newer = { number: 9999, name: '9999_newer.sql', checksum: 'x', landed_at: 1 }
    await store.transact(tx => tx.db.insertInto('migration').values(newer).execute())
    await expect(store.migrate()).rejects.toMatchObject({
      code: 'store_unavailable',
      data: { migration: '9999_newer.sql' },
    })
  })
})

/** `schema.ts` and, by area, what stands in `tables`. */
async function readInterfaces(): Promise<string> {
  const tables = (await readdir(join(import.meta.dirname, 'tables'))).map(name => join('tables', name))
  const files = ['schema.ts', ...tables].map(name => readFile(join(import.meta.dirname, name), 'utf8'))
  return (await Promise.all(files)).join('\n')
}

interface Column {
  table: string
  column: string
  null: number
  number: number
}

const inWords = (column: Column) =>
  `${column.table}.${column.column} ${column.number ? 'number' : 'text'}${column.null ? ' null' : ''}`

/** Reads the interfaces as text: types leave nothing at run time to compare. A column's type is one line there. */
function columnsOf(source: string): Column[] {
  const tableOf = new Map([...source.matchAll(/^ {2}(\w+): (\w+Table)$/gm)].map(([, table, type]) => [type!, table!]))
  return [...source.matchAll(/^export interface (\w+Table) \{\n([\s\S]*?)^\}/gm)].flatMap(([, type, body]) =>
    [...body!.matchAll(/^ {2}(\w+): (.+)$/gm)].map(([, column, is]) => ({
      table: tableOf.get(type!) ?? `no table for ${type}`,
      column: column!,
      null: is!.includes('| null') ? 1 : 0,
      number: /\b(number|Ms|Flag)\b/.test(is!) ? 1 : 0,
    })),
  )
}
