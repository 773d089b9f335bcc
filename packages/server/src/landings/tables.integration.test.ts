import type { Insertable } from 'kysely'
import { beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import type { Store, Tx } from '../store/store.ts'
import type { GateHourTable, LandingTable, ObservationTable, PassageTable } from '../store/tables/landings.ts'

/** What these tables refuse by themselves, whatever a job believed. */
eachEngine('the tables of landings', makeStore => {
  let store: Store
  beforeAll(async () => {
    store = await makeStore()
    await store.transact(async tx => {
      const repository = { forge: 'git', host: 'h', id: 'r_1', name: 'acme/pay', properties: '{}', registered_at: 1 }
      await tx.db
        .insertInto('repository')
        .values({ key: 'git/h/r_1', ...repository })
        .execute()
      const point = { kind: 'git_hook', enforcement: 'enforced', public_key: 'k', kid: 'k', registered_at: 1 } as const
      await tx.db
        .insertInto('point')
        .values({ id: 'pt_1', name: 'hook', repository_key: 'git/h/r_1', ...point })
        .execute()
    })
  })

  let ids = 0
  const place = { repository_key: 'git/h/r_1', ref: 'refs/heads/main', before: 'a', after: 'b' }
  const observation =
    (change: Partial<Insertable<ObservationTable>> = {}) =>
    (tx: Tx) =>
      tx.db
        .insertInto('observation')
        .values({
          id: `o${ids++}`,
          source: 'hook',
          point_id: 'pt_1',
          ...place,
          body: '{}',
          at: 1,
          received_at: 1,
          ...change,
        })
        .execute()
  const landing =
    (change: Partial<Insertable<LandingTable>> = {}) =>
    (tx: Tx) =>
      tx.db
        .insertInto('landing')
        .values({
          id: `l${ids++}`,
          ...place,
          ordinal: 1,
          seen: 'hook',
          program_digest: 'd',
          at: 1,
          received_at: 1,
          ...change,
        })
        .execute()
  const passage =
    (change: Partial<Insertable<PassageTable>> = {}) =>
    (tx: Tx) =>
      tx.db
        .insertInto('passage')
        .values({
          landing_id: 'l_known',
          gate: 'g',
          outcome: 'passed',
          at: 1,
          zone: 'UTC',
          day: '2026-11-23',
          weekday: 1,
          hour: 0,
          ...change,
        })
        .execute()
  const hour =
    (change: Partial<Insertable<GateHourTable>> = {}) =>
    (tx: Tx) =>
      tx.db
        .insertInto('gate_hour')
        .values({ gate: 'g', month: '2026-11', weekday: 1, hour: 0, passages: 1, bypassed: 0, ...change })
        .execute()

  const refused: [string, (tx: Tx) => Promise<unknown>][] = [
    ['an observation from after its receipt', observation({ at: 2 })],
    ['an observation of no known source', observation({ source: 'rumour' as 'hook' })],
    ['an observation of no point', observation({ point_id: 'pt_2' })],
    ['a landing of no time', landing({ ordinal: 0 })],
    ['a landing of no repository', landing({ repository_key: 'git/h/r_2' })],
    ['a passage of no landing', passage({ landing_id: 'l_none' })],
    ['a passage of the 25th hour', passage({ gate: 'other', hour: 24 })],
    ['a passage of the eighth day of a week', passage({ gate: 'other', weekday: 8 })],
    ['a passage of no date', passage({ gate: 'other', day: '2026-11' })],
    ['more bypassed than passed', hour({ bypassed: 2 })],
  ]
  it.each(refused)('refuse %s', async (_, write) => {
    await store.transact(tx => landing({ id: 'l_known', before: 'c' })(tx)).catch(() => undefined)
    await expect(store.transact(async tx => void (await write(tx)))).rejects.toThrow()
  })

  it('refuse the same landing twice, and take it again under the next ordinal', async () => {
    const move = { before: 'x', after: 'y' }
    await store.transact(landing(move))
    await expect(store.transact(landing(move))).rejects.toMatchObject({ code: 'conflict', data: { kind: 'unique' } })
    await store.transact(landing({ ...move, ordinal: 2 }))
  })
})
