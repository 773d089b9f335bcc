import { isCommit, parseCarried, verifyGrant, verifyProgramBundle } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { revokeGrant } from '../glass/end-glass.ts'
import { askEvidence } from './ask-evidence.ts'
import { reportResult } from './report-result.ts'
import { spendGrants } from './spend-grants.ts'
import { commitOf, main, makeWorld, repository, repositoryName, type World } from './testing/world.ts'

eachEngine('askEvidence', makeStore => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
  })
  afterAll(() => world.test.close())

  const ask = async (commit: string, { gate = 'pay/tests', ref = main, at = world.point.id } = {}) => {
    const changes = [{ ref, change: { commit }, gates: [gate] }]
    const reply = await askEvidence(world.edge, at, { changes, bundleIndex: 1_000_000 })
    const [found] = reply.changes[0]?.gates ?? []
    if (!found) throw new Error('expected an answer for the gate')
    return found
  }

  it('sends the program in force to a point that has an older one, and not to one that has it', async () => {
    const question = { changes: [{ change: { commit: commitOf('0') }, gates: [] }], bundleIndex: -1 }
    const { bundle } = await askEvidence(world.edge, world.point.id, question)
    if (!bundle) throw new Error('expected a bundle')
    const verdict = verifyProgramBundle(bundle, await world.trust())
    if (!verdict.ok) throw new Error(JSON.stringify(verdict.faults))
    const same = await askEvidence(world.edge, world.point.id, { ...question, bundleIndex: verdict.value.index })
    expect(same.bundle).toBeUndefined()
  })

  it('gives the newest receipt of a gate and commit only', async () => {
    const reporter = await world.reporter('pay/tests')
    const commit = commitOf('1')
    const told = { gate: 'pay/tests', repository: repositoryName, commit }
    await reportResult(world.edge, reporter, { ...told, result: 'pass', run: '1' })
    const { receipt } = await reportResult(world.edge, reporter, { ...told, result: 'fail', run: '2' })
    expect((await ask(commit)).receipts).toEqual([receipt])
    expect((await ask(commit, { gate: 'pay/slow' })).receipts).toEqual([])
  })

  it('gives a live grant in a form that the point verifies, for exactly its change, ref and point', async () => {
    const commit = commitOf('2')
    const grant = await world.break('pay/tests', commit)
    const { grants } = await ask(commit)
    expect(grants).toMatchObject([{ id: grant.id, mode: 'online' }])
    const carried = parseCarried(grants[0]?.carried ?? '')
    if (!carried.ok || !isCommit(commit)) throw new Error('expected the carried form')
    const question = {
      at: world.point.id,
      boundary: 'merge',
      gate: 'pay/tests',
      repository,
      ref: main,
      change: { commit },
    } as const
    expect(verifyGrant(carried.value, await world.trust(), { ...question, nowMs: world.clock.ms + 1000 }).ok).toBe(true)

    const elsewhere = await world.enrol()
    expect(await ask(commit, { at: elsewhere.id })).toMatchObject({
      grants: [],
      notes: [expect.stringContaining('another enforcement point')],
    })
    expect(await ask(commit, { ref: 'refs/heads/other' })).toMatchObject({
      grants: [],
      notes: [expect.stringContaining('another ref')],
    })
    expect(await ask(commitOf('3'))).toMatchObject({ grants: [], notes: [expect.stringContaining('another change')] })
    expect(await ask(commit, { gate: 'pay/slow' })).toMatchObject({ grants: [], notes: [] })
  })

  it('hands a used grant to the landing it was spent for, and says to others that it is used', async () => {
    const commit = commitOf('4')
    const grant = await world.break('pay/tests', commit)
    await spendGrants(world.edge, world.point.id, { spends: [{ grant: grant.id, useKey: 'k' }] })
    expect(await ask(commit)).toMatchObject({
      grants: [{ id: grant.id }],
      notes: [expect.stringContaining('has been used')],
    })
    const next = await world.break('pay/tests', commit)
    expect((await ask(commit)).grants.map(({ id }) => id)).toEqual([next.id])
  })

  it('gives no grant that was revoked or has expired, and says so', async () => {
    const [revoked, expired] = [commitOf('5'), commitOf('6')]
    const grant = await world.break('pay/tests', revoked)
    await revokeGrant(world.edge, world.people.ana, grant.id, 'not needed any more')
    expect(await ask(revoked)).toMatchObject({ grants: [], notes: [expect.stringContaining('was revoked')] })
    await world.break('pay/tests', expired)
    world.clock.ms += 30 * 60_000
    expect(await ask(expired)).toMatchObject({ grants: [], notes: [expect.stringContaining('expired')] })
  })

  it('notes that the point was heard of, at most once a minute', async () => {
    const seen = () =>
      world.edge.store.read(async rx => {
        const row = await rx.db
          .selectFrom('point')
          .select('last_seen_at')
          .where('id', '=', world.point.id)
          .executeTakeFirstOrThrow()
        return row.last_seen_at ?? 0
      })
    world.clock.ms += 120_000
    await ask(commitOf('7'))
    const first = await seen()
    expect(first).toBeGreaterThanOrEqual(world.clock.ms)
    world.clock.ms += 30_000
    await ask(commitOf('7'))
    expect(await seen()).toBe(first)
    world.clock.ms += 40_000
    await ask(commitOf('7'))
    expect(await seen()).toBeGreaterThan(first)
  })

  it('answers nobody whose point was ended', async () => {
    const gone = await world.enrol()
    await world.edge.store.transact(tx =>
      tx.db.updateTable('point').set({ ended_at: world.clock.ms }).where('id', '=', gone.id).execute(),
    )
    await expect(ask(commitOf('8'), { at: gone.id })).rejects.toMatchObject({ code: 'not_allowed' })
  })
})
