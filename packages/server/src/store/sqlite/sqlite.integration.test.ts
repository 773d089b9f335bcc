import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore } from '../open.ts'
import type { Store } from '../store.ts'

let directory: string
const stores: Store[] = []
const children: ChildProcess[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'breakglass-sqlite-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const store of stores.splice(0)) await store.close()
  rmSync(directory, { recursive: true, force: true })
})

async function open(): Promise<Store> {
  const store = await openStore({ directory, random: Math.random })
  stores.push(store)
  await store.migrate()
  return store
}

/** Another process that opens the same directory and runs `script`, in which `store` is open; says each line it prints. */
function elsewhere(script: string) {
  const program = `
    const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, '..', 'open.ts'))})
    const store = await openStore({ directory: ${JSON.stringify(directory)}, random: Math.random })
    await store.migrate()
    ${script}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface(child.stdout)
  return { child, line: async () => String((await once(lines, 'line'))[0]), lines }
}

const keys = (store: Store) =>
  store.read(async rx => (await rx.db.selectFrom('meta').select('key').orderBy('key').execute()).map(row => row.key))

it('refuses a second server on the same directory, and serves once the first is gone however it ended', async () => {
  const other = elsewhere(`console.log('open'); setInterval(() => {}, 1000)`)
  expect(await other.line()).toBe('open')
  await expect(open()).rejects.toMatchObject({ code: 'store_unavailable', data: { kind: 'busy', directory } })
  other.child.kill('SIGKILL')
  await once(other.child, 'exit')
  expect(await keys(await open())).toEqual([])
})

it('refuses a second server in the same process', async () => {
  const store = await open()
  await expect(openStore({ directory, random: Math.random })).rejects.toMatchObject({ code: 'store_unavailable' })
  await store.close()
  await open()
})

it('keeps nothing of a transaction that its process died in, and everything acknowledged before', async () => {
  const other = elsewhere(`
    await store.transact(tx => tx.db.insertInto('meta').values({ key: 'acknowledged', value: '' }).execute())
    await store.transact(async tx => {
      await tx.db.insertInto('meta').values({ key: 'half', value: '' }).execute()
      console.log('inside')
      await new Promise(() => setInterval(() => {}, 1000))
    })`)
  expect(await other.line()).toBe('inside')
  other.child.kill('SIGKILL')
  await once(other.child, 'exit')
  expect(await keys(await open())).toEqual(['acknowledged'])
})

it('loses nothing that was acknowledged when it is killed in the middle of writing, again and again', async () => {
  let last = -1
  for (let round = 0; round < 3; round++) {
    const other = elsewhere(
      `
      for (let index = ${last + 1}; ; index++) {
        const key = String(index).padStart(9, '0')
        await store.transact(async tx => {
          await tx.db.insertInto('meta').values({ key: key + 'a', value: '' }).execute()
          await tx.db.insertInto('meta').values({ key: key + 'b', value: '' }).execute()
        })
        require('node:fs').writeSync(1, index + '\\n')
      }`.replace('require(', 'process.getBuiltinModule('),
    )
    const killed = once(other.child, 'exit')
    let acknowledged = last
    other.lines.on('line', line => {
      acknowledged = Number(line)
      if (acknowledged === last + 40) other.child.kill('SIGKILL')
    })
    await killed
    const store = await open()
    const found = await keys(store)
    // Pairs are whole, and every pair that was acknowledged is there; one more may have been committed unheard.
    expect(found.length % 2).toBe(0)
    expect(found.length / 2 - 1).toBeGreaterThanOrEqual(acknowledged)
    last = found.length / 2 - 1
    await store.close()
  }
  expect(last).toBeGreaterThan(100)
})

it('syncs every commit, checks references and keeps its files to itself', async () => {
  const store = await open()
  const pragma = (name: string) =>
    store.transact(
      async tx => (await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(tx.db)).rows[0]?.[name],
    )
  expect(await pragma('synchronous')).toBe(2)
  expect(await pragma('journal_mode')).toBe('wal')
  expect(await pragma('foreign_keys')).toBe(1)
  for (const file of ['breakglass.db', 'breakglass.db-wal']) {
    expect(statSync(join(directory, file)).mode & 0o077).toBe(0)
  }
})

it('says busy, after its retries, when a foreign tool holds the file', async () => {
  const store = await open()
  const foreign = new DatabaseSync(join(directory, 'breakglass.db'), { timeout: 0 })
  foreign.exec('begin immediate')
  const write = store.transact(tx => tx.db.insertInto('meta').values({ key: 'a', value: '' }).execute())
  await expect(write).rejects.toMatchObject({ code: 'store_unavailable', data: { kind: 'busy' } })
  foreign.close()
  await store.transact(tx => tx.db.insertInto('meta').values({ key: 'a', value: '' }).execute())
  expect(await keys(store)).toEqual(['a'])
})

it('refuses a file that is not a database', async () => {
  writeFileSync(join(directory, 'breakglass.db'), 'not a database, but long enough to be read as one'.repeat(100))
  await expect(open()).rejects.toMatchObject({ code: 'store_unavailable', data: { kind: 'corrupt' } })
})

it('lets timers and requests in between when many transactions wait', async () => {
  const store = await open()
  const writes = Array.from({ length: 300 }, (_, index) =>
    store.transact(tx =>
      tx.db
        .insertInto('meta')
        .values({ key: `k${index}`, value: '' })
        .execute(),
    ),
  )
  let between = 0
  const timer = setInterval(() => between++, 1)
  await Promise.all(writes)
  clearInterval(timer)
  expect(between).toBeGreaterThan(5)
  expect(await keys(store)).toHaveLength(300)
})
