import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import type { Rx, Store } from './store.ts'
import { boundValuesMax } from './values.ts'

/** One row of the design's "Portable SQL" a test: what a query may rely on without knowing its engine. */
eachEngine('portable SQL', (makeStore, { engine }) => {
  let store: Store
  beforeAll(async () => {
    store = await makeStore()
  })
  beforeEach(() => store.transact(async tx => void (await tx.db.deleteFrom('meta').execute())))

  const put = (key: string, value = '') =>
    store.transact(tx => tx.db.insertInto('meta').values({ key, value }).execute())
  const one = async <T>(rx: Rx, expression: ReturnType<typeof sql<T>>) =>
    (await sql<{ value: T }>`select ${expression} as value`.execute(rx.db)).rows[0]?.value

  it('refuses a value of the wrong type for its column', async () => {
    const insert = store.transact(tx =>
      sql`insert into notice (id, person_id, at, words, subject) values ('nt_1', 'p_1', 'yesterday', 'w', 's')`.execute(
        tx.db,
      ),
    )
    await expect(insert).rejects.toThrow(/yesterday|INTEGER/)
  })

  it('keeps instants as whole milliseconds and gives them back as numbers', async () => {
    const at = 1_795_437_739_817
    await store.transact(tx =>
      tx.db.insertInto('delivery_seen').values({ source: 's', delivery_id: 'd', seen_at: at }).execute(),
    )
    const rows = await store.read(rx => rx.db.selectFrom('delivery_seen').selectAll().execute())
    expect(rows).toEqual([{ source: 's', delivery_id: 'd', seen_at: at }])
  })

  it('counts and sums to numbers', async () => {
    await put('a')
    await put('b')
    const row = await store.read(rx =>
      rx.db
        .selectFrom('meta')
        .select(eb => [eb.fn.countAll<number>().as('count'), sql<number>`sum(cast(${2 ** 40} as bigint))`.as('sum')])
        .executeTakeFirstOrThrow(),
    )
    expect(row).toEqual({ count: 2, sum: 2 ** 41 })
  })

  it('gives integers up to 2^53 - 1 exactly and throws past it', async () => {
    const max = Number.MAX_SAFE_INTEGER
    expect(await store.read(rx => one(rx, sql<number>`cast(${max} as bigint)`))).toBe(max)
    await expect(store.read(rx => one(rx, sql<number>`cast('9007199254740993' as bigint)`))).rejects.toThrow(RangeError)
  })

  it('divides whole numbers to whole numbers', async () => {
    expect(await store.read(rx => one(rx, sql<number>`cast(${7} as bigint) / ${2}`))).toBe(3)
  })

  it('refuses a flag that is neither 0 nor 1', async () => {
    const insert = store.transact(tx =>
      sql`insert into review (id, "of", subject, gate, state, form, opened_at, provisional, sign_offs_needed)
          values ('rv_1', 'use', 's', 'g', 'due', 'full', 1, 2, 1)`.execute(tx.db),
    )
    await expect(insert).rejects.toThrow(/check/i)
  })

  it('orders and compares text by its bytes, whatever the locale of the database', async () => {
    for (const key of ['b', 'B', 'a', 'ä', 'Z', '_', '10', '9', '😀', '\uffee']) await put(key)
    const ordered = await store.read(rx => rx.db.selectFrom('meta').select('key').orderBy('key').execute())
    expect(ordered.map(row => row.key)).toEqual(['10', '9', 'B', 'Z', '_', 'a', 'b', 'ä', '\uffee', '😀'])
    const below = await store.read(rx => rx.db.selectFrom('meta').select('key').where('key', '<', 'a').execute())
    expect(below.map(row => row.key).sort()).toEqual(['10', '9', 'B', 'Z', '_'])
  })

  it('orders nulls as the query says', async () => {
    await store.transact(async tx => {
      for (const [id, ended_at] of [
        ['al_1', 5],
        ['al_2', null],
        ['al_3', 3],
      ] as const) {
        await tx.db.insertInto('alarm').values({ id, kind: 'k', key: id, words: '', since_at: 1, ended_at }).execute()
      }
    })
    const ids = (end: 'first' | 'last') =>
      store.read(async rx => {
        const order = end === 'first' ? sql`ended_at asc nulls first` : sql`ended_at asc nulls last`
        return (await rx.db.selectFrom('alarm').select('id').orderBy(order).execute()).map(row => row.id)
      })
    expect(await ids('first')).toEqual(['al_2', 'al_3', 'al_1'])
    expect(await ids('last')).toEqual(['al_3', 'al_1', 'al_2'])
  })

  it('keeps JSON as the very text that was written', async () => {
    const json = '{"b":1, "a":[1,1.0],"b":2}'
    await put('json', json)
    const row = await store.read(rx =>
      rx.db.selectFrom('meta').select('value').where('key', '=', 'json').executeTakeFirstOrThrow(),
    )
    expect(row.value).toBe(json)
  })

  it('keeps text of any script, and refuses U+0000 and lone surrogates instead of changing them', async () => {
    const text = 'Ångström \u{1f6a8} \u202e \ufeff "\\\'; drop table meta; --'
    await put('text', text)
    const rows = await store.read(rx => rx.db.selectFrom('meta').select('value').execute())
    expect(rows).toEqual([{ value: text }])
    for (const bad of ['a\u0000b', '\ud800', 'x\udc00']) {
      await expect(put('bad', bad)).rejects.toMatchObject({ code: 'bad_input' })
    }
  })

  it('tells keys apart that differ only by case or by normalisation', async () => {
    for (const key of ['ana', 'Ana', '\u00e9', 'e\u0301']) await put(key)
    const rows = await store.read(rx => rx.db.selectFrom('meta').select('key').where('key', '=', 'ana').execute())
    expect(rows).toHaveLength(1)
  })

  it('binds up to a thousand values and refuses more', async () => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`)
    const ask = (count: number) =>
      store.read(rx => rx.db.selectFrom('meta').select('key').where('key', 'in', keys(count)).execute())
    expect(await ask(boundValuesMax)).toEqual([])
    await expect(ask(boundValuesMax + 1)).rejects.toThrow('at most 1000 values')
  })

  it('refuses values that are not what both engines take', async () => {
    for (const bad of [true, new Date(0), { a: 1 }, Number.NaN, 2 ** 53, 1n, undefined]) {
      // The types would not let these through; a value from outside that escaped its schema might be one.
      await expect(store.read(rx => one(rx, sql`${bad}`))).rejects.toThrow('bound value 1')
    }
  })

  it('tells how many rows a statement changed, and returns them where asked', async () => {
    await put('a', '1')
    await store.transact(async tx => {
      const guarded = tx.db.updateTable('meta').set({ value: '2' }).where('key', '=', 'a').where('value', '=', '1')
      expect((await guarded.executeTakeFirst()).numUpdatedRows).toBe(1n)
      expect((await guarded.executeTakeFirst()).numUpdatedRows).toBe(0n)
      const returned = await tx.db
        .updateTable('meta')
        .set({ value: '3' })
        .where('key', '=', 'a')
        .returningAll()
        .execute()
      expect(returned).toEqual([{ key: 'a', value: '3' }])
      const gone = await tx.db.deleteFrom('meta').where('key', '=', 'a').executeTakeFirst()
      expect(gone.numDeletedRows).toBe(1n)
    })
  })

  it('goes on after a conflict that the statement foresaw', async () => {
    await put('a', '1')
    await store.transact(async tx => {
      const insert = tx.db.insertInto('meta').values({ key: 'a', value: '2' })
      const ignored = await insert.onConflict(on => on.column('key').doNothing()).executeTakeFirst()
      expect(ignored.numInsertedOrUpdatedRows).toBe(0n)
      const updated = insert.onConflict(on => on.column('key').doUpdateSet(eb => ({ value: eb.ref('excluded.value') })))
      expect((await updated.executeTakeFirst()).numInsertedOrUpdatedRows).toBe(1n)
    })
    const rows = await store.read(rx => rx.db.selectFrom('meta').selectAll().execute())
    expect(rows).toEqual([{ key: 'a', value: '2' }])
  })

  it("reads the database's clock in milliseconds, and a given clock instead of it", async () => {
    const before = Date.now()
    const clock = await store.clockMs()
    expect(Number.isInteger(clock)).toBe(true)
    expect(Math.abs(clock - before)).toBeLessThan(5_000)
    const later = await store.read(async rx => [await one(rx, sql<number>`${rx.now} + 0`), rx.engine])
    expect(later).toEqual([expect.any(Number), engine])
    const frozen = await makeStore({ clock: () => 1234.9 })
    expect(await frozen.clockMs()).toBe(1234)
  })
})
