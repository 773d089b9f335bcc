import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { operations, webhooks } from './github-openapi/wanted.ts'

/*
 * Cuts what the fake GitHub under tests/support/github needs out of GitHub's published descriptions, once per update:
 *
 *     node scripts/github-openapi.ts && biome format --write tests/support/github/*.json
 *
 * The sources unpack to 385 MB, so they are fetched into a temporary directory and are nobody's dependency.
 */
const sources = { api: '@octokit/openapi@23.0.2', webhooks: '@octokit/openapi-webhooks@12.1.0' }
const target = join(import.meta.dirname, '..', 'tests', 'support', 'github')

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Dictionary = { [key: string]: Json }

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'github-openapi-'))
  try {
    save('openapi.json', extractOperations(unpack(folder, sources.api), sources.api))
    save('webhooks.json', extractWebhooks(unpack(folder, sources.webhooks), sources.webhooks))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function unpack(folder: string, source: string): Dictionary {
  const file = execFileSync('npm', ['pack', '--silent', source], { cwd: folder, encoding: 'utf8' }).trim()
  const path = 'package/generated/api.github.com.json'
  execFileSync('tar', ['xzf', file, path], { cwd: folder })
  const description = JSON.parse(readFileSync(join(folder, path), 'utf8')) as Dictionary
  rmSync(join(folder, 'package'), { recursive: true })
  return description
}

const save = (name: string, value: Dictionary) =>
  writeFileSync(join(target, name), `${JSON.stringify(value, null, 1)}\n`)

const said = (source: string, description: Dictionary): Dictionary => ({
  source,
  licence: 'MIT',
  origin: 'https://github.com/github/rest-api-description',
  version: at(description, 'info', 'version') ?? '',
})

function extractOperations(description: Dictionary, source: string): Dictionary {
  const found = operations.map(operation => {
    const [method, path] = operation.split(' ') as [string, string]
    const item = at(description, 'paths', path, method.toLowerCase())
    if (!isDictionary(item)) throw new Error(`${source} has no ${operation}; look for its new name in "paths"`)
    return { method, path, ...operationOf(description, item) }
  })
  return { ...said(source, description), operations: found, schemas: reachable(description, found, fromOpenApi30) }
}

/** Of one operation: its parameters, the schema of its body, and for each status the schema of the reply or null for an empty one. */
function operationOf(description: Dictionary, item: Dictionary): Dictionary {
  const parameters = listOf(item['parameters']).map(parameter => {
    const { name, in: place, required, schema } = dictionary(resolve(description, parameter))
    return { name: name ?? '', in: place ?? '', required: required ?? false, schema: fromOpenApi30(schema ?? {}) }
  })
  const body = jsonOf(item['requestBody'])
  const replies = Object.entries(dictionary(item['responses'])).map(([status, reply]) => {
    const schema = jsonOf(resolve(description, reply))
    return [status, schema === undefined ? null : fromOpenApi30(schema)] as const
  })
  return {
    parameters,
    ...(body === undefined
      ? {}
      : { body: fromOpenApi30(body), bodyRequired: at(dictionary(item['requestBody']), 'required') === true }),
    replies: Object.fromEntries(replies),
  }
}

function extractWebhooks(description: Dictionary, source: string): Dictionary {
  const found = webhooks.map(name => {
    const body = jsonOf(at(description, 'webhooks', name, 'post', 'requestBody'))
    if (body === undefined) throw new Error(`${source} has no ${name}; look for its new name in "webhooks"`)
    return [name, stripped(body)] as const
  })
  const payloads = Object.fromEntries(found)
  const schemas = reachable(description, payloads, stripped)
  return { ...said(source, description), ...hoisted({ payloads, schemas }) }
}

/** Every schema that `root` leads to, however deep, by its name. */
function reachable(description: Dictionary, root: Json, convert: (schema: Json) => Json): Dictionary {
  const found: Dictionary = {}
  const waiting = referencesOf(root)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found[name] !== undefined) continue
    const schema = convert(at(description, 'components', 'schemas', name) ?? {})
    found[name] = schema
    waiting.push(...referencesOf(schema))
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Most payloads spell out the same objects: what is long and stands in several places is written once, under a name of its own. */
function hoisted({ payloads, schemas }: { payloads: Dictionary; schemas: Dictionary }): Dictionary {
  const seen = new Map<string, number>()
  each({ payloads, schemas }, text => seen.set(text, (seen.get(text) ?? 0) + 1))
  const shared: Dictionary = {}
  const names = new Map<string, string>()
  const share = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(share)
    if (!isDictionary(value)) return value
    const text = JSON.stringify(value)
    const inner = () => Object.fromEntries(Object.entries(value).map(([key, part]) => [key, share(part)]))
    if (!isLong(value, text) || (seen.get(text) ?? 0) < 2) return inner()
    const name = names.get(text) ?? `shared-${names.size + 1}`
    names.set(text, name)
    shared[name] ??= inner()
    return { $ref: moved + name }
  }
  const kept = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutOuter(schema, share)]))
  return { payloads: share(payloads), schemas: { ...kept, ...shared } }
}

