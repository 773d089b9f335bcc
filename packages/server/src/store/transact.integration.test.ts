import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { asAdmin } from '../../../../tests/support/postgres-admin.ts'
import { stall } from '../../../../tests/support/stall.ts'
import type { Rx, Store, Tx } from './store.ts'
import { retriesMax } from './transact.ts'

const valueOf = async (rx: Rx, key: string) =>
  (await rx.db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst())?.value
const put = (tx: Tx, key: string, value: string) =>
  tx.db
    .insertInto('meta')
    .values({ key, value })
    .onConflict(on => on.column('key').doUpdateSet({ value }))
    .execute()

eachEngine('transactions', (makeStore, { engine, makeDatabase }) => {
  let store: Store
  beforeAll(async () => {
    store = await makeStore()
  })
  beforeEach(() => store.transact(async tx => void (await tx.db.deleteFrom('meta').execute())))

  const read = (key: string) => store.read(rx => valueOf(rx, key))

  it('keep everything or nothing', async () => {
    const failed = store.transact(async tx => {
      await put(tx, 'a', '1')
      throw new Error('changed my mind')
    })
    await expect(failed).rejects.toThrow('changed my mind')
    expect(await read('a')).toBeUndefined()
    expect(await store.transact(async tx => (await put(tx, 'a', '2'), 'returned'))).toBe('returned')
    expect(await read('a')).toBe('2')
  })

  it('lose no update when many count at the same moment', async () => {
    await store.transact(tx => put(tx, 'n', '0'))
    const count = () => store.transact(async tx => put(tx, 'n', `${Number(await valueOf(tx, 'n')) + 1}`))
    // Few enough that five retries are enough for the unluckiest.
    await Promise.all(Array.from({ length: 4 }, count))
    await Promise.all(Array.from({ length: 4 }, count))
    expect(await read('n')).toBe('8')
  })

  it('forbid write skew: two who each saw the other in place do not both leave', async () => {
    await store.transact(async tx => (await put(tx, 'on-call:a', 'yes'), await put(tx, 'on-call:b', 'yes')))
    const held = stall()
    let runs = 0
    const leave = (who: string, wait: () => Promise<void>) =>
      store.transact(async tx => {
        runs++
        const there = await tx.db.selectFrom('meta').selectAll().where('value', '=', 'yes').execute()
        await wait()
        if (there.length > 1) await put(tx, who, 'no')
      })
    const first = leave('on-call:a', held.here)
    await held.reached
    const second = leave('on-call:b', async () => {})
    // On SQLite the second waits its turn; on PostgreSQL it overtakes, and the first is run again.
    if (engine === 'postgres') await second
    held.go()
    await Promise.all([first, second])
    const there = await store.read(rx => rx.db.selectFrom('meta').selectAll().where('value', '=', 'yes').execute())
    expect(there).toHaveLength(1)
    expect(runs).toBe(engine === 'postgres' ? 3 : 2)
  })

  it('find no row when the guard in the statement no longer holds', async () => {
    await store.transact(tx => put(tx, 'glass', 'live'))
    const end = (to: string) =>
      store.transact(async tx => {
        const update = tx.db
          .updateTable('meta')
          .set({ value: to })
          .where('key', '=', 'glass')
          .where('value', '=', 'live')
        return (await update.executeTakeFirst()).numUpdatedRows
      })
    const changed = await Promise.all([end('expired'), end('revoked'), end('exhausted')])
    expect(changed.sort()).toEqual([0n, 0n, 1n])
  })

  it('are run again whole, and only what the last run did counts', async () => {
    const runs: number[] = []
    const signals: string[] = []
    store.on('jobs', () => signals.push('jobs'))
    const value = await store.transact(async tx => {
      runs.push(runs.length)
      tx.signal('jobs')
      await put(tx, `run ${runs.length}`, '')
      if (runs.length < 3) throw serialization(engine)
      return runs.length
    })
    expect(value).toBe(3)
    expect(await store.read(rx => rx.db.selectFrom('meta').select('key').execute())).toEqual([{ key: 'run 3' }])
    expect(signals).toEqual(['jobs'])
  })

  it('are given up as a conflict after the last retry', async () => {
    let runs = 0
    const failed = store.transact(async () => {
      runs++
      throw serialization(engine)
    })
    const code = engine === 'sqlite' ? 'store_unavailable' : 'conflict'
    await expect(failed).rejects.toMatchObject({ code })
    expect(runs).toBe(1 + retriesMax)
  })

  it('fail when a statement failed inside, also if the work caught it', async () => {
    await store.transact(tx => put(tx, 'a', '1'))
    const failed = store.transact(async tx => {
      await put(tx, 'b', '1')
      await tx.db
        .insertInto('meta')
        .values({ key: 'a', value: '2' })
        .execute()
        .catch(() => {})
      return 'looks fine'
    })
    await expect(failed).rejects.toMatchObject({ code: 'conflict', data: { kind: 'unique' } })
    expect(await read('b')).toBeUndefined()
  })

  it('do not signal when they did not commit', async () => {
    const heard: string[] = []
    const end = store.on('jobs', () => heard.push('jobs'))
    await store
      .transact(async tx => {
        tx.signal('jobs')
        throw new Error('no')
      })
      .catch(() => {})
    expect(heard).toEqual([])
    await store.transact(async tx => tx.signal('jobs'))
    end()
    await store.transact(async tx => tx.signal('jobs'))
    expect(heard).toEqual(['jobs'])
  })

  it('refuse the outer handle inside, by whatever way it got there', async () => {
    const other = await makeStore()
    const outer: (() => Promise<unknown>)[] = [
      () => store.transact(async () => {}),
      () => store.read(async () => {}),
      () => store.clockMs(),
      () => store.migrate(),
      () => store.close(),
      () => other.read(async () => {}),
    ]
    for (const use of outer) {
      await expect(store.transact(use)).rejects.toThrow('was called inside store.transact')
      await expect(store.read(use)).rejects.toThrow('was called inside store.read')
    }
    const later = store.transact(async () => Promise.resolve().then(() => store.clockMs()))
    await expect(later).rejects.toThrow('was called inside')
  })

  it('let what they left behind use the outer handle once they are over', async () => {
    const over = Promise.withResolvers<void>()
    let left: Promise<number> | undefined
    await store.transact(async () => {
      left = over.promise.then(() => store.clockMs())
    })
    over.resolve()
    expect(await left).toBeGreaterThan(0)
  })

  it('give a handle that no longer works afterwards', async () => {
    let kept: Tx | undefined
    await store.transact(async tx => {
      kept = tx
    })
    await expect(put(kept!, 'late', '1')).rejects.toThrow()
    expect(await read('late')).toBeUndefined()
  })

  it('are given up when they hang, and let the next one in', async () => {
    const bounded = await makeStore({ transactionMsMax: 50 })
    const held = stall()
    let late: Promise<unknown> | undefined
    const hung = bounded.transact(async tx => {
      await put(tx, 'a', '1')
      await held.here()
      late = put(tx, 'late', '1')
      await late
    })
    await expect(hung).rejects.toMatchObject({ code: 'store_unavailable', data: { kind: 'timeout' } })
    await bounded.transact(tx => put(tx, 'b', '1'))
    held.go()
    await expect.poll(() => late !== undefined).toBe(true)
    await expect(late).rejects.toThrow()
    expect(await bounded.read(rx => rx.db.selectFrom('meta').select('key').execute())).toEqual([{ key: 'b' }])
  })

  it('are not seen by a read that began before', async () => {
    await store.transact(tx => put(tx, 'a', 'before'))
    const held = stall()
    const reading = store.read(async rx => {
      const first = await valueOf(rx, 'a')
      await held.here()
      return [first, await valueOf(rx, 'a')]
    })
    await held.reached
    await store.transact(tx => put(tx, 'a', 'after'))
    held.go()
    expect(await reading).toEqual(['before', 'before'])
    expect(await read('a')).toBe('after')
  })

  it('cannot be written through a read', async () => {
    const write = store.read(rx => rx.db.insertInto('meta').values({ key: 'a', value: '' }).execute())
    await expect(write).rejects.toMatchObject({ code: 'store_unavailable', data: { kind: 'read_only' } })
  })

  it('leave a broken reference to the commit, and then fail whole', async () => {
    const dangling = store.transact(async tx => {
      await put(tx, 'a', '1')
      await tx.db.insertInto('person_role').values({ person_id: 'p_none', role: 'admin', since_at: 1 }).execute()
    })
    await expect(dangling).rejects.toThrow(/foreign key/i)
    expect(await read('a')).toBeUndefined()
    await store.transact(tx => put(tx, 'a', 'works again'))
    expect(await read('a')).toBe('works again')
  })

  it('say what went wrong in the words of the table, when the server or the disk is gone', async () => {
    const database = await makeDatabase()
    const store = await database.open()
    const read = (key: string) => store.read(rx => valueOf(rx, key))
    if (engine === 'sqlite') {
      await store.transact(tx => sql`pragma max_page_count = 1`.execute(tx.db))
      const fill = store.transact(tx => put(tx, 'big', 'x'.repeat(1_000_000)))
      await expect(fill).rejects.toMatchObject({ code: 'store_unavailable', data: { kind: 'disk_full' } })
      return
    }
    const url = database.location.databaseUrl!
    const killed = store.transact(async tx => {
      await put(tx, 'a', '1')
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.db)
      await asAdmin(url, client => client.query(`select pg_terminate_backend(${rows[0]!.pid})`))
      await put(tx, 'b', '1')
    })
    await expect(killed).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await read('a')).toBeUndefined()
  })

  it('never begin in a store that cannot be opened', async () => {
    const database = await makeDatabase()
    // A directory that is a file; a port where nobody listens.
    const nowhere =
      engine === 'sqlite'
        ? { directory: join(database.location.directory!, 'breakglass.db') }
        : { databaseUrl: 'postgres://nobody@127.0.0.1:1/none' }
    const failed = database.open(nowhere)
    await expect(failed).rejects.toMatchObject({ code: 'store_unavailable', data: { kind: 'unavailable' } })
  })
})

/** What the engine itself throws when somebody was faster. */
function serialization(engine: 'sqlite' | 'postgres'): Error {
  const error = new Error('somebody was faster')
  return Object.assign(error, engine === 'sqlite' ? { errcode: 5 } : { code: '40001' })
}
