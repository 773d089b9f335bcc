import { type AnyEndpoint, contract, type RouteId } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import type { z } from 'zod'

type Contract = typeof contract
type Asked<Id extends RouteId> = {
  [Part in 'params' | 'query' | 'body']: z.output<Exclude<Contract[Id][Part], undefined>>
}

/** What the server answers, route by route: a value of the reply's form, or a `BreakglassError` thrown. */
export type Handlers = { [Id in RouteId]?: (asked: Asked<Id>) => z.input<Contract[Id]['reply']> }

export interface FakeServer {
  fetch: typeof globalThis.fetch
  /** Every call, in order. */
  calls: { route: RouteId; params: unknown; query: unknown; body: unknown; token: string | undefined }[]
  handlers: Handlers
  /** Set to make the network fail in this way. */
  failure: Error | undefined
  /** What a test did wrong (a call it did not expect, an answer that is not of the form); `run` throws the first. */
  defects: Error[]
  /** Added to the Date header: the server's clock against ours. */
  clockAheadMs: number
}

/**
 * A server made of the contract alone: it refuses requests that are not of a route's form, and a test whose own answer
 * is not fails loudly, so that no test passes against a server that cannot be.
 */
export function createFakeServer(handlers: Handlers, now: () => number): FakeServer {
  const server: FakeServer = {
    calls: [],
    handlers,
    failure: undefined,
    defects: [],
    clockAheadMs: 0,
    async fetch(input, init) {
      const request = new Request(input, init)
      if (server.failure !== undefined) throw server.failure
      const { status, body, type } = await answer(server, request).catch((error: Error) => {
        server.defects.push(error)
        throw error
      })
      const date = new Date(now() + server.clockAheadMs).toUTCString()
      return new Response(body, { status, headers: { 'content-type': type, date } })
    },
  }
  return server
}

async function answer(server: FakeServer, request: Request): Promise<{ status: number; body: string; type: string }> {
  const url = new URL(request.url)
  const found = findRoute(request.method, url.pathname)
  if (found === undefined) throw new Error(`the contract has no ${request.method} ${url.pathname}`)
  const { id, route, params } = found
  const text = await request.text()
  const asked = {
    params: route.params?.parse(params),
    query: route.query?.parse(Object.fromEntries(url.searchParams)),
    body: route.body?.parse(JSON.parse(text)),
  }
  const token = request.headers.get('authorization')?.replace(/^Bearer /, '')
  if ((token === undefined) !== (route.access === 'nobody')) throw new Error(`${id} takes ${route.access}`)
  server.calls.push({ route: id, ...asked, token })
  const handler = server.handlers[id] as ((asked: unknown) => unknown) | undefined // of this very route
  if (handler === undefined) throw new Error(`the test gives no answer to ${id}`)
  try {
    const reply = route.reply.parse(handler(asked))
    if (route.replyType === 'text') return { status: 200, body: String(reply), type: 'text/plain; charset=utf-8' }
    return { status: 200, body: JSON.stringify(reply), type: 'application/json' }
  } catch (error) {
    if (!(error instanceof BreakglassError)) throw error
    const { code, message, data } = error
    return {
      status: error.meaning.status,
      body: JSON.stringify({ error: { code, message, data } }),
      type: 'application/json',
    }
  }
}

function findRoute(method: string, pathname: string) {
  for (const [id, route] of Object.entries(contract) as [RouteId, AnyEndpoint][]) {
    if (route.method !== method.toLowerCase()) continue
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? '')
    const pattern = new RegExp(`^/api/v1${route.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`)
    const match = pattern.exec(pathname)
    if (match === null) continue
    const values = names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')])
    return { id, route, params: Object.fromEntries(values) as Record<string, string> }
  }
  return undefined
}
