import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { completed } from './completed.ts'

/*
 * What GitHub promises of its requests, replies and webhooks (`openapi.json`, `webhooks.json`, cut out of its published
 * descriptions by scripts/github-openapi.ts), as judge of everything that passes through the fake.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined }
export type JsonObject = { [key: string]: Json | undefined }
export type Schema = { [key: string]: unknown }

export interface Operation {
  method: string
  /** As GitHub writes it: `/repos/{owner}/{repo}`. */
  path: string
  parameters: { name: string; in: string; required: boolean; schema: Schema }[]
  body?: Schema
  bodyRequired?: boolean
  /** By status; null for a reply without a JSON body. */
  replies: Record<string, Schema | null>
}

const root = 'https://description.example/'

export const operations: readonly Operation[] = load('openapi.json')['operations'] as Operation[]
const replySchemas = load('openapi.json')['schemas'] as Record<string, Schema>
const payloads = load('webhooks.json')['payloads'] as Record<string, Schema>
const payloadSchemas = load('webhooks.json')['schemas'] as Record<string, Schema>

const replyJudge = judgeOf(replySchemas)
const payloadJudge = judgeOf(payloadSchemas)

export interface Found {
  operation: Operation
  parameters: Record<string, string>
}

/** The operation that a path belongs to: the one with the most literal segments wins, as in GitHub's own routing. */
export function findOperation(method: string, path: string): Found | undefined {
  const found = patterns.flatMap(({ operation, pattern, literals }) => {
    const match = operation.method === method ? pattern.exec(path) : null
    return match ? [{ operation, literals, parameters: decoded(match.groups ?? {}) }] : []
  })
  return found.sort((a, b) => b.literals - a.literals)[0]
}

/** A ref or a basehead may hold slashes. */
const greedy = new Set(['ref', 'basehead', 'branch', 'path'])

const patterns = operations.map(operation => {
  const source = operation.path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => `(?<${name}>${greedy.has(name) ? '.+' : '[^/]+'})`,
  )
  return {
    operation,
    pattern: new RegExp(`^${source}$`),
    literals: operation.path.split('/').filter(part => !part.startsWith('{')).length,
  }
})

const decoded = (groups: Record<string, string>) =>
  Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))

/** What is wrong with a request, in words; empty when it is as GitHub describes it. */
export function faultsOfRequest(operation: Operation, query: URLSearchParams, body: Json | undefined): string[] {
  const known = new Map(operation.parameters.filter(({ in: place }) => place === 'query').map(one => [one.name, one]))
  const inQuery = [...query].flatMap(([name, value]) => {
    const parameter = known.get(name)
    if (!parameter)
      return [`query parameter "${name}" is not described; known: ${[...known.keys()].join(', ') || 'none'}`]
    return replyJudge(parameter.schema)(typed(parameter.schema, value)).map(
      fault => `query parameter "${name}": ${fault}`,
    )
  })
  if (!operation.body)
    return body === undefined || isEmpty(body) ? inQuery : [...inQuery, 'a body where none is described']
  if (body === undefined) return operation.bodyRequired ? [...inQuery, 'no body where one is required'] : inQuery
  return [...inQuery, ...unknownKeys(operation.body, body), ...replyJudge(operation.body)(body)]
}

const isEmpty = (body: Json) => typeof body === 'object' && body !== null && Object.keys(body).length === 0

function typed(schema: Schema, value: string): Json {
  const types = [schema['type']].flat()
  if (types.includes('integer') && /^-?\d+$/.test(value)) return Number(value)
  return types.includes('boolean') && (value === 'true' || value === 'false') ? value === 'true' : value
}

/** GitHub ignores a key that it does not know; a client that sends one has misread the page. */
function unknownKeys(schema: Schema, body: Json): string[] {
  const known = keysOf(schema)
  if (typeof body !== 'object' || body === null || Array.isArray(body) || known === undefined) return []
  return Object.keys(body).flatMap(key => (known.has(key) ? [] : [`body key "${key}" is not described`]))
}

function keysOf(schema: Schema): Set<string> | undefined {
  const reference = schema['$ref']
  if (typeof reference === 'string') return keysOf(replySchemas[reference.slice('#/schemas/'.length)] ?? {})
  const inner = ['anyOf', 'oneOf', 'allOf'].flatMap(key => (schema[key] as Schema[] | undefined) ?? [])
  const own = Object.keys((schema['properties'] as object | undefined) ?? {})
  const keys = [...own, ...inner.flatMap(one => [...(keysOf(one) ?? [])])]
  return keys.length > 0 ? new Set(keys) : undefined
}

/** A reply with every key that GitHub promises: what the fake does not keep is filled neutrally. */
export function completeReply(operation: Operation, status: number, reply: Json): Json {
  const schema = operation.replies[String(status)]
  return schema ? completed(schema, reply, { schemas: replySchemas, judge: replyJudge }) : reply
}

export function faultsOfReply(operation: Operation, status: number, reply: Json | undefined): string[] {
  const schema = operation.replies[String(status)]
  // Refusals that every operation shares (401, rate limits, 404 for what one may not see) are described on other pages.
  if (schema === undefined)
    return status >= 400 ? [] : [`status ${status} is not described for ${operation.method} ${operation.path}`]
  if (schema === null) return reply === undefined ? [] : [`a body where ${status} has none`]
  return reply === undefined ? [`no body where ${status} has one`] : replyJudge(schema)(reply)
}

/** The name of a payload in GitHub's description. Events without actions stand there by themselves. */
const payloadName = (event: string, action?: string) => [event, action].filter(Boolean).join('-').replaceAll('_', '-')

function payloadSchema(event: string, action?: string): Schema {
  const schema = payloads[payloadName(event, action)]
  if (!schema) throw new Error(`no webhook ${payloadName(event, action)}; add it to scripts/github-openapi/wanted.ts`)
  return schema
}

export const completePayload = (event: string, action: string | undefined, payload: JsonObject): JsonObject =>
  completed(payloadSchema(event, action), payload, { schemas: payloadSchemas, judge: payloadJudge }) as JsonObject

export const faultsOfPayload = (event: string, action: string | undefined, payload: Json): string[] =>
  payloadJudge(payloadSchema(event, action))(payload)

export type Judge = (schema: Schema) => (value: unknown) => string[]

function judgeOf(schemas: Record<string, Schema>): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateSchema: false })
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
  ajv.addFormat('date-time', instant)
  ajv.addFormat('uri', /^[a-z][a-z0-9+.-]*:[^\s]*$/i)
  for (const format of ['uri-template', 'email', 'int64', 'int32', 'repo.nwo', 'timestamp', 'date', 'uuid'])
    ajv.addFormat(format, true)
  ajv.addSchema({ $id: root, schemas })
  const compiled = new Map<string, ValidateFunction>()
  return schema => value => {
    const text = JSON.stringify(schema)
    const validate = compiled.get(text) ?? ajv.compile(absolute(schema) as object)
    compiled.set(text, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    )
  }
}

/** References of a schema that is compiled alone lead into the shared ones. */
function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? root + inner : absolute(inner),
    ]),
  )
}

function load(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'))
}