/** A schema that has a name already is not replaced by another; what lies in it is. */
const withoutOuter = (schema: Json, share: (value: Json) => Json): Json =>
  isDictionary(schema) ? Object.fromEntries(Object.entries(schema).map(([key, inner]) => [key, share(inner)])) : schema

const isLong = (value: Dictionary, text: string): boolean => typeof value['type'] !== 'undefined' && text.length > 300

function each(value: Json, see: (text: string) => void): void {
  if (Array.isArray(value)) value.forEach(inner => each(inner, see))
  if (!isDictionary(value)) return
  const text = JSON.stringify(value)
  if (isLong(value, text)) see(text)
  Object.values(value).forEach(inner => each(inner, see))
}

const prefix = '#/components/schemas/'
const moved = '#/schemas/'

function referencesOf(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf)
  if (!isDictionary(value)) return []
  const here = typeof value['$ref'] === 'string' ? [value['$ref'].slice(moved.length)] : []
  return [...here, ...Object.values(value).flatMap(referencesOf)]
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type or a choice. */
function fromOpenApi30(schema: Json): Json {
  return nullables(stripped(schema))
}

function nullables(value: Json): Json {
  if (Array.isArray(value)) return value.map(nullables)
  if (!isDictionary(value)) return value
  const { nullable, ...rest } = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, nullables(inner)]))
  if (nullable !== true) return nullable === undefined || nullable === false ? rest : { nullable, ...rest }
  if (Array.isArray(rest['enum'])) return { ...rest, type: typesOf(rest), enum: [...new Set([...rest['enum'], null])] }
  if (typeof rest['type'] === 'string') return { ...rest, type: typesOf(rest) }
  return Object.keys(rest).length === 0 ? {} : { anyOf: [{ type: 'null' }, rest] }
}

const typesOf = ({ type }: Dictionary): Json => [...new Set([...[type ?? 'string'].flat(), 'null'])]

const prose = new Set([
  'description',
  'example',
  'examples',
  'title',
  'externalDocs',
  'deprecated',
  'default',
  'summary',
])

/** Without prose; what stands under `properties` is a name, and stays. */
function stripped(value: Json): Json {
  if (Array.isArray(value)) return value.map(stripped)
  if (!isDictionary(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
      if (key === 'properties' && isDictionary(inner)) return [[key, eachOf(inner)]]
      if (key === '$ref' && typeof inner === 'string') return [[key, inner.replace(prefix, moved)]]
      return prose.has(key) || key.startsWith('x-') ? [] : [[key, stripped(inner)]]
    }),
  )
}

const eachOf = (named: Dictionary): Dictionary =>
  Object.fromEntries(Object.entries(named).map(([name, inner]) => [name, stripped(inner)]))

const isDictionary = (value: Json | undefined): value is Dictionary =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const dictionary = (value: Json | undefined): Dictionary => (isDictionary(value) ? value : {})
const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
const at = (value: Json | undefined, ...path: string[]): Json | undefined =>
  path.reduce<Json | undefined>((found, key) => (isDictionary(found) ? found[key] : undefined), value)
const jsonOf = (value: Json | undefined): Json | undefined => at(value, 'content', 'application/json', 'schema')

function resolve(description: Dictionary, value: Json): Json {
  const reference = at(value, '$ref')
  return typeof reference === 'string' ? (at(description, ...reference.slice(2).split('/')) ?? {}) : value
}

main()
