import { formatId } from '@breakglass/core/ids'
import { msToInstant } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { listFindings } from '../findings/list-findings.ts'
import { resolveFinding } from '../findings/resolve-finding.ts'
import type { BodyOf } from './body-of.ts'
import { driftAlarmKind, driftJob } from './drift.ts'
import { pointJobs } from './point-jobs.ts'
import { sendObservations } from './send-observations.ts'
import { commitOf, main, makeWorld, type World } from './testing/world.ts'

type Observation = BodyOf<'sendObservations'>['observations'][number]

eachEngine('sendObservations', makeStore => {
  let world: World
  let drawn = 0
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
  })
  afterAll(() => world.test.close())

  const delivery = () =>
    formatId(
      'event',
      Uint8Array.from({ length: 16 }, (_, at) => (at === 15 ? ++drawn : 0)),
    )
  const at = (ms = world.clock.ms) => msToInstant(ms)
  const advance = (given: Partial<Extract<Observation, { kind: 'advance' }>> = {}): Observation => ({
    kind: 'advance',
    delivery: delivery(),
    at: at(),
    ref: main,
    old: commitOf('1'),
    new: commitOf('2'),
    allowed: false,
    ...given,
  })
  const hook = (state: 'intact' | 'missing' | 'changed', ms?: number): Observation => ({
    kind: 'hook',
    delivery: delivery(),
    at: at(ms),
    state,
  })
  const see = (observations: Observation[], point = world.point) =>
    sendObservations(world.edge, point.id, { observations })
  const listed = () => listFindings(world.edge)
  const newest = async () => {
    const { findings } = await listed()
    const [found] = findings
    if (!found) throw new Error('expected a finding')
    return found
  }

  it('finds what landed without the hook, with the gates in force and a review, and tells their owners', async () => {
    expect(await see([advance({ reflog: 'Ana <ana@acme.dev> push' })])).toEqual({ taken: 1, already: 0 })
    const found = await newest()
    expect(found).toMatchObject({
      kind: 'landed_without_hook',
      confidence: 'likely',
      whileOff: false,
      state: 'open',
      ref: main,
      new: commitOf('2'),
    })
    expect(found.gates.toSorted()).toEqual(['pay/lint', 'pay/slow', 'pay/smoke', 'pay/tests'])
    // The review is held to the gravest gate.
    const review = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('review')
        .selectAll()
        .where('id', '=', found.review ?? '')
        .executeTakeFirstOrThrow(),
    )
    expect(review).toMatchObject({ of: 'finding', subject: found.id, gate: 'pay/smoke', state: 'due' })
    const told = await world.edge.store.read(rx =>
      rx.db.selectFrom('notice').select('person_id').where('subject', '=', found.id).execute(),
    )
    expect(told).toHaveLength(2)
    const documents = await world.edge.store.read(rx => rx.db.selectFrom('document').select('text').execute())
    expect(documents.some(({ text }) => text.includes('ana@acme.dev') && text.includes('reflog'))).toBe(false)
  })

  it('takes each delivery once, also when it comes twice at one moment', async () => {
    const before = (await listed()).findings.length
    const one = advance()
    const both = await Promise.all([see([one]), see([one])])
    expect(both.map(({ taken }) => taken).toSorted()).toEqual([0, 1])
    expect(await see([one, advance()])).toEqual({ taken: 1, already: 1 })
    expect((await listed()).findings).toHaveLength(before + 2)
  })

  it('finds nothing in what the hook allowed, on a ref without gates, or before there was a program', async () => {
    const before = (await listed()).findings.length
    const early = at(world.clock.ms - 86_400_000)
    await see([advance({ allowed: true }), advance({ ref: 'refs/heads/topic' }), advance({ at: early })])
    expect((await listed()).findings).toHaveLength(before)
    await expect(see([advance({ ref: 'main' })])).rejects.toMatchObject({ code: 'bad_input' })
  })

  it('says since when protection is off and counts what landed meanwhile, until the hook is seen to be whole', async () => {
    const point = await world.enrol()
    const since = world.clock.ms
    await see([hook('missing')], point)
    await see([hook('missing')], point)
    world.clock.ms += 1000
    await see([advance(), advance({ at: at(since - 5000) })], point)
    const found = (await listed()).findings.filter(({ whileOff }) => whileOff)
    expect(found).toMatchObject([{ confidence: 'certain' }])
    const mine = async () => (await listed()).drift.filter(drift => drift.point.id === point.id)
    expect(await mine()).toMatchObject([{ what: 'hook_missing', since: at(since), landingsWhileOff: 1 }])
    expect((await mine())[0]?.owner.map(({ name }) => name).toSorted()).toEqual(['ana', 'ben'])
    const alarms = () =>
      world.edge.store.read(rx =>
        rx.db
          .selectFrom('alarm')
          .select(['key', 'ended_at'])
          .where('kind', '=', driftAlarmKind)
          .where('ended_at', 'is', null)
          .execute(),
      )
    expect(await alarms()).toHaveLength(1)
    world.clock.ms += 1000
    await see([hook('intact')], point)
    expect(await mine()).toMatchObject([{ until: at(), landingsWhileOff: 1 }])
    expect(await alarms()).toHaveLength(0)
    expect(await world.kinds(point.id)).toEqual(['point.registered', 'protection.weakened', 'protection.restored'])
  })

  it('goes by when something landed, not by when it was told', async () => {
    const point = await world.enrol()
    const [off, during, whole] = [world.clock.ms, world.clock.ms + 1000, world.clock.ms + 2000]
    world.clock.ms += 60_000
    await see([hook('changed', off), hook('intact', whole)], point)
    const [one, two] = [delivery(), delivery()]
    await see([advance({ delivery: one, at: at(during) }), advance({ delivery: two, at: at(whole) })], point)
    const rows = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('finding')
        .select(['delivery', 'while_off', 'happened_at'])
        .where(
          'delivery',
          'in',
          [one, two].map(id => `${point.id} ${id}`),
        )
        .execute(),
    )
    expect(rows.toSorted((a, b) => b.while_off - a.while_off)).toMatchObject([
      { while_off: 1, happened_at: during },
      { while_off: 0, happened_at: whole },
    ])
  })

  it('tells of protection that is off again, and after a day to the program owners too', async () => {
    const point = await world.enrol()
    await see([hook('changed')], point)
    const drift = await world.edge.store.read(rx =>
      rx.db.selectFrom('drift').select('id').where('point_id', '=', point.id).executeTakeFirstOrThrow(),
    )
    const told = async () => {
      const rows = await world.edge.store.read(rx =>
        rx.db.selectFrom('notice').select('person_id').where('subject', '=', point.id).execute(),
      )
      return rows.map(({ person_id }) => person_id)
    }
    expect(await told()).toHaveLength(2)
    world.clock.ms += 4 * 3_600_000
    await world.job(pointJobs(world.edge), driftJob, drift.id)
    expect(await told()).toHaveLength(4)
    expect(await told()).not.toContain(world.people.mina)
    world.clock.ms += 21 * 3_600_000
    await world.job(pointJobs(world.edge), driftJob, drift.id)
    expect(await told()).toContain(world.people.mina)
    await see([hook('intact')], point)
    const count = (await told()).length
    await world.job(pointJobs(world.edge), driftJob, drift.id)
    expect(await told()).toHaveLength(count)
  })

  it('is explained once, by a person who is no administrator, and its review stays due', async () => {
    await see([advance()])
    const { id, review } = await newest()
    await expect(resolveFinding(world.edge, world.admin, id, 'it was me')).rejects.toMatchObject({
      code: 'admin_may_not',
    })
    const bot = await world.edge.store.transact(async tx => {
      await tx.db.updateTable('person').set({ kind: 'bot' }).where('id', '=', world.people.rae).execute()
      return world.people.rae
    })
    await expect(resolveFinding(world.edge, bot, id, 'it was me')).rejects.toMatchObject({ code: 'refused' })
    const resolved = await resolveFinding(world.edge, world.people.ben, id, 'The mirror job wrote it.')
    expect(resolved).toMatchObject({ state: 'resolved', resolution: 'The mirror job wrote it.', review })
    await expect(resolveFinding(world.edge, world.people.ben, id, 'again')).rejects.toMatchObject({
      code: 'wrong_state',
    })
    expect(await world.kinds(id)).toEqual(['finding.detected', 'finding.resolved'])
    const row = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('review')
        .select('state')
        .where('id', '=', review ?? '')
        .executeTakeFirstOrThrow(),
    )
    expect(row.state).toBe('due')
    await expect(resolveFinding(world.edge, world.people.ben, `fd_${'0'.repeat(26)}`, 'x')).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
