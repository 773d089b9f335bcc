import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { contract } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import type { FakeServer } from './fake-server.ts'

export interface Listening {
  url: string
  close(): Promise<void>
}

/** The fake server on loopback, so that whole processes can reach it. */
export async function listen(server: FakeServer): Promise<Listening> {
  const http = createServer((request, response) => void answer(server, request, response))
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      http.closeAllConnections()
      return new Promise(resolve => http.close(() => resolve()))
    },
  }
}

async function answer(server: FakeServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const path = (request.url ?? '').replace(/^\/api\/v1/, '').replace(/\?.*$/, '')
  const method = (request.method ?? '').toLowerCase()
  const route = Object.values(contract).find(route => route.path === path && route.method === method)
  const token = request.headers.authorization?.replace(/^Bearer /, '')
  const text = Buffer.concat(chunks).toString()
  response.setHeader('date', new Date(server.now).toUTCString())
  try {
    if (route === undefined) throw new BreakglassError('not_found', `There is no ${method} ${path}.`)
    const query = Object.fromEntries(new URL(request.url ?? '', 'http://localhost').searchParams)
    const given = route.body === undefined ? query : JSON.parse(text)
    const reply = await server.handle(route.id, token, given)
    const isText = route.replyType === 'text'
    response.writeHead(200, { 'content-type': isText ? 'text/plain' : 'application/json' })
    response.end(isText ? String(reply) : JSON.stringify(reply))
  } catch (cause) {
    const error = cause instanceof BreakglassError ? cause : new BreakglassError('bad_request', String(cause))
    // What an outage looks like from outside: the connection ends without an answer.
    if (error.code === 'server_unavailable') return void response.destroy()
    const { code, message, data } = error
    response.writeHead(error.meaning.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { code, message, data } }))
  }
}
