import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { revokeGrant } from '../glass/end-glass.ts'
import { spendGrants } from './spend-grants.ts'
import { commitOf, main, makeWorld, type World } from './testing/world.ts'

eachEngine('spendGrants', makeStore => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
  })
  afterAll(() => world.test.close())

  type Spend = { grant: string; useKey: string }
  const spend = (spends: Spend[], at = world.point.id) =>
    spendGrants(world.edge, at, { spends: spends.map(one => ({ ...one, ref: main, new: commitOf('f') })) })
  const grantOf = (id: string) =>
    world.edge.store.read(rx => rx.db.selectFrom('glass').selectAll().where('id', '=', id).executeTakeFirstOrThrow())

  it('counts a use once, shuts what is used up, and answers the same key the same until expiry', async () => {
    const { id } = await world.break('pay/tests', commitOf('1'))
    expect((await spend([{ grant: id, useKey: 'a' }])).spent).toEqual([{ grant: id, already: false, used: 1, uses: 1 }])
    expect(await grantOf(id)).toMatchObject({ state: 'shut', used: 1 })
    expect((await spend([{ grant: id, useKey: 'a' }])).spent).toEqual([{ grant: id, already: true, used: 1, uses: 1 }])
    await expect(spend([{ grant: id, useKey: 'b' }])).rejects.toMatchObject({ code: 'grant_spent' })
    expect((await world.kinds(id)).filter(kind => kind === 'glass.used')).toHaveLength(1)
    world.clock.ms += 30 * 60_000
    await expect(spend([{ grant: id, useKey: 'a' }])).rejects.toMatchObject({ code: 'grant_not_live' })
  })

  it('opens one landing of two that ask at the same moment', async () => {
    const { id } = await world.break('pay/tests', commitOf('2'))
    const both = await Promise.allSettled(['left', 'right'].map(useKey => spend([{ grant: id, useKey }])))
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const lost = both.find(one => one.status === 'rejected')
    expect(lost?.reason).toMatchObject({ code: 'grant_spent' })
    expect(await grantOf(id)).toMatchObject({ used: 1 })
  })

  it('gives two answers to one landing that asks twice at once, and counts one use', async () => {
    const { id } = await world.break('pay/tests', commitOf('3'))
    const both = await Promise.all([spend([{ grant: id, useKey: 'same' }]), spend([{ grant: id, useKey: 'same' }])])
    expect(both.flatMap(({ spent }) => spent).map(({ used }) => used)).toEqual([1, 1])
    expect((await world.kinds(id)).filter(kind => kind === 'glass.used')).toHaveLength(1)
  })

  it('spends all or none', async () => {
    const [good, used] = [await world.break('pay/tests', commitOf('4')), await world.break('pay/slow', commitOf('4'))]
    await spend([
      { grant: used.id, useKey: '1' },
      { grant: used.id, useKey: '2' },
    ])
    const both = [
      { grant: good.id, useKey: 'x' },
      { grant: used.id, useKey: '3' },
    ]
    await expect(spend(both)).rejects.toMatchObject({ code: 'grant_spent' })
    expect(await grantOf(good.id)).toMatchObject({ state: 'live', used: 0 })
    expect((await spend(both.slice(0, 1))).spent).toHaveLength(1)
  })

  it('says what stood at the other gates at that moment', async () => {
    const commit = commitOf('5')
    const [tests, slow] = [await world.break('pay/tests', commit), await world.break('pay/slow', commit)]
    await spend([
      { grant: tests.id, useKey: 'k' },
      { grant: slow.id, useKey: 'k' },
    ])
    const jws = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select('jws')
        .where('subject', '=', tests.id)
        .where('kind', '=', 'glass.used')
        .executeTakeFirstOrThrow(),
    )
    const body = JSON.parse(Buffer.from(jws.jws.split('.')[1] ?? '', 'base64url').toString()).body
    expect(body.kept).toContainEqual({ gate: 'pay/slow', stood: 'opened_by_grant' })
    expect(body.kept).toContainEqual({ gate: 'pay/smoke', stood: 'unknown' })
  })

  it('refuses another point, a grant nobody knows, one that was revoked, and one that is spent elsewhere', async () => {
    const other = await world.enrol()
    const { id } = await world.break('pay/tests', commitOf('6'))
    await expect(spend([{ grant: id, useKey: 'k' }], other.id)).rejects.toMatchObject({ code: 'wrong_point' })
    await expect(spend([{ grant: `g_${'0'.repeat(26)}`, useKey: 'k' }])).rejects.toMatchObject({
      code: 'grant_not_live',
    })
    await revokeGrant(world.edge, world.people.ana, id, 'not needed')
    await expect(spend([{ grant: id, useKey: 'k' }])).rejects.toMatchObject({ code: 'grant_not_live' })
    const offline = await world.break('pay/tests', commitOf('7'), { mode: 'offline' })
    await expect(spend([{ grant: offline.id, useKey: 'k' }])).rejects.toMatchObject({ code: 'bad_input' })
  })

  it('opens nothing on a clock that is wrong or was never measured', async () => {
    const { id } = await world.break('pay/tests', commitOf('8'))
    for (const skewMs of [5001, -5001, Number.NaN]) {
      const edge = { ...world.edge, clockSkewMs: () => skewMs }
      const asked = spendGrants(edge, world.point.id, { spends: [{ grant: id, useKey: 'k' }] })
      await expect(asked).rejects.toMatchObject({ code: 'clock_wrong' })
    }
    expect(await grantOf(id)).toMatchObject({ used: 0 })
  })
})
