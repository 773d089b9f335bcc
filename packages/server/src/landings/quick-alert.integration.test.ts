import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { makeWorld, type World } from '../commands/points/testing/world.ts'
import { status } from '../commands/system/status.ts'
import { settle, telling } from './testing/telling.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
const gate = 'pay/tests'

eachEngine('the alert between the monthly runs', makeStore => {
  let world: World
  let tell: ReturnType<typeof telling>
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    tell = telling(world)
  })
  afterAll(() => world.test.close())

  const alarms = async () => {
    const { alarms } = await status(world.edge, world.people.ben, { ledgerOutOfBand: true })
    return alarms.filter(({ kind, words }) => kind === 'bypasses_rising' && words.startsWith(gate))
  }
  const notices = async () => {
    const { notices } = await status(world.edge, world.people.ben, { ledgerOutOfBand: true })
    return notices.filter(({ subject }) => subject === gate)
  }
  /** One day: ten landings, of which the first goes around the gate or not. */
  const day = async (isAround: boolean) => {
    const midnight = (Math.floor(world.clock.ms / dayMs) + 1) * dayMs
    world.clock.ms = midnight + 20 * hourMs
    if (isAround) await tell.see(tell.advance('0>1', midnight + 6 * hourMs))
    else await tell.push({ move: '0>1', atMs: midnight + 6 * hourMs })
    for (let at = 1; at < 10; at++)
      await tell.push({ move: `${at}>${(at + 1) % 10}`, atMs: midnight + (6 + at) * hourMs })
    await settle(world)
  }

  it('says nothing of a single one', async () => {
    await day(true)
    for (let at = 0; at < 9; at++) await day(false)
    expect(await alarms()).toEqual([])
  })

  it('tells the owners once when they come one after another', async () => {
    for (let at = 0; at < 6; at++) await day(true)
    const [alarm] = await alarms()
    expect(alarm?.words).toMatch(/^pay\/tests is gone around more often than before: \d+ times in \d+ passages/)
    await day(true)
    expect(await alarms()).toHaveLength(1)
    expect(await notices()).toHaveLength(1)
  })

  it('ends when nobody goes around it for a month', async () => {
    for (let at = 0; at < 20; at++) await day(false)
    expect(await alarms()).toHaveLength(1)
    for (let at = 0; at < 12; at++) await day(false)
    expect(await alarms()).toEqual([])
  })
})
