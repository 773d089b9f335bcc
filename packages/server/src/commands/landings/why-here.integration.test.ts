import { msToInstant } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { allPassed, settle, telling } from '../../landings/testing/telling.ts'
import { commitOf, makeWorld, type World } from '../points/testing/world.ts'
import { showGateNumbers } from './show-gate-numbers.ts'

const gate = 'pay/tests'
const minuteMs = 60_000
const hourMs = 60 * minuteMs

eachEngine('why a gate hurts', makeStore => {
  let world: World
  let tell: ReturnType<typeof telling>
  let ran = 0
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    tell = telling(world)
  })
  afterAll(() => world.test.close())

  const why = async () => (await showGateNumbers(world.edge, world.people.rae, { gate })).why
  const result = (commit: string, end: string, atMs: number, tookMs?: number) => {
    const took = tookMs === undefined ? {} : { tookMs }
    const body = { change: { commit: commitOf(commit) }, gate, result: end, run: `${ran++}`, ...took }
    return tell.report(world.point.event('point.result', body, { atMs }))
  }

  it('has no length of a run that nobody told, and no rate of nothing', async () => {
    await result('9', 'pass', world.clock.ms)
    expect(await why()).toEqual({
      flake: { x: 0, n: 1, rate: 0, interval: expect.anything() },
      durations: { n: 0 },
      waiting: { n: 0 },
      later: {
        passed: { x: 0, n: 0, interval: { low: 0, high: 1 } },
        stopped: { x: 0, n: 0, interval: { low: 0, high: 1 } },
        unknown: 0,
      },
      harm: {
        passed: { x: 0, n: 0, interval: { low: 0, high: 1 } },
        around: { x: 0, n: 0, interval: { low: 0, high: 1 } },
        buys: 'Too few landings were followed for seven days to say what this gate buys.',
        notFollowed: 0,
        outcomes: [],
      },
      teams: [],
      habits: [],
      reasons: [],
      reviews: 0,
    })
  })

  it('is slow when its runs take long, which the point measures', async () => {
    for (const minutes of [18, 19, 20, 21, 40]) {
      world.clock.ms += hourMs
      await result('8', 'pass', world.clock.ms, minutes * minuteMs)
    }
    const { durations, sentence } = await why()
    expect(durations).toEqual({ n: 5, p50Ms: 20 * minuteMs, p95Ms: 40 * minuteMs })
    expect(sentence).toBe('Its check takes 20 minutes at the median and 40 minutes one time in twenty: make it faster.')
  })

  it('knows what the check said of what went around it, before and after', async () => {
    const at = world.clock.ms
    await result('2', 'fail', at)
    await result('3', 'could_not_run', at)
    world.clock.ms += hourMs
    await tell.see(tell.advance('1>2', at + minuteMs), tell.advance('2>3', at + 2 * minuteMs))
    await tell.push({ move: '3>4', atMs: at + 3 * minuteMs, gates: allPassed })
    await settle(world)
    expect((await why()).later).toMatchObject({ passed: { x: 0, n: 0 }, stopped: { x: 0, n: 0 }, unknown: 2 })
    await result('2', 'pass', world.clock.ms)
    await result('3', 'fail', world.clock.ms)
    await result('4', 'fail', world.clock.ms)
    // What passed its gate is not asked again, and a run that could not say anything stopped nothing.
    expect((await why()).later).toMatchObject({ passed: { x: 1, n: 2 }, stopped: { x: 1, n: 1 }, unknown: 0 })
  })

  it('names the hours at which it is gone around', async () => {
    const first = Math.ceil(world.clock.ms / (24 * hourMs)) * 24 * hourMs
    for (let day = 0; day < 9; day++) {
      const midnight = first + day * 24 * hourMs
      world.clock.ms = midnight + 23 * hourMs
      // One around the gate at two at night, by the gate's zone, and nine in the daytime that pass it.
      await tell.see(tell.advance('0>1', midnight + hourMs))
      for (let at = 1; at < 10; at++)
        await tell.push({ move: `${at}>${(at + 1) % 10}`, atMs: midnight + (7 + at) * hourMs })
      await settle(world)
    }
    expect((await why()).habits).toEqual([expect.stringMatching(/^\d+ episodes fell at night/)])
  })

  it('waits for reviews as long as a forge tells, by the weekday of its own zone', async () => {
    // A Monday in winter: half past eleven at night in UTC is Tuesday in Berlin.
    const monday = Date.UTC(2026, 10, 23, 23, 30)
    const hours = (n: number) => n * hourMs
    world.clock.ms = monday + hours(24 * 40)
    let number = 0
    const wait = (askedMs: number, more: object) => {
      number += 1
      const body = { gate, number, askedAt: msToInstant(askedMs), ...more }
      return world.point.event('point.wait', body)
    }
    const told: string[] = []
    for (let day = 0; day < 35; day++) {
      const asked = monday + hours(24 * day)
      // What was asked for on a Friday, in Berlin, waits for the whole day.
      const long = day % 7 === 3 ? 24 : 2
      told.push(wait(asked, { givenAt: msToInstant(asked + hours(long)) }))
      told.push(wait(asked, { givenAt: msToInstant(asked + hours(long)) }))
    }
    told.push(wait(monday, { ended: true }))
    for (let at = 0; at < told.length; at += 30) await tell.report(...told.slice(at, at + 30))
    const { waiting } = await why()
    expect(waiting).toMatchObject({
      n: 70,
      p50Ms: hours(2),
      slowWeekday: { weekday: 5, p50Ms: hours(24), othersMs: hours(2) },
    })
  })
})
