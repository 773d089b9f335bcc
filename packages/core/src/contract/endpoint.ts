import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

/** Whose token a route takes. `person` is any signed-in person, `admin` one with that role; rules narrow further. */
export type Access = 'nobody' | 'person' | 'admin' | 'point' | 'reporter' | 'anybody with a token'

/**
 * One route of the HTTP API as data. The server's routes, the typed client and the OpenAPI document are all made from these,
 * so none of them can say something else while it compiles.
 */
export interface Endpoint<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
  Taken extends Access = Access,
> {
  id: string
  method: 'get' | 'post' | 'delete'
  /** Below `/api/v1`; parameters as `{id}`. */
  path: string
  summary: string
  tag:
    | 'people'
    | 'program'
    | 'glass'
    | 'points'
    | 'incidents'
    | 'reviews'
    | 'waivers'
    | 'repairs'
    | 'findings'
    | 'numbers'
    | 'evidence'
    | 'forum'
    | 'system'
  access: Taken
  params?: Params
  query?: Query
  body?: Body
  reply: Reply
  replyType: 'json' | 'text'
  /** Codes a caller should be ready for, beyond the ones every route has. */
  errors: readonly ErrorCode[]
}

type Given<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
  Taken extends Access,
> = Omit<Endpoint<Params, Query, Body, Reply, Taken>, 'replyType' | 'errors'> & {
  replyType?: 'json' | 'text'
  errors?: readonly ErrorCode[]
}

/** Keeps the exact types of a route's schemas while its defaults are filled in. */
export function endpoint<
  Params extends z.ZodType = z.ZodNever,
  Query extends z.ZodType = z.ZodNever,
  Body extends z.ZodType = z.ZodNever,
  Reply extends z.ZodType = z.ZodType,
  const Taken extends Access = Access,
>(given: Given<Params, Query, Body, Reply, Taken>): Endpoint<Params, Query, Body, Reply, Taken> {
  return { replyType: 'json', errors: [], ...given }
}

// biome-ignore format: one line reads better
export type AnyEndpoint = Endpoint<z.ZodType, z.ZodType, z.ZodType, z.ZodType>
