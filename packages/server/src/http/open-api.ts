import type { Access, AnyEndpoint } from '@breakglass/core/contract'
import { errorCodes, errorTable } from '@breakglass/core/errors'
import { z } from 'zod'

type Json = { [key: string]: unknown }

/** Codes that any route may answer with, beyond its own. */
const everywhere = ['bad_request', 'too_large', 'too_many', 'store_unavailable', 'stopping', 'internal'] as const
const withToken = ['not_signed_in', 'token_expired', 'not_allowed'] as const

/** The contract as an OpenAPI 3.1 document (its schemas are JSON Schema 2020-12, which zod prints). */
export function openApiDocument(
  routes: Record<string, AnyEndpoint>,
  { version, prefix }: { version: string; prefix: string },
): Json {
  const components: Json = { Failure: failureSchema() }
  const paths: { [path: string]: Json } = {}
  for (const route of Object.values(routes)) {
    const path = (paths[prefix + route.path] ??= {})
    path[route.method] = operation(route, components)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Breakglass', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: { schemas: components, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  }
}

function operation(route: AnyEndpoint, components: Json): Json {
  const type = route.replyType === 'text' ? 'text/plain' : 'application/json'
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [route.tag],
    security: route.access === 'nobody' ? [] : [{ token: [] }],
    description: accessWords[route.access],
    parameters: [
      ...parameters(route.params, 'path', route.id, components),
      ...parameters(route.query, 'query', route.id, components),
    ],
    ...(route.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jsonSchema(route.body, 'input', `${route.id}Body`, components) } },
      },
    }),
    responses: {
      200: {
        description: 'Done.',
        content: { [type]: { schema: jsonSchema(route.reply, 'output', `${route.id}Reply`, components) } },
      },
      ...failures(route),
    },
  }
}

function parameters(schema: z.ZodType | undefined, where: 'path' | 'query', id: string, components: Json): Json[] {
  if (schema === undefined) return []
  const object = jsonSchema(schema, 'input', `${id}${where}`, components)
  const required = new Set(Array.isArray(object['required']) ? object['required'] : [])
  return Object.entries(object['properties'] ?? {}).map(([name, shape]) => ({
    name,
    in: where,
    required: where === 'path' || required.has(name),
    schema: shape,
  }))
}

/** One answer a status; its description lists the codes that share it. */
function failures(route: AnyEndpoint): Json {
  const codes = new Set([...everywhere, ...(route.access === 'nobody' ? [] : withToken), ...route.errors])
  const byStatus = Map.groupBy(codes, code => errorTable[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      status,
      {
        description: sharing.map(code => `\`${code}\`: ${errorTable[code].words}`).join(' '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
      },
    ]),
  )
}

const failureSchema = (): Json => ({
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { enum: errorCodes }, message: { type: 'string' }, data: { type: 'object' } },
    },
  },
})

/** zod keeps recursive shapes in `$defs` of their own schema; in this document they live among the components. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', name: string, components: Json): Json {
  const { $schema: _, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  const move = (value: unknown): unknown => rewriteReferences(value, name)
  for (const [inner, definition] of Object.entries($defs ?? {})) components[`${name}_${inner}`] = move(definition)
  return move(rest) as Json // an object goes in, an object comes out
}

function rewriteReferences(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map(item => rewriteReferences(item, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', `#/components/schemas/${name}_`)
        : rewriteReferences(inner, name),
    ]),
  )
}

const accessWords = {
  nobody: 'Takes no token.',
  person: 'Takes the token of a person.',
  admin: 'Takes the token of an administrator.',
  point: 'Takes the token of an enforcement point.',
  reporter: 'Takes the token of a reporter.',
  'anybody with a token': 'Takes any token.',
} as const satisfies Record<Access, string>
