import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  completeReply,
  faultsOfReply,
  faultsOfRequest,
  findOperation,
  type Json,
  type Operation,
} from '../description.ts'
import type { FakeGithub } from '../fake.ts'
import { Refused } from '../actions/refs.ts'
import { callerOf, type Caller } from './caller.ts'
import { handlers } from './handlers.ts'
import { ApiError, type Reply } from './reply.ts'

export async function serveApi(fake: FakeGithub): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    void answer(fake, request, response).catch(error => {
      response.writeHead(500, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ message: `the fake failed: ${error instanceof Error ? error.message : error}` }))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('expected an address')
  return { server, origin: `http://127.0.0.1:${address.port}` }
}

async function answer(fake: FakeGithub, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const bytes = Buffer.concat(await request.toArray())
  if (fake.isDown) return void request.socket.destroy()
  const url = new URL(request.url ?? '/', fake.url)
  const method = request.method ?? 'GET'
  let as = 'nobody'
  const reply = await settle(() => {
    const caller = callerOf(fake, request.headers.authorization)
    as = caller.login
    return handle(fake, { method, url, bytes, caller })
  })
  const etag = `"${createHash('sha256')
    .update(JSON.stringify(reply.body ?? null))
    .digest('hex')
    .slice(0, 20)}"`
  const isSame = method === 'GET' && reply.status === 200 && request.headers['if-none-match'] === etag
  if (!isSame) fake.budget -= 1
  const status = isSame ? 304 : reply.status
  fake.asked.push({ method, path: url.pathname, status, as })
  const body = isSame || reply.body === undefined ? undefined : JSON.stringify(reply.body)
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(method === 'GET' && reply.status === 200 ? { etag } : {}),
    ...reply.headers,
    'x-ratelimit-remaining': String(Math.max(0, fake.budget)),
    'x-ratelimit-reset': String(Math.floor(fake.world.clock.now() / 1000) + 3600),
    'x-github-request-id': 'fake',
  })
  response.end(body)
}

async function settle(work: () => Reply): Promise<Reply> {
  try {
    return work()
  } catch (error) {
    if (error instanceof ApiError)
      return { status: error.status, body: { message: error.message }, headers: error.headers }
    if (error instanceof Refused) return { status: error.status, body: { message: error.message } }
    throw error
  }
}

interface Given {
  method: string
  url: URL
  bytes: Buffer
  caller: Caller
}

function handle(fake: FakeGithub, { method, url, bytes, caller }: Given): Reply {
  if (fake.budget <= 0) throw new ApiError(403, 'API rate limit exceeded for installation.')
  const found = findOperation(method, url.pathname)
  if (!found) throw new ApiError(404, 'Not Found')
  const { operation, parameters } = found
  const body = bytes.length === 0 ? undefined : (JSON.parse(bytes.toString('utf8')) as Json)
  const faults = faultsOfRequest(operation, url.searchParams, body)
  // The real one forgives some of this; a client that is held to the description never needs it to.
  if (faults.length > 0) throw new ApiError(422, `not as described: ${faults.join('; ')}`)
  const handler = handlers[`${operation.method} ${operation.path}`]
  if (!handler) throw new ApiError(501, `the fake does not answer ${operation.method} ${operation.path}`)
  return judged(operation, handler({ fake, caller, parameters, query: url.searchParams, url, body: body ?? {} }))
}

function judged(operation: Operation, reply: Reply): Reply {
  const body = reply.body === undefined ? undefined : completeReply(operation, reply.status, reply.body)
  const faults = faultsOfReply(operation, reply.status, body)
  if (faults.length > 0) throw new Error(`a reply that GitHub does not describe: ${faults.join('; ')}`)
  return { ...reply, body }
}
