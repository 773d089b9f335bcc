import type { Json, JsonObject } from '../description.ts'
import type { FakeGithub } from '../fake.ts'
import type { Caller } from './caller.ts'

export interface Reply {
  status: number
  body?: Json | undefined
  headers?: Record<string, string>
}

export interface Call {
  fake: FakeGithub
  caller: Caller
  parameters: Record<string, string>
  query: URLSearchParams
  url: URL
  body: Json
}

export type Handler = (call: Call) => Reply

export class ApiError extends Error {
  readonly status: number
  readonly headers: Record<string, string>
  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

export const ok = (body: Json): Reply => ({ status: 200, body })

/** The body of a request that the description has judged already. */
export const members = ({ body }: Call): JsonObject =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}

const perPageMax = 100

/** One page of a list, and where the next one is, as GitHub says it. */
export function page({ query, url }: Call, all: readonly Json[], wrap: (page: Json[]) => Json = items => items): Reply {
  const size = Math.min(perPageMax, Number(query.get('per_page') ?? 30))
  const number = Number(query.get('page') ?? 1)
  const items = all.slice((number - 1) * size, number * size)
  if (number * size >= all.length) return ok(wrap(items))
  const next = new URL(url)
  next.searchParams.set('page', String(number + 1))
  return { ...ok(wrap(items)), headers: { link: `<${next.href}>; rel="next"` } }
}
