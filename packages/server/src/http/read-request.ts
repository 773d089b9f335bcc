import type { AnyEndpoint } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import type { z } from 'zod'

/** A program with its files is the largest body there is; everything else is far below. */
export const bodyBytesMax = 4 * 1024 * 1024

/** What a route is given, each part checked by its schema. Parts that a route does not have are absent. */
export interface ReadInput {
  params?: unknown
  query?: unknown
  body?: unknown
}

/** Reads and checks all that came with a request. Throws `bad_request`, `too_large`. */
export async function readInput(
  route: AnyEndpoint,
  request: Request,
  params: Record<string, string>,
): Promise<ReadInput> {
  const input: ReadInput = {}
  if (route.params) input.params = checked(route.params, params, 'the address')
  if (route.query) input.query = checked(route.query, readQuery(request), 'the query')
  if (route.body) input.body = checked(route.body, await readJson(request), 'the body')
  return input
}

function readQuery(request: Request): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of new URL(request.url).searchParams) {
    // Which of two would count is a guess that an attacker could steer.
    if (Object.hasOwn(query, name))
      throw new BreakglassError('bad_request', `The query names ${name.slice(0, 50)} twice.`)
    query[name] = value
  }
  return query
}

async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') {
    throw new BreakglassError('bad_request', `The body must be application/json, and was ${type ?? 'of no type'}.`)
  }
  const text = await readBounded(request)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BreakglassError('bad_request', { message: 'The body is not JSON.', cause })
  }
}

/** Content-Length is not believed: bytes are counted as they come. */
async function readBounded(request: Request): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body ?? []) {
    length += part.length
    if (length > bodyBytesMax) throw new BreakglassError('too_large', `The body is larger than ${bodyBytesMax} bytes.`)
    parts.push(part)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts))
  } catch (cause) {
    throw new BreakglassError('bad_request', { message: 'The body is not UTF-8.', cause })
  }
}

function checked(schema: z.ZodType, value: unknown, where: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.slice(0, 5).map(issue => `${issue.path.join('.') || where}: ${issue.message}`)
  throw new BreakglassError('bad_request', {
    message: `In ${where}: ${problems.join('; ')}`,
    data: { problems },
    cause: result.error,
  })
}
