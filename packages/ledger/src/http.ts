import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import { Access } from './http/access.ts'
import { type Answer, answerTo, refusal } from './http/answer.ts'
import { type Edge, type EdgeOptions, serveEdge } from './http/edge.ts'
import { ReadRecord } from './http/read-record.ts'
import { type Asked, type Route, type RouteContext, routeOf } from './http/routes.ts'
import { layoutOf } from './layout.ts'
import type { Ledger } from './ledger.ts'
import { type Log, silent } from './log.ts'
import { nodeFiles } from './node-files.ts'

export interface ServeOptions extends EdgeOptions {
  /** Milliseconds since 1970. */
  now: () => number
  /** Writes down who reads what: docs/formats/ledger.md "Recorded reads". Default false. */
  recordReads?: boolean
  /** Default `nodeFiles`. */
  files?: Files
}

export type ServedLedger = Edge

interface Context extends RouteContext {
  access: Access
  reads: ReadRecord | undefined
  log: Log
}

/** docs/formats/ledger.md "Over HTTP". Code: `config_damaged` (the credentials). */
export async function serveLedger(ledger: Ledger, options: ServeOptions): Promise<ServedLedger> {
  const { now, recordReads = false, files = nodeFiles, log = silent } = options
  const access = new Access({ files, path: layoutOf(ledger.dir).credentials, now, log })
  const reads = recordReads ? new ReadRecord({ files, dir: join(ledger.dir, 'reads'), now, log }) : undefined
  const health = () => ({ credentials: access.state, reads: reads?.state ?? 'not_recorded' })
  const context: Context = { ledger, now, health, access, reads, log }
  const edge = await serveEdge(options, (request, path, query) => handle(context, request, path, query))
  return {
    url: edge.url,
    async close() {
      await edge.close()
      await reads?.close()
    },
  }
}

function handle(context: Context, request: IncomingMessage, path: string, query: string): Answer | Promise<Answer> {
  const route = routeOf(path)
  if (route === undefined) return refusal('not_found', 'there is nothing at this address')
  const { method } = route
  if (request.method !== method) {
    return refusal('method_not_allowed', `this address takes ${method} only`, ['allow', method])
  }
  if ('open' in route) return route.handle(context)
  // Before a byte of the body is read: strangers are not given memory.
  const asked = { request, path, query, caller: context.access.callerOf(request) }
  const { reads } = context
  const isRecorded = method === 'GET' && asked.caller.may.includes('read')
  return reads !== undefined && isRecorded ? recorded(context, reads, route, asked) : perform(context, route, asked)
}

function perform(context: Context, route: Route, asked: Asked): Answer | Promise<Answer> {
  const { name, may } = asked.caller
  if (route.oneOf.some(right => may.includes(right))) return route.handle(context, asked)
  throw new LedgerError('not_allowed', `the credential of ${name} may not ${route.oneOf.join(' or ')}`)
}

/** Written down before it is answered; what shows entries is not shown unrecorded. */
async function recorded(context: Context, reads: ReadRecord, route: Route, asked: Asked): Promise<Answer> {
  const { path, query, caller } = asked
  const answer = await answered(context, route, asked)
  const target = query === '' ? path : `${path}?${query}`
  const written = reads.write({ name: caller.name, credential: caller.id, target, status: answer.status })
  if (written || !route.showsEntries) return answer
  const message = 'reads of this ledger are recorded, and this one could not be: its disk may be full'
  return refusal('read_not_recorded', `${message}. /healthz says when it can again`)
}

async function answered(context: Context, route: Route, asked: Asked): Promise<Answer> {
  try {
    return await perform(context, route, asked)
  } catch (error) {
    return answerTo(error, context.log)
  }
}
