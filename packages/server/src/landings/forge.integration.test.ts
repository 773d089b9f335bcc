import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { listFindings } from '../commands/findings/list-findings.ts'
import { commitOf, makeWorld, type TestPoint, type World } from '../commands/points/testing/world.ts'
import { type Observation, recompute, settle, telling } from './testing/telling.ts'

const minuteMs = 60_000

/** A point on a forge knows at which gates something went around, and what the forge requires. */
eachEngine('what a point on a forge tells', makeStore => {
  let world: World
  let point: TestPoint
  let tell: ReturnType<typeof telling>
  let startMs = 0
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    point = await world.enrol({ kind: 'github', name: 'acme/payments on GitHub' })
    tell = telling(world, point)
    startMs = world.clock.ms
    world.clock.ms += 60 * minuteMs
  })
  afterAll(() => world.test.close())

  const outcomesOf = async (digit: string) => {
    await settle(world)
    const rows = await world.edge.store.read(rx =>
      rx.db
        .selectFrom('passage')
        .innerJoin('landing', 'landing.id', 'passage.landing_id')
        .select(['passage.gate', 'passage.outcome'])
        .where('landing.after', '=', commitOf(digit))
        .orderBy('passage.gate')
        .execute(),
    )
    return Object.fromEntries(rows.map(({ gate, outcome }) => [gate, outcome]))
  }
  const protection = (atMs: number, off: string[], weaker: string[] = []): Observation => {
    const { delivery, at } = tell.advance('0>0', atMs)
    return { kind: 'protection', delivery, at, off, weaker }
  }
  const around = (move: string, atMs: number, gates: string[]): Observation =>
    ({ ...tell.advance(move, atMs), around: gates }) as Observation

  it('counts a landing around the gates that were shut, and lets it pass those that were open', async () => {
    await tell.push({ move: '1>2', atMs: startMs, gates: { 'pay/lint': 'pass', 'pay/smoke': 'pass' } })
    await tell.see(around('1>2', startMs, ['pay/tests']))
    expect(await outcomesOf('2')).toEqual({
      'pay/lint': 'passed',
      'pay/slow': 'unknown',
      'pay/smoke': 'passed',
      'pay/tests': 'bypassed_unsanctioned',
    })
    const { findings } = await listFindings(world.edge)
    expect(findings).toMatchObject([{ gates: ['pay/tests'] }])
  })

  it('counts what landed while the forge did not require a gate as landed while off, at that gate, also if it was green', async () => {
    await tell.push({ move: '2>3', atMs: startMs + 10 * minuteMs })
    expect(await outcomesOf('3')).toMatchObject({ 'pay/tests': 'passed' })
    // Learned late: what landed since is looked at again.
    await tell.see(protection(startMs + 5 * minuteMs, ['pay/tests'], ['pay/lint']))
    expect(await outcomesOf('3')).toEqual({
      'pay/lint': 'passed',
      'pay/slow': 'passed',
      'pay/smoke': 'passed',
      'pay/tests': 'landed_while_off',
    })
    await tell.see(protection(startMs + 20 * minuteMs, []))
    await tell.push({ move: '3>4', atMs: startMs + 30 * minuteMs })
    expect(await outcomesOf('4')).toMatchObject({ 'pay/tests': 'passed' })
    const { drift } = await listFindings(world.edge)
    expect(drift).toMatchObject([
      { what: expect.stringMatching(/^rule_/), gates: [expect.any(String)], until: expect.any(String) },
      { what: expect.stringMatching(/^rule_/), gates: [expect.any(String)], until: expect.any(String) },
    ])
    expect((await world.kinds(point.id)).slice(1)).toEqual([
      'protection.weakened',
      'protection.weakened',
      'protection.restored',
      'protection.restored',
    ])
  })

  it('computes the same again', async () => {
    const before = [await outcomesOf('2'), await outcomesOf('3'), await outcomesOf('4')]
    await recompute(world)
    expect([await outcomesOf('2'), await outcomesOf('3'), await outcomesOf('4')]).toEqual(before)
  })
})
