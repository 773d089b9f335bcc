import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { nameCause } from '../commands/incidents/name-cause.ts'
import { openIncident, resolveIncident } from '../commands/incidents/incidents.ts'
import { commitOf, makeWorld, repositoryName, type World } from '../commands/points/testing/world.ts'
import { harmAt } from './harm.ts'
import { settle, telling } from './testing/telling.ts'
import { noteWatching } from './watching.ts'

const gate = 'pay/tests'
const hourMs = 3_600_000
const dayMs = 24 * hourMs

eachEngine('what a gate buys', makeStore => {
  let world: World
  let tell: ReturnType<typeof telling>
  let startMs = 0
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    tell = telling(world)
    startMs = world.clock.ms
  })
  afterAll(() => world.test.close())

  const harm = () => world.edge.store.read(rx => harmAt(rx, gate, { fromMs: startMs, nowMs: world.edge.nowMs() }))
  const around = async () => (await harm()).around
  const watchFor = async (ms: number) => {
    for (const end = world.clock.ms + ms; world.clock.ms < end; world.clock.ms += 10 * 60_000)
      await noteWatching(world.edge, world.point.id)
  }

  it('is not known while its landings are young', async () => {
    await watchFor(hourMs)
    await tell.see(tell.advance('1>2', world.clock.ms))
    await watchFor(hourMs)
    await tell.push({ move: '2>3', atMs: world.clock.ms })
    await tell.push({ move: '3>4', atMs: world.clock.ms + 60_000 })
    await watchFor(hourMs)
    await settle(world)
    expect(await harm()).toMatchObject({ passed: { n: 0 }, around: { n: 0 } })
    expect((await harm()).outcomes.map(({ young }) => young)).toEqual([2, 1])
  })

  it('counts what was taken back within seven days, once', async () => {
    const undone = tell.undone('2>3', '5', world.clock.ms)
    await tell.see(undone, tell.undone('2>3', '6', world.clock.ms))
    await tell.see(undone)
    // Of a move that nobody knows of, nothing follows.
    await tell.see(tell.undone('7>8', '9', world.clock.ms))
    await watchFor(8 * dayMs)
    expect(await harm()).toMatchObject({ passed: { x: 1, n: 2 }, around: { x: 0, n: 1 } })
    await tell.see(tell.undone('1>2', '9', world.clock.ms))
    expect(await around()).toMatchObject({ x: 0, n: 1 })
  })

  it('counts what an incident names as its cause, also when it is over, until that is taken back', async () => {
    const { ana, ben } = world.people
    const { id } = await openIncident(world.edge, ana, { title: 'Payments fail', severity: 'SEV1' })
    await resolveIncident(world.edge, ana, id)
    const cause = { repository: repositoryName, commit: commitOf('2'), withdrawn: false }
    expect(await nameCause(world.edge, ben, id, cause)).toMatchObject({
      landings: 1,
      already: false,
      incident: { causes: [{ repository: repositoryName, commit: commitOf('2') }] },
    })
    expect(await nameCause(world.edge, ana, id, cause)).toMatchObject({ already: true })
    expect(await around()).toMatchObject({ x: 1, n: 1 })
    expect(await nameCause(world.edge, ana, id, { ...cause, withdrawn: true })).toMatchObject({ already: false })
    expect(await around()).toMatchObject({ x: 0, n: 1 })
    expect(await world.kinds(id)).toEqual(['incident.opened', 'incident.resolved', 'incident.cause', 'incident.cause'])
    const unknown = nameCause(world.edge, ana, 'in_00000000000000000000000000', cause)
    await expect(unknown).rejects.toMatchObject({ code: 'not_found' })
  })

  it('says nothing of a landing after which nobody watched', async () => {
    await tell.see(tell.advance('4>5', world.clock.ms))
    await settle(world)
    world.clock.ms += 8 * dayMs
    const found = await harm()
    expect(found.around).toMatchObject({ x: 0, n: 1 })
    expect(found.outcomes.find(({ outcome }) => outcome === 'bypassed_unsanctioned')).toMatchObject({ unwatched: 1 })
  })
})
