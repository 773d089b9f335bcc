import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BreakglassError } from '@breakglass/core/errors'
import { getRequestListener } from '@hono/node-server'

export interface Listening {
  url: string
  /** From now on; until then everything is answered with 503. */
  handle(fetch: (request: Request) => Response | Promise<Response>): void
  /** Before everything else, one path whose handler gets the raw bytes: a signature over a body is not over its JSON. */
  handleRaw(path: string, take: (request: IncomingMessage, response: ServerResponse) => void): void
  /** Takes no more, and waits for what runs. */
  close(): Promise<void>
}

const headersTimeoutMs = 10_000
const requestTimeoutMs = 60_000

/** Holds the address before the start goes on, so that two servers cannot both believe they have it. Throws `usage`. */
export async function listen({ host, port }: { host: string; port: number }): Promise<Listening> {
  let fetch = (_request: Request): Response | Promise<Response> =>
    new Response('{"error":{"code":"stopping","message":"The server is starting; try again."}}', {
      status: 503,
      headers: { 'Content-Type': 'application/json', 'Retry-After': '1' },
    })
  const raw = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>()
  const cooked = getRequestListener(request => fetch(request))
  const server = createServer(
    { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs },
    (request, response) => {
      const take = raw.get(request.url?.split('?', 1)[0] ?? '')
      if (take) take(request, response)
      else void cooked(request, response)
    },
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause =>
      reject(
        new BreakglassError('usage', { message: `${host}:${port} cannot be listened on: ${cause.message}`, cause }),
      ),
    )
    server.listen({ host, port }, resolve)
  })
  const { port: taken } = server.address() as AddressInfo // of a TCP server that listens
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    handle: given => {
      fetch = given
    },
    handleRaw: (path, take) => void raw.set(path, take),
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}
