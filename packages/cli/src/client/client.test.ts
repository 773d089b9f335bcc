import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { grant, id } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'
import { type Client, createClient } from './client.ts'

let world: World
let client: Client

beforeEach(() => {
  world = createWorld({
    showGrant: () => grant(),
    listGrants: () => ({ grants: [] }),
    revokeGrant: () => ({ grant: grant(), stillOpen: [] }),
  })
  client = createClient({
    server: 'http://127.0.0.1:7117',
    token: 't',
    fetch: world.server.fetch,
    now: () => world.nowMs,
  })
})
afterEach(() => world.remove())

const fetchFailed = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
const revoke = () => client.call(contract.revokeGrant, { params: { id: id('g') }, body: { reason: 'x' } })

describe('a call', () => {
  it('fills the path, the query and the body from the contract', async () => {
    await client.call(contract.showGrant, { params: { id: id('g') } })
    await client.call(contract.listGrants, { query: { state: 'open', limit: 5 } })
    await revoke()
    expect(world.server.calls).toMatchObject([
      { route: 'showGrant', params: { id: id('g') }, token: 't' },
      { route: 'listGrants', query: { state: 'open', limit: 5 } },
      { route: 'revokeGrant', body: { reason: 'x' } },
    ])
  })

  it('of the wrong form is never sent', async () => {
    const call = client.call(contract.showGrant, { params: { id: '../whoami' } })
    await expect(call).rejects.toMatchObject({ code: 'bad_input' })
    expect(world.server.calls).toEqual([])
  })

  it('throws what the server answered, with its data', async () => {
    world.server.handlers.showGrant = () => {
      throw new BreakglassError('wrong_state', { message: 'It is shut.', data: { state: 'shut' } })
    }
    await expect(client.call(contract.showGrant, { params: { id: id('g') } })).rejects.toMatchObject({
      code: 'wrong_state',
      message: 'It is shut.',
      data: { state: 'shut' },
    })
  })

  it('says that nothing was opened only when that is known', async () => {
    world.server.failure = fetchFailed('ECONNREFUSED')
    await expect(revoke()).rejects.toMatchObject({
      code: 'server_unavailable',
      message: expect.stringContaining('Nothing was opened'),
    })
    world.server.failure = fetchFailed('ECONNRESET')
    await expect(revoke()).rejects.toMatchObject({
      code: 'server_unavailable',
      message: expect.stringContaining('not known'),
    })
    await expect(client.call(contract.listGrants, {})).rejects.toMatchObject({
      message: expect.stringContaining('Nothing was opened'),
    })
  })

  it.each([
    ['<html>502</html>', 502, 'server_unavailable'],
    ['{"error":{"code":"no such code","message":"x"}}', 400, 'server_unavailable'],
    ['{"grants":[{"id":"g_1"}]}', 200, 'internal'],
    ['not json', 200, 'internal'],
  ])('does not believe %s (%d)', async (text, status, code) => {
    const fetch = async () => new Response(text, { status })
    const strange = createClient({ server: 'http://127.0.0.1:1', fetch, now: () => 0 })
    await expect(strange.call(contract.listGrants, {})).rejects.toMatchObject({ code })
  })

  it('knows how far its clock is from the server’s', async () => {
    await client.call(contract.listGrants, {})
    expect(client.clockSkewMs()).toBe(0)
    world.server.clockAheadMs = 90_000
    await client.call(contract.listGrants, {})
    expect(client.clockSkewMs()).toBe(-90_000)
    world.server.clockAheadMs = -90_000
    await client.call(contract.listGrants, {})
    expect(client.clockSkewMs()).toBeGreaterThanOrEqual(89_000)
  })
})
