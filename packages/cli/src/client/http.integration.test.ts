import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { contract } from '@breakglass/core/contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from './client.ts'
import { type Fetch, fetchWithNode } from './http.ts'

let server: Server
let url: string
let answer: { status: number; headers: Record<string, string>; body: string } | 'hang up' | 'say nothing'
let seen: { method: string | undefined; url: string | undefined; authorization: string | undefined; body: string }[]

beforeEach(async () => {
  seen = []
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ method: request.method, url: request.url, authorization: request.headers.authorization, body })
    if (answer === 'hang up') request.socket.destroy()
    else if (answer !== 'say nothing') response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const kinds: [string, Fetch][] = [
  ['on node:http', fetchWithNode],
  ['global', globalThis.fetch],
]

describe.each(kinds)('fetch %s', (_, fetch) => {
  const client = (timeoutMs = 5000) =>
    createClient({ server: url, token: 't', fetch, now: () => Date.now(), timeoutMs })
  const id = `g_${'0'.repeat(26)}`
  const revoke = (timeoutMs?: number) =>
    client(timeoutMs).call(contract.revokeGrant, { params: { id }, body: { reason: 'Größe' } })

  it('sends the request and reads the answer', async () => {
    answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"grants":[]}' }
    expect(await client().call(contract.listGrants, { query: { gate: 'a/b' } })).toEqual({ grants: [] })
    expect(seen).toEqual([{ method: 'GET', url: '/api/v1/glass?gate=a%2Fb', authorization: 'Bearer t', body: '' }])
  })

  it('carries every letter of a body', async () => {
    answer = { status: 409, headers: {}, body: '{"error":{"code":"wrong_state","message":"x"}}' }
    await expect(revoke()).rejects.toMatchObject({ code: 'wrong_state' })
    expect(seen[0]).toMatchObject({ method: 'POST', body: '{"reason":"Größe"}' })
  })

  it('never carries a token to where it is sent on', async () => {
    answer = { status: 307, headers: { location: `${url}/elsewhere` }, body: '' }
    await expect(revoke()).rejects.toMatchObject({ code: 'server_unavailable' })
    expect(seen).toHaveLength(1)
  })

  it.each(['hang up', 'say nothing'] as const)(
    'does not know what was done when the server takes it and does %s',
    async how => {
      answer = how
      await expect(revoke(200)).rejects.toMatchObject({
        code: 'server_unavailable',
        message: expect.stringContaining('not known'),
      })
    },
  )

  it('knows that nothing was done where nobody listens', async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    await expect(revoke()).rejects.toMatchObject({ message: expect.stringContaining('Nothing was opened') })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
})
