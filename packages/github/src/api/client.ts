import type { KeyObject } from 'node:crypto'
import { BreakglassError } from '@breakglass/core/errors'
import { z } from 'zod'
import { appToken } from './app-token.ts'
import { type Answer, type Asking, sendRequest } from './request.ts'

export interface GithubApp {
  /** Its id or client id, as GitHub shows it. */
  id: string
  key: KeyObject
  installation: string
}

export interface GithubOptions {
  /** Such as `https://api.github.com`, or `https://ghe.acme.dev/api/v3`; nothing else is ever asked. */
  base: string
  app: GithubApp
  now: () => number
  /** What the token may do, at most: less than the app could is enough. */
  permissions?: Record<string, 'read' | 'write'>
}

export interface Listing {
  /** Finds the list in a page. */
  items?: (page: unknown) => unknown
  /** Asked also when few requests are left: something has to be shut. */
  isUrgent?: boolean
}

export interface GithubClient {
  get<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.output<Shape>>
  /** Every page of a list. */
  list<Shape extends z.ZodType>(path: string, item: Shape, how?: Listing): Promise<z.output<Shape>[]>
  send<Shape extends z.ZodType>(
    method: 'POST' | 'PATCH' | 'PUT',
    path: string,
    body: unknown,
    shape: Shape,
  ): Promise<z.output<Shape>>
  /** One answer as it came, also a refusal: what may not be read is a fact of its own. All pages of a list are one list. */
  answer(path: string): Promise<{ status: number; body?: unknown }>
  /** What the installation may do, and whom it sees, as its token says. */
  rights(): Promise<Record<string, string>>
  /** Requests left in this hour, as the last answer said; undefined before the first. */
  budget(): number | undefined
}

/** A token is renewed this long before it ends. */
const renewMs = 5 * 60_000
/** Answers kept to be asked for again by their tag, which costs nothing while they are the same. */
const keptMax = 500
const pagesMax = 50
/** What is kept back for opening and shutting gates: reading stops before it is touched. */
const reserve = 200

const token = z.object({
  token: z.string().min(1),
  expires_at: z.iso.datetime({ offset: true }),
  permissions: z.record(z.string(), z.string()).default({}),
})

/**
 * GitHub's REST API as one installation of an app. Only the configured base is ever asked, redirects are refused, answers are
 * bounded and read through a schema. Throws `forge_unavailable` (not reached, rate limit, a page that makes no sense) and
 * `forge_refused` (401, 403, 404, 409, 422) with the status in its data; no token is in any message.
 */
export function createGithubClient({ base, app, now, permissions }: GithubOptions): GithubClient {
  const kept = new Map<string, Answer>()
  let held: { secret: string; untilMs: number; rights: Record<string, string> } | undefined
  let left: number | undefined
  let resetAtMs = 0

  const ask = async (asking: Asking): Promise<Answer> => {
    const answer = await sendRequest(base, asking)
    left = answer.remaining ?? left
    resetAtMs = answer.resetAtMs ?? resetAtMs
    return answer
  }

  let renewing: Promise<string> | undefined

  /** Asked for by many at once, renewed once. */
  function secret(): Promise<string> {
    if (held && held.untilMs - renewMs > now()) return Promise.resolve(held.secret)
    renewing ??= renew().finally(() => (renewing = undefined))
    return renewing
  }

  async function renew(): Promise<string> {
    const path = `/app/installations/${encodeURIComponent(app.installation)}/access_tokens`
    const body = permissions === undefined ? {} : { permissions }
    const answer = await ask({ method: 'POST', path, body, secret: appToken(app.id, app.key, now()) })
    const read = parse(token, answer)
    held = { secret: read.token, untilMs: Date.parse(read.expires_at), rights: read.permissions }
    return held.secret
  }

  async function read(path: string, isUrgent = false): Promise<Answer> {
    if (!isUrgent && left !== undefined && left < reserve && now() < resetAtMs) throw tooFew(left)
    const before = kept.get(path)
    const tag = before?.tag === undefined ? {} : { tag: before.tag }
    const answer = await ask({ method: 'GET', path, secret: await secret(), ...tag })
    kept.delete(path)
    const newest = answer.status === 304 && before ? before : answer
    kept.set(path, newest)
    const oldest = kept.size > keptMax ? kept.keys().next() : undefined
    if (oldest?.value !== undefined) kept.delete(oldest.value)
    return newest
  }

  return {
    get: async (path, shape) => parse(shape, await read(path)),
    async list(path, item, { items = (page: unknown) => page, isUrgent = false } = {}) {
      const all: z.output<typeof item>[] = []
      let next: string | undefined = path
      for (let count = 0; next !== undefined; count++) {
        if (count === pagesMax) throw odd(path, `more than ${pagesMax} pages`)
        const answer: Answer = await read(next, isUrgent)
        all.push(...parse(z.array(item), { ...answer, body: items(answer.body) }))
        next = answer.next
      }
      return all
    },
    send: async (method, path, body, shape) => parse(shape, await ask({ method, path, body, secret: await secret() })),
    async answer(path) {
      try {
        const first = await read(path)
        if (!Array.isArray(first.body)) return { status: 200, body: first.body }
        const all: unknown[] = [...first.body]
        for (let { next } = first; next !== undefined; ) {
          const page = await read(next)
          all.push(...(Array.isArray(page.body) ? page.body : []))
          next = page.next
        }
        return { status: 200, body: all }
      } catch (cause) {
        const status = cause instanceof BreakglassError ? cause.data['status'] : undefined
        if (typeof status !== 'number' || !(cause instanceof BreakglassError)) throw cause
        return { status, body: { message: cause.data['said'] } }
      }
    },
    async rights() {
      await secret()
      return held?.rights ?? {}
    },
    budget: () => left,
  }
}

function parse<Shape extends z.ZodType>(shape: Shape, { path, body }: Answer): z.output<Shape> {
  const read = shape.safeParse(body)
  if (read.success) return read.data
  throw odd(path, z.prettifyError(read.error).slice(0, 500))
}

const odd = (path: string, found: string): BreakglassError =>
  new BreakglassError('forge_unavailable', `GitHub answered ${path} with what cannot be understood: ${found}`)

const tooFew = (left: number): BreakglassError =>
  new BreakglassError(
    'forge_unavailable',
    `GitHub lets this installation ask ${left} more times within the hour; what is left is kept for opening and shutting gates.`,
  )
