import { signerFromSeed } from '@breakglass/verify'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { resultsOf } from '../../facts/results.ts'
import { changeKey } from '../../facts/change.ts'
import { expireGrant } from '../glass/end-glass.ts'
import { expireJob } from '../glass/grant-now.ts'
import { listFindings } from '../findings/list-findings.ts'
import { askEvidence } from './ask-evidence.ts'
import { shutUnusedJob } from './contact.ts'
import { pointJobs } from './point-jobs.ts'
import { sendReports } from './send-reports.ts'
import { shutToldJob } from './shut-told.ts'
import { spendGrants } from './spend-grants.ts'
import { commitOf, main, makeWorld, type World } from './testing/world.ts'

eachEngine('sendReports', makeStore => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
  })
  afterAll(() => world.test.close())

  const send = (reports: string[], point = world.point) => sendReports(world.edge, point.id, { reports })
  const grantOf = (id: string) =>
    world.edge.store.read(rx => rx.db.selectFrom('glass').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
  const expire = async (id: string) => {
    world.clock.ms += 32 * 60_000
    await world.job({ [expireJob]: expireGrant(world.edge) }, expireJob, id)
  }
  const used = (grant: string, commit: string, useKey = 'k') => ({
    change: { commit },
    gate: 'pay/tests',
    grant,
    kept: [{ gate: 'pay/slow', stood: 'passed' }],
    mode: 'offline',
    new: commit,
    ref: main,
    useKey,
  })
  const result = (commit: string, said: string) => ({ change: { commit }, gate: 'pay/tests', result: said, run: '1' })
  const hasJob = (kind: string, key: string) =>
    world.edge.store.read(rx =>
      rx.db.selectFrom('job').select('id').where('kind', '=', kind).where('key', '=', key).execute(),
    )
  const findings = async (gate = 'pay/tests') =>
    (await listFindings(world.edge)).findings.filter(({ gates }) => gates.includes(gate))

  it('takes events once and in order, and says up to which it has them', async () => {
    const point = await world.enrol()
    const [one, two, three] = ['fail', 'could_not_run', 'pass'].map(said =>
      point.event('point.result', result(commitOf('1'), said)),
    )
    if (!one || !two || !three) throw new Error('expected three events')
    expect(await send([one, two], point)).toMatchObject({ takenUpTo: 2 })
    expect(await send([one, two, three], point)).toMatchObject({ takenUpTo: 3 })
    expect(await send([one, two, three], point)).toMatchObject({ takenUpTo: 3 })
    const rows = await world.edge.store.read(rx =>
      rx.db.selectFrom('point_result').select('leaf').where('point_id', '=', point.id).execute(),
    )
    expect(rows).toHaveLength(3)
    const known = await world.edge.store.read(rx =>
      resultsOf(rx, {
        repositoryKey: 'git/git.acme.example/r_payments',
        changeKey: changeKey({ commit: commitOf('1') }),
      }),
    )
    expect(known['pay/tests']).toMatchObject({ result: 'pass' })
  })

  it('ends the same however a point cuts its events into messages and repeats them', async () => {
    // The spool of a point: each message begins somewhere in what was taken already, and goes on from there.
    const message = fc.record({ back: fc.nat(4), length: fc.integer({ min: 1, max: 5 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 8 }), async messages => {
        const point = await world.enrol()
        const events = Array.from({ length: 12 }, (_, run) =>
          point.event('point.result', { ...result(commitOf('3'), 'pass'), run: String(run) }),
        )
        let taken = 0
        for (const { back, length } of messages) {
          const from = Math.max(0, taken - back)
          const reports = events.slice(from, from + length)
          if (reports.length === 0) continue
          taken = Math.max(taken, from + reports.length)
          expect((await send(reports, point)).takenUpTo).toBe(taken)
        }
        const rows = await world.edge.store.read(rx =>
          rx.db.selectFrom('point_result').select('run').where('point_id', '=', point.id).execute(),
        )
        expect(rows.map(({ run }) => Number(run)).toSorted((a, b) => a - b)).toEqual(
          events.slice(0, taken).map((_, run) => run),
        )
      }),
      { numRuns: 12 },
    )
  })

  it('takes the same events that come twice at one moment once', async () => {
    const point = await world.enrol()
    const reports = ['a', 'b', 'c'].map(run => point.event('point.result', { ...result(commitOf('2'), 'pass'), run }))
    const both = await Promise.all([send(reports, point), send(reports, point)])
    expect(both.map(({ takenUpTo }) => takenUpTo)).toEqual([3, 3])
    const rows = await world.edge.store.read(rx =>
      rx.db.selectFrom('point_result').select('leaf').where('point_id', '=', point.id).execute(),
    )
    expect(rows).toHaveLength(3)
  })

  it('takes nothing after a gap, keeps what stood before it, and names what it wants', async () => {
    const point = await world.enrol()
    const [one, two, three] = ['a', 'b', 'c'].map(run =>
      point.event('point.result', { ...result(commitOf('3'), 'pass'), run }),
    )
    if (!one || !two || !three) throw new Error('expected three events')
    await expect(send([two], point)).rejects.toMatchObject({ code: 'out_of_order', data: { expected: 1 } })
    expect(await send([one, three], point)).toMatchObject({ takenUpTo: 1 })
    await expect(send([three], point)).rejects.toMatchObject({
      code: 'out_of_order',
      data: { expected: 2, takenUpTo: 1 },
    })
    expect(await send([two, three], point)).toMatchObject({ takenUpTo: 3 })
  })

  it('believes nothing forged, of another point, or of a form it does not know', async () => {
    const [point, other] = [await world.enrol(), await world.enrol()]
    const own = point.event('point.result', result(commitOf('4'), 'pass'))
    await expect(send([own], other)).rejects.toMatchObject({ code: 'bad_evidence' })
    const [header, payload] = own.split('.')
    const forged = `${header}.${payload}.${Buffer.from(signerFromSeed(new Uint8Array(32).fill(1)).sign(Buffer.from(`${header}.${payload}`))).toString('base64url')}`
    await expect(send([forged], point)).rejects.toMatchObject({ code: 'bad_evidence' })
    expect(await send([own], point)).toMatchObject({ takenUpTo: 1 })
    await expect(send([point.event('point.unheard', {})], point)).rejects.toMatchObject({
      code: 'bad_evidence',
      data: { seq: 2 },
    })
  })

  it('sees two journals under one key', async () => {
    const point = await world.enrol()
    const copy = point.copy()
    await send([point.event('point.result', result(commitOf('5'), 'pass'))], point)
    const other = copy.event('point.result', result(commitOf('5'), 'pass'))
    await expect(send([other], point)).resolves.toMatchObject({ takenUpTo: 1 })
    const alarms = () =>
      world.edge.store.read(rx => rx.db.selectFrom('alarm').select('id').where('key', '=', point.id).execute())
    expect(await alarms()).toHaveLength(0)
    await send([point.event('point.result', result(commitOf('5'), 'fail'))], point)
    const stale = copy.event('point.result', result(commitOf('6'), 'pass'))
    await expect(send([stale], point)).rejects.toMatchObject({ code: 'out_of_order' })
    expect(await alarms()).toHaveLength(1)
    // The copy goes on: its next number is the one that is wanted, after an event that was never taken.
    const onward = copy.event('point.result', result(commitOf('6'), 'pass'))
    await expect(send([onward], point)).rejects.toMatchObject({ code: 'out_of_order', data: { expected: 3 } })
    expect(await send([point.event('point.result', result(commitOf('5'), 'pass'))], point)).toMatchObject({
      takenUpTo: 3,
    })
  })

  it('counts an offline use after the fact, and is told when the gate is shut', async () => {
    const commit = commitOf('7')
    const grant = await world.break('pay/tests', commit, { mode: 'offline' })
    await send([world.point.event('point.used', used(grant.id, commit))])
    expect(await grantOf(grant.id)).toMatchObject({ state: 'exhausted', used: 1 })
    await send([world.point.event('point.shut', { grant: grant.id, used: 1, why: 'exhausted' })])
    expect(await grantOf(grant.id)).toMatchObject({ state: 'shut', shut_confirmed_by: world.point.id })
    expect(await world.kinds(grant.id)).toEqual(['glass.requested', 'glass.granted', 'glass.used', 'glass.shut'])
  })

  it('counts a use that is told after the grant ran out as late', async () => {
    const commit = commitOf('8')
    const grant = await world.break('pay/tests', commit, { mode: 'offline' })
    const event = world.point.event('point.used', used(grant.id, commit))
    const before = (await findings()).length
    await expire(grant.id)
    await send([event])
    expect(await grantOf(grant.id)).toMatchObject({ state: 'expired', used: 1 })
    expect(
      await world.edge.store.read(rx =>
        rx.db.selectFrom('glass_use').select('late').where('grant_id', '=', grant.id).execute(),
      ),
    ).toEqual([{ late: 1 }])
    expect(await findings()).toHaveLength(before)
  })

  it('counts what the server spent and the point tells as one use', async () => {
    const commit = commitOf('9')
    const grant = await world.break('pay/tests', commit)
    await spendGrants(world.edge, world.point.id, { spends: [{ grant: grant.id, useKey: 'k' }] })
    await send([world.point.event('point.used', { ...used(grant.id, commit), mode: 'online' })])
    expect((await world.kinds(grant.id)).filter(kind => kind === 'glass.used')).toHaveLength(1)
  })

  it('finds a use of a grant that was shut, and one that no grant accounts for, each with a review', async () => {
    const commit = commitOf('a')
    const grant = await world.break('pay/tests', commit)
    await spendGrants(world.edge, world.point.id, { spends: [{ grant: grant.id, useKey: 'k' }] })
    const before = (await findings()).length
    const stranger = `g_${'1'.repeat(26)}`
    await send([
      world.point.event('point.used', used(grant.id, commit, 'another landing')),
      world.point.event('point.used', used(stranger, commit)),
      world.point.event('point.used', { ...used(grant.id, commitOf('b'), 'another change') }),
    ])
    const found = await findings()
    expect(found).toHaveLength(before + 3)
    const kinds = found.slice(0, 3).map(({ kind }) => kind)
    expect(kinds.toSorted()).toEqual(['late_use', 'unreported_use', 'unreported_use'])
    const actorOf = async (review: string) =>
      (
        await world.edge.store.read(rx =>
          rx.db.selectFrom('review').select('actor').where('id', '=', review).executeTakeFirstOrThrow(),
        )
      ).actor
    for (const { review, kind } of found.slice(0, 3)) {
      expect(await actorOf(review ?? '')).toBe(kind === 'late_use' ? world.people.ana : null)
    }
    for (const { review, id } of found) {
      expect(review).toMatch(/^rv_/)
      expect(await world.kinds(id)).toEqual(['finding.detected'])
      expect(await world.kinds(review ?? '')).toEqual(['review.opened'])
    }
  })

  it('raises an alarm for a use at a gate that no program has, and goes on', async () => {
    const event = world.point.event('point.used', { ...used(`g_${'2'.repeat(26)}`, commitOf('c')), gate: 'pay/none' })
    await send([event])
    const alarms = await world.edge.store.read(rx =>
      rx.db.selectFrom('alarm').select('words').where('kind', '=', 'unexplained_use').execute(),
    )
    expect(alarms).toHaveLength(1)
  })

  it('knows a grant that ran out unused to be shut by what its point tells afterwards', async () => {
    const grant = await world.break('pay/tests', commitOf('d'), { mode: 'offline' })
    await expire(grant.id)
    await send([
      world.point.event('point.refused', { code: 'failed', untold: 0 }, { atMs: world.clock.ms - 29 * 60_000 }),
    ])
    expect(await grantOf(grant.id)).toMatchObject({ state: 'expired' })
    await send([world.point.event('point.refused', { code: 'failed', untold: 0 })])
    expect(await grantOf(grant.id)).toMatchObject({ state: 'shut', shut_confirmed_by: world.point.id })
  })

  it('waits a minute for what a point that asks may still have to tell', async () => {
    const grant = await world.break('pay/tests', commitOf('e'), { mode: 'offline' })
    await expire(grant.id)
    const question = { changes: [{ ref: main, change: { commit: commitOf('e') }, gates: [] }], bundleIndex: 1_000_000 }
    await askEvidence(world.edge, world.point.id, question)
    expect(await grantOf(grant.id)).toMatchObject({ state: 'expired' })
    expect(await hasJob(shutUnusedJob, grant.id)).toHaveLength(1)
    await world.job(pointJobs(world.edge), shutUnusedJob, grant.id)
    expect(await grantOf(grant.id)).toMatchObject({ state: 'shut' })
  })

  it('takes the word of a point whose clock is ahead when the grant is over here too', async () => {
    const grant = await world.break('pay/slow', commitOf('f'), { mode: 'offline' })
    await send([world.point.event('point.shut', { grant: grant.id, used: 0, why: 'expired' })])
    expect(await hasJob(shutToldJob, grant.id)).toHaveLength(1)
    await world.job(pointJobs(world.edge), shutToldJob, grant.id)
    expect(await grantOf(grant.id)).toMatchObject({ state: 'live' })
    await expire(grant.id)
    await world.job(pointJobs(world.edge), shutToldJob, grant.id)
    expect(await grantOf(grant.id)).toMatchObject({ state: 'shut' })
  })

  it('lets no point shut the grant of another', async () => {
    const other = await world.enrol()
    const grant = await world.break('pay/slow', commitOf('0'), { mode: 'offline' })
    await expire(grant.id)
    await send([other.event('point.shut', { grant: grant.id, used: 0, why: 'expired' })], other)
    expect(await grantOf(grant.id)).toMatchObject({ state: 'expired' })
  })
})
