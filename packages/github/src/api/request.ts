import { BreakglassError } from '@breakglass/core/errors'

export interface Asking {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT'
  /** Begins with a slash; with its query. */
  path: string
  body?: unknown
  secret: string
  /** Of the answer that is held. */
  tag?: string
}

export interface Answer {
  path: string
  status: number
  body: unknown
  tag?: string
  /** The next page, as a path. */
  next?: string
  /** Requests left in this hour, and when the next one begins. */
  remaining?: number
  resetAtMs?: number
}

const timeoutMs = 15_000
const bodyBytesMax = 32 * 1024 * 1024
/** The version of the description that this client is held to. */
const apiVersion = '2022-11-28'

/** One request and its answer. Throws `forge_unavailable`, `forge_refused`. */
export async function sendRequest(base: string, asking: Asking): Promise<Answer> {
  const { method, path, body, secret, tag } = asking
  const url = new URL(base.replace(/\/$/, '') + path)
  const response = await reach(url, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${secret}`,
      'user-agent': 'breakglass',
      'x-github-api-version': apiVersion,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(tag !== undefined && { 'if-none-match': tag }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    // A redirect could carry the token elsewhere; a repository that was renamed is found again by its id.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await readBounded(response, path)
  if (response.status === 304) return { path, status: 304, body: undefined, ...countOf(response) }
  const read = jsonOf(text)
  if (!response.ok) throw failure(asking, response, read)
  if (read === undefined && text !== '') {
    throw new BreakglassError('forge_unavailable', `GitHub answered ${method} ${path} with what is no JSON.`)
  }
  const etag = response.headers.get('etag')
  return {
    path,
    status: response.status,
    body: read,
    ...(etag !== null && { tag: etag }),
    ...nextOf(response, base),
    ...countOf(response),
  }
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    const why =
      cause instanceof Error && cause.name === 'TimeoutError'
        ? `no answer within ${timeoutMs / 1000} s`
        : 'no connection'
    throw new BreakglassError('forge_unavailable', {
      message: `GitHub at ${url.origin} cannot be reached: ${why}.`,
      cause,
    })
  }
}

async function readBounded(response: Response, path: string): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    for await (const part of response.body ?? []) {
      length += part.length
      if (length > bodyBytesMax) break
      parts.push(part)
    }
  } catch (cause) {
    throw new BreakglassError('forge_unavailable', { message: `GitHub broke off its answer to ${path}.`, cause })
  }
  if (length <= bodyBytesMax) return Buffer.concat(parts).toString('utf8')
  throw new BreakglassError('forge_unavailable', `GitHub answered ${path} with more than ${bodyBytesMax} bytes.`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function failure({ method, path }: Asking, response: Response, body: unknown): BreakglassError {
  const { status, headers } = response
  const said = messageOf(body)
  const data = { status, ...(said !== undefined && { said }) }
  const message = `GitHub answered ${method} ${path} with ${status}${said === undefined ? '' : `: ${said}`}.`
  const isLimited =
    status === 429 || (status === 403 && (headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after')))
  if (isLimited) {
    const retryAfter = Number(headers.get('retry-after') ?? Number.NaN)
    const wait = Number.isFinite(retryAfter) ? ` Ask again in ${retryAfter} s.` : ''
    return new BreakglassError('forge_unavailable', { message: `${message}${wait}`, data: { ...data, limited: true } })
  }
  if (status >= 500 || status < 400) return new BreakglassError('forge_unavailable', { message, data })
  return new BreakglassError('forge_refused', { message, data })
}

const messageMax = 300

function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('message' in body) || typeof body.message !== 'string')
    return undefined
  // It goes to a terminal and to logs.
  return body.message.replaceAll(/\p{Cc}/gu, ' ').slice(0, messageMax)
}

/** Only a next page below the same base is one. */
function nextOf({ headers }: Response, base: string): { next?: string } {
  const link = /<([^>]+)>;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1]
  const prefix = base.replace(/\/$/, '')
  return link?.startsWith(`${prefix}/`) === true ? { next: link.slice(prefix.length) } : {}
}

function countOf({ headers }: Response): Pick<Answer, 'remaining' | 'resetAtMs'> {
  const [left, reset] = ['remaining', 'reset'].map(name => headers.get(`x-ratelimit-${name}`))
  const isNumber = (text: string | null | undefined): text is string => /^\d{1,12}$/.test(text ?? '')
  return {
    ...(isNumber(left) && { remaining: Number(left) }),
    ...(isNumber(reset) && { resetAtMs: Number(reset) * 1000 }),
  }
}
