import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIPv6 } from 'node:net'
import { encodeBase64, formatDigest, msToInstant } from '@breakglass/verify'
import { type Credential, type Right, recognize } from './credentials.ts'
import { errorTable, LedgerError, type LedgerErrorCode, messageOf } from './errors.ts'
import { BodyReader, splitLines } from './http-body.ts'
import type { Ledger } from './ledger.ts'
import { type Log, silent } from './log.ts'
import type { LoggedEntry } from './sequencer.ts'

export interface ServeOptions {
  /** Default 127.0.0.1. */
  host?: string
  /** Default 0: one the system picks. */
  port?: number
  /** Milliseconds since 1970, for `/healthz`. */
  now: () => number
  log?: Log
  /** For the headers, and for the whole request with its body. Defaults 10 s and 30 s. */
  headersTimeoutMs?: number
  requestTimeoutMs?: number
}

export interface ServedLedger {
  /** Without a slash at the end. */
  url: string
  /** Takes no more connections; resolves when the requests under way are answered, at most 5 s later. */
  close(): Promise<void>
}

const connectionsMax = 1024
const headerBytesMax = 8192
/** Longer than callers keep a connection idle, so that it is they who close it and none is lost to a race. */
const keepAliveMs = 65_000
const closeGraceMs = 5000

/** docs/formats/ledger.md "Over HTTP". TLS belongs in front: the ledger itself speaks plain HTTP. */
export async function serveLedger(ledger: Ledger, options: ServeOptions): Promise<ServedLedger> {
  const { host = '127.0.0.1', port = 0, headersTimeoutMs = 10_000, requestTimeoutMs = 30_000 } = options
  const timeouts = { headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveMs }
  const connectionsCheckingInterval = Math.min(1000, headersTimeoutMs, requestTimeoutMs)
  const server = createServer({ ...timeouts, connectionsCheckingInterval, maxHeaderSize: headerBytesMax })
  server.maxConnections = connectionsMax
  const context: Context = {
    ledger,
    bodies: new BodyReader(),
    now: options.now,
    log: options.log ?? silent,
    closing: false,
  }
  server.on('request', (request, response) => void answer(context, request, response))
  await listen(server, host, port)
  return { url: urlOf(server), close: () => closeServer(server, context) }
}

interface Context {
  ledger: Ledger
  bodies: BodyReader
  now: () => number
  log: Log
  closing: boolean
}

interface Route {
  method: 'GET' | 'POST'
  /** `undefined`: no credential needed. */
  right: Right | undefined
  handle(context: Context, request: IncomingMessage, path: string): Promise<Answer> | Answer
}

interface Answer {
  status: number
  type: string
  body: string | Uint8Array
  caching: string
}

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    const route = routeOf(path)
    if (route === undefined) throw new LedgerError('not_found', 'there is nothing at this address')
    if (request.method !== route.method) {
      response.setHeader('allow', route.method)
      throw new LedgerError('method_not_allowed', `this address takes ${route.method} only`)
    }
    // Before a byte of the body is read: strangers are not given memory.
    if (route.right !== undefined) requireRight(context.ledger.credentials, request, route.right)
    const reply = await route.handle(context, request, path)
    // Kept alive, the connection would hold up the end.
    if (context.closing) response.setHeader('connection', 'close')
    send(response, reply)
  } catch (error) {
    refuse(context, request, response, error)
  }
}

function routeOf(path: string): Route | undefined {
  if (path === '/append') return append
  if (path.startsWith('/proof/')) return proof
  if (path === '/checkpoint') return checkpoint
  if (path.startsWith('/tile/')) return tile
  return path === '/healthz' ? healthz : undefined
}

const append: Route = {
  method: 'POST',
  right: 'append',
  async handle({ ledger, bodies }, request) {
    const type = request.headers['content-type'] ?? 'text/plain'
    if (!type.startsWith('text/plain')) throw new LedgerError('bad_entry', 'expected text/plain with one entry a line')
    const entries = await bodies.read(request, async body => await ledger.append(splitLines(body)))
    return json(200, { entries: entries.map(presentEntry) })
  },
}

