import type { Access, AnyEndpoint, Endpoint } from '@breakglass/core/contract'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import { admit, type Authenticate, type CallerOf } from './admit.ts'
import { openApiDocument } from './open-api.ts'
import { presentFailure, type ReportDefect } from './present-failure.ts'
import { readInput } from './read-request.ts'

export const apiPrefix = '/api/v1'

type Routes = Record<string, AnyEndpoint>
type Part<S> = S extends z.ZodType ? z.output<S> : never

/** What one handler is called with: checked parts of the request, and the caller that its route's access lets in. */
export interface Call<E extends AnyEndpoint> {
  params: E extends Endpoint<infer P, z.ZodType, z.ZodType, z.ZodType> ? Part<P> : never
  query: E extends Endpoint<z.ZodType, infer Q, z.ZodType, z.ZodType> ? Part<Q> : never
  body: E extends Endpoint<z.ZodType, z.ZodType, infer B, z.ZodType> ? Part<B> : never
  caller: CallerOf<E['access'] & Access>
}

/** One function a route. It knows no HTTP: it takes what was checked and gives what the route replies. */
export type Handlers<R extends Routes> = { [Id in keyof R]: (call: Call<R[Id]>) => Promise<z.input<R[Id]['reply']>> }

export interface AppOptions<R extends Routes> {
  routes: R
  handlers: Handlers<R>
  authenticate: Authenticate
  reportDefect: ReportDefect
  version: string
}

/** The HTTP API, made of the contract: `Request` in, `Response` out, no port. */
export function createApp<R extends Routes>({
  routes,
  handlers,
  authenticate,
  reportDefect,
  version,
}: AppOptions<R>): Hono {
  const app = new Hono()
  const document = openApiDocument(routes, { version, prefix: apiPrefix })
  app.use(async (context, next) => {
    await next()
    secure(context)
  })
  app.get(`${apiPrefix}/openapi.json`, context => context.json(document))
  for (const [id, route] of Object.entries(routes)) {
    const handler = handlers[id]
    invariant(handler, `route ${id} has a handler`)
    // A handler of one route is only ever called with what that route's schemas let through.
    const run = handler as unknown as (call: unknown) => Promise<unknown>
    app.on(route.method.toUpperCase(), apiPrefix + honoPath(route.path), async context => {
      const caller = await admit(route.access, context.req.header('authorization'), authenticate)
      const input = await readInput(route, context.req.raw, context.req.param())
      return reply(route, await run({ ...input, caller }))
    })
  }
  refuseOtherMethods(app, routes, reportDefect)
  app.notFound(() =>
    presentFailure('none', new BreakglassError('not_found', 'There is nothing at this address.'), reportDefect),
  )
  app.onError((failure, context) => presentFailure(context.req.path, failure, reportDefect))
  return app
}

const honoPath = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** A reply that is not what its route promises is a defect of ours, found here rather than in a client at night. */
function reply(route: AnyEndpoint, value: unknown): Response {
  const checked = route.reply.parse(value)
  if (route.replyType === 'text') {
    return new Response(String(checked), { headers: { 'Content-Type': 'text/plain; charset=utf-8' } })
  }
  return Response.json(checked)
}

function refuseOtherMethods(app: Hono, routes: Routes, reportDefect: ReportDefect): void {
  const allowed = Map.groupBy(Object.values(routes), route => route.path)
  for (const [path, sharing] of allowed) {
    const methods = sharing.map(route => route.method.toUpperCase()).join(', ')
    app.all(apiPrefix + honoPath(path), context => {
      const failure = new BreakglassError('method_not_allowed', `This address takes ${methods}.`)
      const response = presentFailure(context.req.path, failure, reportDefect)
      // RFC 9110 §15.5.6: a 405 names the methods that are taken.
      response.headers.set('Allow', methods)
      return response
    })
  }
}

/** Answers hold what only their caller may see, and nothing here is ever a page to frame or to run. */
function secure(context: Context): void {
  context.res.headers.set('Cache-Control', 'no-store')
  context.res.headers.set('X-Content-Type-Options', 'nosniff')
  context.res.headers.set('Referrer-Policy', 'no-referrer')
  context.res.headers.set('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
}
