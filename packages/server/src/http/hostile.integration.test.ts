import { type AnyEndpoint, contract } from '@breakglass/core/contract'
import * as fc from 'fast-check'
import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../../tests/support/databases.ts'
import { issueToken } from '../identity/credentials.ts'
import { act } from '../edge/edge.ts'
import { authenticate } from '../identity/authenticate.ts'
import { makeTestEdge, type TestEdge } from '../testing/edge.ts'
import { makeTestOrganization, type TestOrganization } from '../testing/organization.ts'
import { apiPrefix, createApp } from './app.ts'
import { createHandlers } from './handlers.ts'

/** Every route of the real server, with whatever somebody may send: an answer of the documented kind, never a defect. */
eachEngine('hostile requests', makeStore => {
  let test: TestEdge
  let acme: TestOrganization
  let app: Hono
  let tokens: Record<string, string>
  const defects: unknown[] = []

  beforeAll(async () => {
    test = await makeTestEdge(await makeStore())
    const { edge } = test
    acme = await makeTestOrganization(edge)
    app = createApp({
      routes: contract,
      handlers: createHandlers(edge, { ledgerOutOfBand: false, trustChanged: async () => {} }),
      version: '0',
      authenticate: secret => authenticate(edge.store, secret, edge.nowMs()),
      reportDefect: ({ route, cause }) => defects.push({ route, cause }),
    })
    const given = { name: 'test', lifeMs: 3_600_000 }
    const repository = { key: acme.repository, id: { forge: 'git', host: 'git.acme.dev', id: 'r_pay' } }
    tokens = await act(edge, async run => {
      const issue = async (owner: Parameters<typeof issueToken>[1]) => (await issueToken(run, owner, given)).secret
      const by = acme.admin
      return {
        admin: await issue({ kind: 'person', person: acme.admin }),
        person: await issue({ kind: 'person', person: acme.ana }),
        owner: await issue({ kind: 'person', person: acme.mina }),
        point: await issue({ kind: 'point', point: acme.point, by }),
        reporter: await issue({ kind: 'reporter', gate: 'pay/tests', repository, by }),
      }
    })
  })
  afterAll(() => test.close())

  async function answer(route: AnyEndpoint, sent: Sent): Promise<void> {
    const path = route.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(sent.parameter))
    const asked = Object.entries(sent.query).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const query = route.method === 'get' ? `?${new URLSearchParams(asked)}` : ''
    const token = tokens[sent.as]
    const response = await app.request(`${apiPrefix}${path}${query}`, {
      method: route.method.toUpperCase(),
      headers: { 'Content-Type': 'application/json', ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
      ...(route.method === 'post' && { body: JSON.stringify(sent.body) }),
    })
    const text = await response.text()
    expect({ route: route.id, sent, defects: defects.splice(0), text }).toMatchObject({ defects: [] })
    expect(response.status).toBeLessThan(500)
    if (response.status >= 400) expect(JSON.parse(text)).toMatchObject({ error: { code: expect.any(String) } })
  }

  // Ending somebody or publishing is not undone by the next case, so those see only what nobody could mean.
  const lasting = new Set(['endPerson', 'reinvitePerson', 'endPoint'])
  const routes = Object.values(contract).filter(route => !lasting.has(route.id))

  describe.each(routes.map(route => [route.id, route] as const))('%s', (_, route) => {
    it('answers anything, and takes nothing that it was not made for', async () => {
      await fc.assert(
        fc.asyncProperty(
          sentTo(route, () => acme),
          sent => answer(route as AnyEndpoint, sent),
        ),
        { numRuns: 60 },
      )
    })
  })
})

interface Sent {
  as: string
  parameter: string
  query: Record<string, string | undefined>
  body: unknown
}

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', '\u0000', '\ud800', '../../etc', 'refs/heads/main', 'main', 'acme/pay', 'pay/tests', 'pay/smoke'),
  fc.constantFrom('constructor', '__proto__', 'SEV1', 'online', `sha1:${'0'.repeat(40)}`, `sha256:${'0'.repeat(64)}`),
  fc.constantFrom('g_', 'rv_', 'p_', 's_', 'fd_', 'in_', 'tk_').map(prefix => `${prefix}${'0'.repeat(26)}`),
  fc.constantFrom('2026-01-01T00:00:00.000Z', 'true', 'open', '1', '-1', '99999999999999999999'),
)
const value: fc.Arbitrary<unknown> = fc.oneof(
  words,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(words, { maxLength: 3 }),
  fc.dictionary(words, words, { maxKeys: 3 }),
)

/** A body of the names that this route knows, each with something in it; now and then anything at all. */
function sentTo(route: { body?: unknown; query?: unknown }, acme: () => TestOrganization): fc.Arbitrary<Sent> {
  const known = keysOf(route.body)
  const asked = keysOf(route.query)
  const plausible = fc.record(Object.fromEntries(known.map(key => [key, plausibleFor(key, acme)])), {
    requiredKeys: [],
  })
  return fc.record({
    as: fc.constantFrom('admin', 'person', 'owner', 'point', 'reporter', 'nobody'),
    parameter: words.filter(text => text !== '' && !text.includes('/') && text.isWellFormed()),
    query: fc.record(Object.fromEntries(asked.map(key => [key, words.filter(text => text.isWellFormed())])), {
      requiredKeys: [],
    }),
    body: fc.oneof({ weight: 4, arbitrary: plausible }, { weight: 1, arbitrary: fc.jsonValue() }),
  })
}

function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null || !('shape' in schema)) return []
  return Object.keys(schema.shape as object) // of a strict object's schema
}

/** What makes a request get past its schema often enough to reach the rules. */
function plausibleFor(key: string, acme: () => TestOrganization): fc.Arbitrary<unknown> {
  const good: Record<string, fc.Arbitrary<unknown>> = {
    gates: fc.subarray(['pay/tests', 'pay/two', 'pay/solo', 'pay/smoke', 'no/gate'], { minLength: 1 }),
    gate: fc.constantFrom('pay/tests', 'pay/smoke'),
    repository: fc.constantFrom('acme/pay', 'acme/none'),
    ref: fc.constantFrom('main', 'refs/heads/main', 'other'),
    change: fc.nat(9).map(digit => ({ commit: `sha1:${String(digit).repeat(40)}` })),
    commit: fc.constant(`sha1:${'1'.repeat(40)}`),
    mode: fc.constantFrom('online', 'offline'),
    justification: fc.constant('payments are down and the gate is stuck'),
    at: fc.constantFrom('').map(() => acme().point),
    severity: fc.constantFrom('SEV1', 'SEV3'),
    title: fc.constant('payments are down'),
    reason: fc.constant('because'),
    explanation: fc.constant('because'),
    result: fc.constantFrom('pass', 'fail', 'could_not_run'),
    run: fc.constantFrom('1', 'run 2'),
    bundleIndex: fc.integer({ min: -1, max: 5 }),
    file: fc.constant('breakglass.yaml'),
    text: fc.constantFrom('', 'organization: [', 'a: 1'),
    files: fc.constant({}),
    useKey: fc.constant('key'),
    why: fc.constant('runner lost'),
  }
  const plausible = good[key]
  return plausible ? fc.oneof({ weight: 5, arbitrary: plausible }, { weight: 1, arbitrary: value }) : value
}
