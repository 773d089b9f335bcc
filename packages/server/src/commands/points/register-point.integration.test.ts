import { encodeBase64url, signerFromSeed } from '@breakglass/verify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachEngine } from '../../../../../tests/support/databases.ts'
import { authenticate } from '../../identity/authenticate.ts'
import type { Store } from '../../store/store.ts'
import { endPoint } from './end-point.ts'
import { listPoints } from './list-points.ts'
import { registerPoint } from './register-point.ts'
import { createReporter, endReporter, listReporters } from './reporters.ts'
import { makeWorld, repository, repositoryName, type World } from './testing/world.ts'

eachEngine('registerPoint', makeStore => {
  let store: Store
  let world: World
  beforeAll(async () => {
    store = await makeStore()
    world = await makeWorld(store)
  })
  afterAll(() => world.test.close())

  const wish = (seed: number, name: string) => ({
    name,
    kind: 'git_hook' as const,
    enforcement: 'enforced' as const,
    repository: { id: repository, name: repositoryName, properties: {} },
    publicKey: encodeBase64url(signerFromSeed(new Uint8Array(32).fill(seed)).publicKey),
  })
  const register = (given: ReturnType<typeof wish>, by = world.admin) => registerPoint(world.edge, by, given)

  it('puts the key into a new version of trust.json, from an index nobody has used', async () => {
    const { size } = world.test.ledger.checkpoint()
    const { point, token, organization } = await register(wish(1, 'first'))
    expect(organization).toBe(world.edge.issuer.organization)
    const key = (await world.trust()).points.find(({ id }) => id === point.id)
    expect(key?.ranges).toEqual([{ origin: world.edge.log.origin, fromIndex: size }])
    expect(await authenticate(store, token, world.clock.ms)).toMatchObject({ kind: 'point', point: point.id })
    expect(await world.kinds(point.id)).toEqual(['point.registered'])
    const unlogged = await store.read(rx =>
      rx.db
        .selectFrom('statement')
        .select('sid')
        .where('subject', '=', point.id)
        .where('ledger_index', 'is', null)
        .execute(),
    )
    expect(unlogged).toEqual([])
  })

  it('gives who asks again a new token and ends the one before', async () => {
    const first = await register(wish(2, 'again'))
    const second = await register(wish(2, 'again'))
    expect(second.point).toEqual(first.point)
    await expect(authenticate(store, first.token, world.clock.ms)).rejects.toMatchObject({ code: 'token_expired' })
    expect(await authenticate(store, second.token, world.clock.ms)).toMatchObject({ point: first.point.id })
    expect((await world.trust()).points.filter(({ id }) => id === first.point.id)).toHaveLength(1)
  })

  it('ends a point: its credential at once, its key by index, and its name is free again', async () => {
    const { point, token } = await register(wish(21, 'leaving'))
    const before = (await world.trust()).points.find(({ id }) => id === point.id)
    expect((await endPoint(world.edge, world.admin, point.id)).id).toBe(point.id)
    await expect(authenticate(store, token, world.clock.ms)).rejects.toMatchObject({ code: 'token_expired' })
    const after = (await world.trust()).points.find(({ id }) => id === point.id)
    expect(after?.ranges).toEqual([{ ...before?.ranges[0], untilIndex: expect.any(Number) }])
    expect((await listPoints(world.edge)).points.map(({ id }) => id)).not.toContain(point.id)
    await expect(endPoint(world.edge, world.admin, point.id)).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(register(wish(21, 'leaving'))).rejects.toMatchObject({ code: 'already_exists' })
    expect((await register(wish(22, 'leaving'))).point.name).toBe('leaving')
  })

  it('lets nobody else take a key over', async () => {
    await register(wish(3, 'mine'))
    await expect(register(wish(3, 'mine'), world.people.mina)).rejects.toMatchObject({ code: 'already_exists' })
    await expect(register({ ...wish(3, 'mine'), enforcement: 'cooperative' as never })).rejects.toMatchObject({
      code: 'already_exists',
    })
    const other = { id: { ...repository, id: 'r_other' }, name: 'acme/other', properties: {} }
    await expect(register({ ...wish(3, 'mine'), repository: other })).rejects.toMatchObject({ code: 'already_exists' })
  })

  it('refuses a name of another point or repository, the key of the issuer, and bytes that are no key', async () => {
    await register(wish(4, 'taken'))
    await expect(register(wish(5, 'taken'))).rejects.toMatchObject({ code: 'already_exists' })
    const stranger = { id: { ...repository, id: 'r_stranger' }, name: repositoryName, properties: {} }
    await expect(register({ ...wish(6, 'six'), repository: stranger })).rejects.toMatchObject({
      code: 'already_exists',
    })
    await expect(register(wish(7, 'issuer'))).rejects.toMatchObject({ code: 'bad_input' })
    await expect(register({ ...wish(8, 'eight'), publicKey: 'A'.repeat(42) })).rejects.toMatchObject({
      code: 'bad_input',
    })
    const spaced = { id: { ...repository, id: 'r _' }, name: 'acme/spaced', properties: {} }
    await expect(register({ ...wish(9, 'nine'), repository: spaced })).rejects.toMatchObject({ code: 'bad_input' })
  })

  it('keeps two that register at once apart in one succession of trust', async () => {
    const made = await Promise.all([register(wish(10, 'left')), register(wish(11, 'right'))])
    const ids = (await world.trust()).points.map(({ id }) => id)
    for (const { point } of made) expect(ids).toContain(point.id)
    const { points } = await listPoints(world.edge)
    expect(points.map(({ name }) => name)).toEqual(points.map(({ name }) => name).toSorted())
  })

  it('says when the ledger does not answer, and ends well when asked again', async () => {
    const { append } = world.test.client
    world.test.client.append = () => Promise.reject(new Error('down'))
    const waiting = register(wish(12, 'late'))
    const failed = expect(waiting).rejects.toMatchObject({ code: 'ledger_unavailable' })
    await failed
    world.test.client.append = append
    const { token, point } = await register(wish(12, 'late'))
    expect(await authenticate(store, token, world.clock.ms)).toMatchObject({ point: point.id })
  }, 30_000)

  it('issues, lists and ends reporters of one gate and repository', async () => {
    const given = { name: 'ci', gate: 'pay/tests', repository: repositoryName, days: 1 }
    const { reporter, token } = await createReporter(world.edge, world.admin, given)
    expect(await authenticate(store, token, world.clock.ms)).toMatchObject({ kind: 'reporter', gate: 'pay/tests' })
    await endReporter(world.edge, world.admin, reporter.id)
    const again = await endReporter(world.edge, world.admin, reporter.id)
    expect(again.endedAt).toBeDefined()
    await expect(authenticate(store, token, world.clock.ms)).rejects.toMatchObject({ code: 'token_expired' })
    expect((await listReporters(world.edge)).reporters).toContainEqual(again)
    await expect(createReporter(world.edge, world.admin, { ...given, repository: 'acme/none' })).rejects.toMatchObject({
      code: 'not_found',
    })
    const point = await store.read(rx =>
      rx.db.selectFrom('token').select('id').where('kind', '=', 'point').executeTakeFirstOrThrow(),
    )
    await expect(endReporter(world.edge, world.admin, point.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})
