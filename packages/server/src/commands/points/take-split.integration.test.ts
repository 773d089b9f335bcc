import { encodeHex, formatCheckpoint, openCheckpoint, parseNote, type TrustPolicy } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { endPoint } from './end-point.ts'
import { sendReports } from './send-reports.ts'
import { makeWorld, type World } from './testing/world.ts'

eachEngine('two faces of the ledger, told by a point', makeStore => {
  let world: World
  let policy: TrustPolicy
  beforeAll(async () => {
    world = await makeWorld(await makeStore())
    policy = (await world.trust()).policy
  })
  afterAll(() => world.test.close())

  const alarms = () =>
    world.edge.store.read(rx =>
      rx.db.selectFrom('alarm').select(['key', 'words', 'ended_at']).where('kind', '=', 'ledger_split').execute(),
    )
  const tree = (note: string) => {
    const opened = openCheckpoint(note, policy)
    if (!opened.ok) throw new Error('expected a checkpoint of the log')
    const { size, root } = opened.value
    return { note, root: encodeHex(root), size }
  }
  const send = (point: World['point'], body: object) =>
    sendReports(world.edge, point.id, {
      reports: [point.event('point.ledger_split', JSON.parse(JSON.stringify(body)))],
    })
  const told = (point: string) => alarms().then(rows => rows.filter(({ key }) => key.startsWith(point)))

  it('is one alarm, tells the owners of its gates, and ends with the point', async () => {
    const point = await world.enrol()
    const held = tree(world.test.ledger.checkpoint().note)
    const found = { ...held, root: 'ab'.repeat(32) }
    const split = { held, found, how: 'same_size', origin: world.edge.log.origin }
    await send(point, split)
    await send(point, split)
    const [alarm, ...others] = await told(point.id)
    expect(others).toEqual([])
    // The second note is not of the root it is said to be of: that proves nothing to anybody.
    expect(alarm?.words).toContain('did not send both notes')
    const notices = await world.edge.store.read(rx =>
      rx.db.selectFrom('notice').select('person_id').where('subject', '=', point.id).execute(),
    )
    expect(notices.map(row => row.person_id).sort()).toEqual([world.people.ana, world.people.ben].sort())
    await endPoint(world.edge, world.admin, point.id)
    expect((await told(point.id)).every(({ ended_at }) => ended_at !== null)).toBe(true)
  })

  it('is over when the tree was joined after all', async () => {
    const held = tree(world.test.ledger.checkpoint().note)
    const split = { held, found: { root: 'cd'.repeat(32), size: 3 }, origin: world.edge.log.origin }
    await send(world.point, { ...split, how: 'no_proof' })
    expect(await told(world.point.id)).toMatchObject([{ ended_at: null }])
    await send(world.point, { ...split, how: 'joined' })
    expect(await told(world.point.id)).toMatchObject([{ ended_at: expect.any(Number) }])
  })

  it('is refused when it is not of the documented form', async () => {
    const point = await world.enrol()
    const body = { held: { root: 'x', size: 1 }, found: { root: 'y', size: 1 }, how: 'same_size', origin: 'o' }
    await expect(send(point, body)).rejects.toMatchObject({ code: 'bad_evidence' })
  })

  it('is told apart where both notes are the log’s own', async () => {
    const point = await world.enrol()
    const note = parseNote(world.test.ledger.checkpoint().note)
    if (!note.ok) throw new Error('expected a note')
    const held = tree(world.test.ledger.checkpoint().note)
    const forged = formatCheckpoint({ origin: world.edge.log.origin, size: held.size, root: new Uint8Array(32) })
    const fake = { note: `${forged}\n${note.value.signatures.map(({ line }) => line).join('')}`, root: '00'.repeat(32) }
    await send(point, { held, found: { ...fake, size: held.size }, how: 'same_size', origin: world.edge.log.origin })
    expect((await told(point.id))[0]?.words).toContain('did not send both notes')
  })
})
