import type { IncomingMessage, Server } from 'node:http'
import { isIPv6 } from 'node:net'
import { type Log, silent } from '../log.ts'
import { type Answer, answerTo, send } from './answer.ts'

export interface EdgeOptions {
  /** Default 127.0.0.1. */
  host?: string
  /** Default 0: one the system picks. */
  port?: number
  log?: Log
  /** For the headers, and for the whole request with its body. Defaults 10 s and 30 s. */
  headersTimeoutMs?: number
  requestTimeoutMs?: number
}

export interface Edge {
  /** Without a slash at the end. */
  url: string
  /** Takes no more connections; resolves when the requests under way are answered, at most 5 s later. */
  close(): Promise<void>
}

/** A request for `path`, with `query` behind the question mark, neither decoded. A thrown LedgerError is answered by its code. */
export type Handle = (request: IncomingMessage, path: string, query: string) => Answer | Promise<Answer>

const connectionsMax = 1024
const headerBytesMax = 8192
/** Longer than callers keep a connection idle, so that it is they who close it and none is lost to a race. */
const keepAliveMs = 65_000
const closeGraceMs = 5000

/** A bounded HTTP/1.1 server. Plain HTTP: TLS belongs in front. Whoever is too slow is cut off with 408. */
export async function serveEdge(options: EdgeOptions, handle: Handle): Promise<Edge> {
  const { host = '127.0.0.1', port = 0, headersTimeoutMs = 10_000, requestTimeoutMs = 30_000, log = silent } = options
  const timeouts = { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveMs }
  const connectionsCheckingInterval = Math.min(1000, headersTimeoutMs, requestTimeoutMs)
  const bounds = { maxHeaderSize: headerBytesMax, connectionsCheckingInterval, noDelay: true }
  // An `import` of it reads every name it exports, one of which loads the whole of `fetch`: a tenth of a start.
  const { createServer } = process.getBuiltinModule('node:http')
  const server = createServer({ ...timeouts, ...bounds })
  server.maxConnections = connectionsMax
  let closing = false
  server.on('request', (request, response) => {
    const done = (answer: Answer) => send(request, response, answer, closing)
    const failed = (error: unknown) => {
      // The caller has gone away or was cut off for being slow; there is nobody to tell.
      if (!response.destroyed && request.errored === null) done(answerTo(error, log))
    }
    try {
      const answer = dispatch(handle, request)
      // Whoever can be answered at once costs no promise.
      if (answer instanceof Promise) void later(answer, done, failed)
      else done(answer)
    } catch (error) {
      failed(error)
    }
  })
  await listen(server, host, port)
  return {
    url: urlOf(server),
    close() {
      closing = true
      return closeServer(server)
    },
  }
}

async function later(
  answer: Promise<Answer>,
  done: (answer: Answer) => void,
  failed: (error: unknown) => void,
): Promise<void> {
  try {
    done(await answer)
  } catch (error) {
    failed(error)
  }
}

function dispatch(handle: Handle, request: IncomingMessage): Answer | Promise<Answer> {
  const target = request.url ?? '/'
  const at = target.indexOf('?')
  return at < 0 ? handle(request, target, '') : handle(request, target.slice(0, at), target.slice(at + 1))
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function urlOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('expected a server that listens on a port')
  const host = isIPv6(address.address) ? `[${address.address}]` : address.address
  return `http://${host}:${address.port}`
}

function closeServer(server: Server): Promise<void> {
  return new Promise(resolve => {
    const force = setTimeout(() => server.closeAllConnections(), closeGraceMs)
    server.close(() => {
      clearTimeout(force)
      resolve()
    })
    server.closeIdleConnections()
  })
}
