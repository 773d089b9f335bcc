import type { Endpoint } from '@breakglass/core/contract'
import { BreakglassError, type ErrorCode, errorCodes } from '@breakglass/core/errors'
import { z } from 'zod'
import type { Fetch } from './http.ts'
import { lostAnswer, unreachable } from './network-failure.ts'
import { readBounded } from './read-bounded.ts'

type Schema<E, Part extends 'params' | 'query' | 'body'> =
  E extends Endpoint<infer Params, infer Query, infer Body, z.ZodType>
    ? { params: Params; query: Query; body: Body }[Part]
    : never
type Given<Part extends string, S extends z.ZodType> = [z.input<S>] extends [never]
  ? unknown
  : Record<never, never> extends z.input<S>
    ? { [Name in Part]?: z.input<S> }
    : { [Name in Part]: z.input<S> }

/** What one route takes, as its schemas say. */
export type CallInput<E extends AnyRoute> = Given<'params', Schema<E, 'params'>> &
  Given<'query', Schema<E, 'query'>> &
  Given<'body', Schema<E, 'body'>>

export type AnyRoute = Endpoint<z.ZodType, z.ZodType, z.ZodType, z.ZodType>

export interface Client {
  /**
   * Calls one route of the contract. The request is checked before it is sent, the reply before it is believed.
   * Throws what the server answered, by its code; `server_unavailable` when nothing, or nothing of ours, answered;
   * `bad_input` when the request is not of the route's form.
   */
  call<E extends AnyRoute>(route: E, input: CallInput<E>): Promise<z.output<E['reply']>>
  /** How far this machine's clock is ahead of the server's, ms, as of the last answer; negative: behind. */
  clockSkewMs(): number | undefined
  readonly server: string
}

export interface ClientOptions {
  /** Without a trailing slash; `/api/v1` is added. */
  server: string
  /** Absent only before signing in. */
  token?: string
  fetch: Fetch
  now(): number
  /** Each route's own; default 20 s: a grant waits 5 s for the ledger. */
  timeoutMs?: number
}

const timeoutMsDefault = 20_000
const replyBytesMax = 96 * 1024 * 1024

/** A process that asks once or twice spends more on generating a parser for each object than the parser saves it. */
const once = { jitless: true }

export function createClient(options: ClientOptions): Client {
  let skew: number | undefined
  return {
    server: options.server,
    clockSkewMs: () => skew,
    async call(route, input) {
      const given = input as Record<string, unknown> // an object of the route's parts, whichever it has
      const request = requestOf(route, given, options)
      const sentAtMs = options.now()
      const answer = await exchange(route, request, options)
      skew = skewOf(answer.date, sentAtMs, options.now()) ?? skew
      if (!answer.ok) throw failureOf(answer.status, answer.text, options.server)
      return readReply(route, answer.text, options.server)
    },
  }
}

/** Whether a call of this route may open or change anything: then a lost answer is not "nothing happened". */
const isEffect = (route: AnyRoute) =>
  route.method !== 'get' && route.id !== 'explainGlass' && route.id !== 'checkProgram'

interface PreparedRequest {
  url: string
  method: string
  headers: Record<string, string>
  body?: string
}

function requestOf(route: AnyRoute, given: Record<string, unknown>, { server, token }: ClientOptions): PreparedRequest {
  const params = checked(route.params, given['params'], `${route.id} parameters`)
  const query = checked(route.query, given['query'] ?? {}, `${route.id} query`)
  const body = checked(route.body, given['body'], `${route.id} body`)
  const url = new URL(`${server}/api/v1${fillPath(route.path, params)}`)
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const headers = {
    accept: route.replyType === 'text' ? 'text/plain' : 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const method = route.method.toUpperCase()
  return { url: url.href, method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
}

/** As its own words, not as sent: a schema that reads a number from a query must not change what is written there. */
function checked(schema: z.ZodType | undefined, value: unknown, what: string): Record<string, unknown> | undefined {
  if (schema === undefined) return undefined
  const parsed = schema.safeParse(value, once)
  if (parsed.success) return value as Record<string, unknown> // every part of a request is an object
  throw new BreakglassError('bad_input', {
    message: `What was given is not of the form that ${what} take.\n${z.prettifyError(parsed.error)}`,
    cause: parsed.error,
  })
}

function fillPath(path: string, params: Record<string, unknown> | undefined): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params?.[name])))
}

interface Answer {
  ok: boolean
  status: number
  date: string | null
  text: string
}

async function exchange(route: AnyRoute, request: PreparedRequest, options: ClientOptions): Promise<Answer> {
  const { server, timeoutMs = timeoutMsDefault } = options
  try {
    const { url, ...init } = request
    const response = await options.fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
    const text = await readBounded(response, replyBytesMax)
    return { ok: response.ok, status: response.status, date: response.headers.get('date'), text }
  } catch (cause) {
    throw unreachable(cause) || !isEffect(route) ? notReached(server, cause) : lostAnswer(server, cause)
  }
}

function notReached(server: string, cause: unknown): BreakglassError {
  return new BreakglassError('server_unavailable', {
    message: `The server at ${server} could not be reached. Nothing was opened.`,
    data: {
      found: wordsOf(cause),
      next: 'check the address and the network; the sealed kit and offline grants need no server',
    },
    cause,
  })
}

const wordsOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  const inner = cause.cause instanceof Error ? cause.cause : cause
  // A host with several addresses fails with a list of errors and no message of its own.
  return inner.message || ('code' in inner ? String(inner.code) : inner.name)
}

function failureOf(status: number, text: string, server: string): BreakglassError {
  const parsed = errorBody.safeParse(parseJson(text), once)
  if (parsed.success) {
    const { code, message, data } = parsed.data.error
    return new BreakglassError(code, { message, ...(data === undefined ? {} : { data }) })
  }
  return new BreakglassError('server_unavailable', {
    message: `What answers at ${server} is not a Breakglass server of this version: it said ${status} in another form.`,
    data: { next: 'check the address: breakglass whoami --server …' },
  })
}

const errorBody = z.object({
  error: z.object({
    code: z.enum(errorCodes as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    data: z.record(z.string(), z.unknown()).optional(),
  }),
})

function readReply<E extends AnyRoute>(route: E, text: string, server: string): z.output<E['reply']> {
  const parsed = route.reply.safeParse(route.replyType === 'text' ? text : parseJson(text), once)
  if (parsed.success) return parsed.data as z.output<E['reply']> // what this very schema answered
  throw new BreakglassError('internal', {
    message: `The server at ${server} answered ${route.id} in a form this version does not know; it may be newer or older.\n${z.prettifyError(parsed.error)}`,
    cause: parsed.error,
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The Date header has whole seconds and was written somewhere between sending and receiving. */
function skewOf(date: string | null, sentAtMs: number, receivedAtMs: number): number | undefined {
  const server = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(server)) return undefined
  if (server >= sentAtMs - 1000 && server <= receivedAtMs) return 0
  return server > receivedAtMs ? receivedAtMs - server : sentAtMs - 1000 - server
}