const proof: Route = {
  method: 'GET',
  right: 'read',
  async handle({ ledger }, _request, path) {
    const hex = path.slice('/proof/'.length)
    if (!/^[0-9a-f]{64}$/.test(hex))
      throw new LedgerError('not_found', 'expected /proof/<64 hex digits of a leaf hash>')
    const entry = await ledger.proofFor(formatDigest(Buffer.from(hex, 'hex')))
    if (entry !== undefined) return json(200, presentEntry(entry))
    const { size } = ledger.checkpoint()
    const message = `no entry of the first ${size} has this leaf hash, and none is on its way`
    return json(errorTable.not_in_log.status, { error: { code: 'not_in_log', message }, size })
  },
}

const checkpoint: Route = {
  method: 'GET',
  right: 'read',
  handle({ ledger }) {
    const body = ledger.checkpoint().note
    return { status: 200, type: 'text/plain; charset=utf-8', body, caching: 'no-cache' }
  },
}

const tile: Route = {
  method: 'GET',
  right: 'read',
  handle({ ledger }, _request, path) {
    const body = ledger.tile(path.slice(1))
    if (body === undefined) throw new LedgerError('not_found', 'there is no such tile; ask for the full one')
    // Private, because it takes a credential to read them; what has been served never changes.
    return { status: 200, type: 'application/octet-stream', body, caching: 'private, max-age=31536000, immutable' }
  },
}

const healthz: Route = {
  method: 'GET',
  right: undefined,
  handle({ ledger, now }) {
    const { size, root } = ledger.checkpoint()
    const { origin, vkey } = ledger
    return json(200, { origin, size, root: encodeBase64(root), vkey, now: msToInstant(now()) })
  },
}

function requireRight(credentials: readonly Credential[], request: IncomingMessage, right: Right): void {
  const [, secret] = /^Bearer ([\x21-\x7e]{1,256})$/i.exec(request.headers.authorization ?? '') ?? []
  const credential = secret === undefined ? undefined : recognize(credentials, secret)
  if (credential === undefined)
    throw new LedgerError('no_credential', 'expected Authorization: Bearer <a known secret>')
  if (credential.may.includes(right)) return
  throw new LedgerError('not_allowed', `the credential ${credential.name} may not ${right}`)
}

function presentEntry({ index, leaf, proof }: LoggedEntry): { index: number; leaf: string; proof: string } {
  return { index, leaf, proof }
}

function json(status: number, value: object): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n`, caching: 'no-store' }
}

function send(response: ServerResponse, { status, type, body, caching }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': typeof body === 'string' ? Buffer.byteLength(body) : body.length,
    'cache-control': caching,
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}

function refuse({ log }: Context, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  // The caller has gone away or was cut off for being slow; there is nobody to tell.
  if (response.destroyed || response.headersSent || request.errored !== null) return
  const code: LedgerErrorCode | 'internal' = error instanceof LedgerError ? error.code : 'internal'
  const status = code === 'internal' ? 500 : errorTable[code].status
  if (status >= 500) log({ event: 'request_failed', code, message: messageOf(error) })
  // What is left of the body is not read, so the connection cannot be used again.
  if (!request.complete) response.setHeader('connection', 'close')
  const message = code === 'internal' ? 'something unexpected happened; the log says what' : messageOf(error)
  send(response, json(status, { error: { code, message } }))
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

function closeServer(server: Server, context: Context): Promise<void> {
  context.closing = true
  return new Promise(resolve => {
    const force = setTimeout(() => server.closeAllConnections(), closeGraceMs)
    server.close(() => {
      clearTimeout(force)
      resolve()
    })
    server.closeIdleConnections()
  })
}
