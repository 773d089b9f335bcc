import type { Judge, Schema } from './description.ts'

interface Known {
  schemas: Record<string, Schema>
  judge: Judge
}

/**
 * `value` with every key that its schema requires: those that the fake keeps nothing about are filled with the least that
 * fits (null, false, 0, an empty list, an address). What is there stays as it is, so a wrong value is still found.
 */
export function completed<T>(schema: Schema, value: T, known: Known): T {
  return fill(schema, value, known, 0) as T
}

function fill(schema: Schema, value: unknown, known: Known, depth: number): unknown {
  const { $ref } = schema
  if (typeof $ref === 'string') return fill(known.schemas[$ref.slice('#/schemas/'.length)] ?? {}, value, known, depth)
  if (Array.isArray(value)) {
    const items = schema['items'] as Schema | undefined
    return items ? value.map(item => fill(items, item, known, depth)) : chosen(schema, value, known, depth)
  }
  if (value === undefined) return least(schema, known, depth)
  if (typeof value !== 'object' || value === null) return value
  return chosen(schema, ownKeys(schema, value as Record<string, unknown>, known, depth), known, depth)
}

function ownKeys(schema: Schema, value: Record<string, unknown>, known: Known, depth: number): Record<string, unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>
  const required = new Set((schema['required'] ?? []) as string[])
  const filled = Object.entries(properties).flatMap(([key, inner]): [string, unknown][] =>
    value[key] !== undefined || required.has(key) ? [[key, fill(inner, value[key], known, depth + 1)]] : [],
  )
  return { ...value, ...Object.fromEntries(filled) }
}

/** Of several alternatives, the first that the value can be completed to. */
function chosen(schema: Schema, value: unknown, known: Known, depth: number): unknown {
  const all = ((schema['allOf'] ?? []) as Schema[]).reduce((found, part) => fill(part, found, known, depth), value)
  const choices = (schema['anyOf'] ?? schema['oneOf'] ?? []) as Schema[]
  for (const choice of choices) {
    const candidate = fill(choice, all, known, depth)
    if (known.judge(choice)(candidate).length === 0) return candidate
  }
  return all
}

function least(schema: Schema, known: Known, depth: number): unknown {
  if (depth > 12) throw new Error('a schema that requires itself')
  const { $ref } = schema
  if (typeof $ref === 'string') return least(known.schemas[$ref.slice('#/schemas/'.length)] ?? {}, known, depth + 1)
  const types = [schema['type'] ?? []].flat() as string[]
  const choices = (schema['enum'] ?? []) as unknown[]
  if (types.includes('null') || choices.includes(null)) return null
  if (choices.length > 0) return choices[0]
  const alternatives = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined
  if (alternatives) return leastOf(alternatives, known, depth)
  if (schema['allOf']) return fill(schema, {}, known, depth + 1)
  return leastOfType(types[0] ?? (schema['properties'] ? 'object' : 'null'), schema, known, depth)
}

const leastOf = (alternatives: Schema[], known: Known, depth: number) =>
  alternatives.some(one => [one['type']].flat().includes('null'))
    ? null
    : least(alternatives[0] ?? {}, known, depth + 1)

function leastOfType(type: string, schema: Schema, known: Known, depth: number): unknown {
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'number') return 0
  if (type === 'array') return []
  if (type === 'object') return ownKeys(schema, {}, known, depth)
  if (type === 'null') return null
  const { format } = schema
  if (format === 'date-time') return '2020-01-01T00:00:00Z'
  return format === 'uri' ? 'https://api.github.com/' : ''
}
