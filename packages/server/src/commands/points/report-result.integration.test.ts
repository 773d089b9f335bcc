import { isCommit, parseStatement, verifyReceipt } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import type { Caller } from '../../identity/caller.ts'
import { reportResult } from './report-result.ts'
import { commitOf, makeWorld, repository, repositoryName, type World } from './testing/world.ts'

eachEngine('reportResult', makeStore => {
  let world: World
  let reporter: Extract<Caller, { kind: 'reporter' }>
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    reporter = await world.reporter('pay/tests')
  })
  afterAll(() => world.test.close())

  type Told = { commit: string; run?: string; result?: 'pass' | 'fail' | 'could_not_run' }
  const told = ({ commit, run = 'run-1', result = 'pass' }: Told) => ({
    gate: 'pay/tests',
    repository: repositoryName,
    commit,
    result,
    run,
  })
  const report = (given: Told) => reportResult(world.edge, reporter, told(given))
  const sinceOf = (commit: string) =>
    world.edge.store.read(async rx => {
      const query = rx.db
        .selectFrom('result')
        .select(['result', 'since_at', 'at'])
        .where('change_key', 'like', `%${commit}%`)
      return (await query.orderBy('at', 'desc').executeTakeFirstOrThrow()).since_at
    })

  it('signs a receipt that a stranger verifies for that gate and commit only', async () => {
    const commit = commitOf('1')
    if (!isCommit(commit)) throw new Error('expected a commit')
    const { receipt, expiresAt, program } = await report({ commit })
    const trust = await world.trust()
    const question = { gate: 'pay/tests', repository, commit, nowMs: world.clock.ms + 1000 }
    const verdict = verifyReceipt(receipt, trust, question)
    expect(verdict.ok && verdict.value.receipt).toMatchObject({
      result: 'pass',
      reporter: reporter.tokenId,
      program,
      expiresAt,
    })
    expect(verifyReceipt(receipt, trust, { ...question, gate: 'pay/slow' }).ok).toBe(false)
    expect(verifyReceipt(receipt, trust, { ...question, nowMs: Date.parse(expiresAt) }).ok).toBe(false)
  })

  it('gives the same receipt for the same report, also when two come at once', async () => {
    const commit = commitOf('2')
    const first = await report({ commit })
    const again = await Promise.all([report({ commit }), report({ commit })])
    expect(again).toEqual([first, first])
    const at = commitOf('3')
    const [left, right] = await Promise.all([report({ commit: at }), report({ commit: at })])
    expect(left).toEqual(right)
  })

  it('lets a run that is tried again end otherwise, and the newest decides', async () => {
    const commit = commitOf('4')
    const failed = await report({ commit, result: 'fail' })
    const passed = await report({ commit, result: 'pass' })
    const at = [failed, passed].map(({ receipt }) => {
      const parsed = parseStatement(receipt)
      return parsed.ok ? parsed.value.envelope.at : ''
    })
    expect(at[0] && at[1] && at[0] < at[1]).toBe(true)
    // The report of an earlier run that comes once more does not undo a later one.
    await report({ commit, run: 'run-2', result: 'fail' })
    expect(await report({ commit, result: 'pass' })).toEqual(passed)
  })

  it('knows since when a result stands without a break', async () => {
    const commit = commitOf('5')
    await report({ commit, run: 'a', result: 'could_not_run' })
    const since = await sinceOf(commit)
    world.clock.ms += 60_000
    await report({ commit, run: 'b', result: 'could_not_run' })
    expect(await sinceOf(commit)).toBe(since)
    await report({ commit, run: 'c', result: 'pass' })
    expect(await sinceOf(commit)).toBeGreaterThan(since)
  })

  it('refuses a credential of another gate or repository, and a run that fits no receipt', async () => {
    const given = told({ commit: commitOf('6') })
    const as = (change: object) => reportResult(world.edge, reporter, { ...given, ...change })
    await expect(as({ gate: 'pay/slow' })).rejects.toMatchObject({ code: 'not_allowed' })
    await expect(as({ repository: 'acme/other' })).rejects.toMatchObject({ code: 'not_allowed' })
    await expect(as({ run: 'a\nb' })).rejects.toMatchObject({ code: 'bad_input' })
  })
})
