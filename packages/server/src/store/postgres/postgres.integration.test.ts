import { sql } from 'kysely'
import { afterEach, beforeEach, expect, inject, it } from 'vitest'
import {
  asAdmin,
  createDatabase,
  dropDatabase,
  type NamedDatabase,
} from '../../../../../tests/support/postgres-admin.ts'
import { openStore } from '../open.ts'
import type { Store } from '../store.ts'

let database: NamedDatabase
let store: Store

beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'), 'test', inject('postgresTemplate'))
  store = await openStore({ databaseUrl: database.url, random: Math.random })
})
afterEach(async () => {
  await store.close()
  await dropDatabase(inject('postgresUrl'), database.name)
})

const put = (key: string) => store.transact(tx => tx.db.insertInto('meta').values({ key, value: '' }).execute())
const keys = () => store.read(async rx => (await rx.db.selectFrom('meta').select('key').execute()).map(row => row.key))

/** Makes the commit of any insert into meta wait in the server, where the test can find it. */
const slowCommit = `
  create function wait_at_commit() returns trigger language plpgsql as $$ begin perform pg_sleep(20); return null; end $$;
  create constraint trigger slow after insert on meta deferrable initially deferred
    for each row execute function wait_at_commit();`

/** Ends the connection that waits in its commit, as a restart of the server would. */
async function endTheWaiting(): Promise<void> {
  await asAdmin(database.url, async client => {
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and wait_event = 'PgSleep'`
    for (let ended = 0; ended === 0; ) ended = (await client.query(end, [database.name])).rowCount ?? 0
  })
}

it('does not claim that nothing was changed when the answer to a commit was lost', async () => {
  await asAdmin(database.url, client => client.query(slowCommit))
  const [outcome] = await Promise.all([put('a').catch((error: unknown) => error), endTheWaiting()])
  expect(outcome).toMatchObject({ code: 'store_unavailable', data: { outcome: 'unknown' } })
  expect(String(outcome)).not.toContain('Nothing was changed')
  await asAdmin(database.url, client => client.query('drop trigger slow on meta'))
  expect(await keys()).toEqual([])
  await put('b')
  expect(await keys()).toEqual(['b'])
})

it('serves again after every connection was lost', async () => {
  await put('a')
  await asAdmin(inject('postgresUrl'), client =>
    client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database.name]),
  )
  // The first may meet the broken connection; it says so and the pool replaces it.
  await put('b').catch((error: unknown) => expect(error).toMatchObject({ code: 'store_unavailable' }))
  await put('c')
  expect(await keys()).toContain('c')
})

it('is run again when two deadlock', async () => {
  await put('a')
  await put('b')
  const touch = (tx: Parameters<Parameters<Store['transact']>[0]>[0], key: string) =>
    tx.db.updateTable('meta').set({ value: 'x' }).where('key', '=', key).execute()
  const both = { first: Promise.withResolvers<void>(), second: Promise.withResolvers<void>() }
  const cross = (mine: string, theirs: string, done: () => void, other: Promise<void>) =>
    store.transact(
      async tx => {
        await touch(tx, mine)
        done()
        await other
        await touch(tx, theirs)
      },
      // Serializable would already fail on the write; here the two really wait for each other.
      { access: 'write one statement' },
    )
  await Promise.all([
    cross('a', 'b', both.first.resolve, both.second.promise),
    cross('b', 'a', both.second.resolve, both.first.promise),
  ])
  const values = await store.read(rx => rx.db.selectFrom('meta').select('value').execute())
  expect(values).toEqual([{ value: 'x' }, { value: 'x' }])
})

it('refuses a server that would lose what it acknowledged', async () => {
  await asAdmin(database.url, client => client.query(`alter database ${database.name} set synchronous_commit = off`))
  const failed = openStore({ databaseUrl: database.url, random: Math.random })
  await expect(failed).rejects.toMatchObject({ code: 'store_unavailable', data: { setting: 'synchronous_commit' } })
})

it('refuses a password that is wrong and a database that is not there, without saying either', async () => {
  const url = new URL(database.url)
  url.pathname = '/none_such'
  url.password = 'secret-password'
  const failed = await openStore({ databaseUrl: url.href, random: Math.random }).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: 'store_unavailable' })
  expect(String(failed)).not.toContain('secret-password')
})

it('runs writes at SERIALIZABLE, single statements at READ COMMITTED, reads read-only', async () => {
  const level = sql<{ level: string; readOnly: string }>`
    select current_setting('transaction_isolation') as level, current_setting('transaction_read_only') as "readOnly"`
  const write = await store.transact(async tx => (await level.execute(tx.db)).rows)
  const statement = await store.transact(async tx => (await level.execute(tx.db)).rows, {
    access: 'write one statement',
  })
  const read = await store.read(async rx => (await level.execute(rx.db)).rows)
  expect([write, statement, read].flat()).toEqual([
    { level: 'serializable', readOnly: 'off' },
    { level: 'read committed', readOnly: 'off' },
    { level: 'repeatable read', readOnly: 'on' },
  ])
})
