import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApp, type Handlers } from './app.ts'
import type { Caller } from '../identity/caller.ts'
import { openApiDocument } from './open-api.ts'
import { bodyBytesMax } from './read-request.ts'

const { listPersons, getRunbook, showGrant, declineGrant, health, reportResult, endPerson } = contract
const routes = { listPersons, getRunbook, showGrant, declineGrant, health, reportResult, endPerson }

const callers: Record<string, Caller> = {
  person: { kind: 'person', tokenId: 'tk_1', person: 'p_1', roles: [] },
  admin: { kind: 'person', tokenId: 'tk_2', person: 'p_2', roles: ['admin'] },
  point: { kind: 'point', tokenId: 'tk_3', point: 'pt_1' },
  reporter: { kind: 'reporter', tokenId: 'tk_4', gate: 'smoke', repositoryKey: 'git/h/r' },
}
const grantId = `g_0${'a'.repeat(25)}`

function makeApp(changed: Partial<Handlers<typeof routes>> = {}) {
  const defects: unknown[] = []
  const never = async (): Promise<never> => {
    throw new BreakglassError('not_found', 'no such thing')
  }
  const app = createApp({
    routes,
    handlers: {
      listPersons: async () => ({ persons: [] }),
      getRunbook: async ({ query }) => `runbook of ${query.gate ?? 'all'}`,
      showGrant: never,
      declineGrant: never,
      health: never,
      reportResult: never,
      endPerson: never,
      ...changed,
    },
    authenticate: async secret => callers[secret],
    reportDefect: defect => defects.push(defect.cause),
    version: '1',
  })
  const ask = (path: string, token?: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    return app.request(`/api/v1${path}`, { ...init, headers })
  }
  return { ask, defects }
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const codeOf = async (response: Response) =>
  z.object({ error: z.object({ code: z.string() }) }).parse(await response.json()).error.code

describe('the HTTP API', () => {
  it('answers a route with what its handler gives', async () => {
    const response = await makeApp().ask('/persons', 'person')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ persons: [] })
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('answers text where the route says text', async () => {
    const response = await makeApp().ask('/runbook?gate=payments/smoke', 'person')
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(await response.text()).toBe('runbook of payments/smoke')
  })

  it.each([
    ['no token', undefined, '/persons', 401, 'not_signed_in'],
    ['an unknown token', 'stranger', '/persons', 401, 'not_signed_in'],
    ['an endless token', 'x'.repeat(1000), '/persons', 401, 'not_signed_in'],
    ['a point where a person is asked for', 'point', '/persons', 403, 'not_allowed'],
    ['a reporter where a person is asked for', 'reporter', `/glass/${grantId}`, 403, 'not_allowed'],
    ['an id of another kind', 'person', '/glass/p_1', 400, 'bad_request'],
    ['an unknown member of the query', 'person', '/runbook?all=1', 400, 'bad_request'],
    ['a member named twice', 'person', '/runbook?gate=a&gate=b', 400, 'bad_request'],
    ['an address nobody serves', 'person', '/nothing', 404, 'not_found'],
  ])('refuses %s', async (_, token, path, status, code) => {
    const response = await makeApp().ask(path, token)
    expect(response.status).toBe(status)
    expect(await codeOf(response)).toBe(code)
  })

  it("keeps an administrator's routes from everybody else", async () => {
    const path = `/persons/p_0${'a'.repeat(25)}/end`
    for (const token of ['person', 'point', 'reporter']) {
      expect((await makeApp().ask(path, token, { method: 'POST' })).status).toBe(403)
    }
    expect((await makeApp().ask(path, 'admin', { method: 'POST' })).status).toBe(404)
  })

  it.each([
    ['a body that is not JSON', json('{'), 400, 'bad_request'],
    ['a body of no type', { method: 'POST', body: '{}' }, 400, 'bad_request'],
    ['a form', { method: 'POST', body: new URLSearchParams({ reason: 'no' }) }, 400, 'bad_request'],
    ['an unknown member', json({ reason: 'no', force: true }), 400, 'bad_request'],
    ['text with U+0000', json({ reason: 'a\u0000b' }), 400, 'bad_request'],
    ['a lone surrogate', json('{"reason":"\\ud800"}'), 400, 'bad_request'],
    ['bytes that are not UTF-8', { ...json(''), body: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'bad_request'],
    ['more than is taken', json(`"${'a'.repeat(bodyBytesMax)}"`), 413, 'too_large'],
  ])('refuses %s', async (_, init, status, code) => {
    const response = await makeApp().ask(`/glass/${grantId}/decline`, 'person', init)
    expect(response.status).toBe(status)
    expect(await codeOf(response)).toBe(code)
  })

  it('says which methods an address takes', async () => {
    const response = await makeApp().ask('/persons', 'person', { method: 'DELETE' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET')
  })

  it('shows nothing of a defect, and reports it', async () => {
    const { ask, defects } = makeApp({
      listPersons: async () => {
        throw new Error('the secret is hunter2')
      },
    })
    const response = await ask('/persons', 'person')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('hunter2')
    expect(defects).toHaveLength(1)
  })

  it('takes a reply of the wrong form for a defect', async () => {
    // A cast, because the types refuse what this test is about.
    const { ask, defects } = makeApp({ listPersons: async () => ({ people: [] }) as never })
    expect((await ask('/persons', 'person')).status).toBe(500)
    expect(defects).toHaveLength(1)
  })
})

describe('the OpenAPI document', () => {
  const document = openApiDocument(contract, { version: '1', prefix: '/api/v1' })

  it('has every route of the contract once', () => {
    const operations = Object.values(
      document['paths'] as Record<string, Record<string, { operationId: string }>>,
    ).flatMap(path => Object.values(path).map(operation => operation.operationId))
    expect(operations.toSorted()).toEqual(Object.keys(contract).toSorted())
  })

  it('refers only to what it holds', () => {
    const text = JSON.stringify(document)
    const held = Object.keys((document['components'] as { schemas: object }).schemas)
    const named = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(match => match[1] ?? '')
    expect(named.length).toBeGreaterThan(0)
    for (const reference of named) expect(held).toContain(reference.replace('#/components/schemas/', ''))
  })
})
