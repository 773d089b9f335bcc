import { z } from 'zod'
import { programFile } from './source.ts'

export interface JsonSchema {
  [key: string]: unknown
}

/** The JSON Schema (draft 2020-12) of the program file, so that editors help; made from the parser's own schema. */
export function programJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(programFile, { io: 'input', target: 'draft-2020-12' })
  return { ...schema, title: 'Breakglass program' }
}

/** Keys that a schema knows at a path of the file; empty where it knows no mapping there. */
export function knownKeysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  const root: JsonSchema = { ...z.toJSONSchema(schema, { io: 'input' }) }
  let here = [root]
  for (const step of path) here = here.flatMap(node => alternatives(node)).flatMap(node => childOf(node, step))
  return [...new Set(here.flatMap(alternatives).flatMap(node => Object.keys(recordOf(node['properties']) ?? {})))]
}

function alternatives(node: JsonSchema): JsonSchema[] {
  const anyOf = node['anyOf']
  return Array.isArray(anyOf) ? [node, ...anyOf.flatMap(option => alternatives(recordOf(option) ?? {}))] : [node]
}

function childOf(node: JsonSchema, step: string | number): JsonSchema[] {
  const properties = recordOf(node['properties']) ?? {}
  const child =
    typeof step === 'number'
      ? node['items']
      : Object.hasOwn(properties, step)
        ? properties[step]
        : node['additionalProperties']
  const found = recordOf(child)
  return found ? [found] : []
}

function recordOf(value: unknown): JsonSchema | undefined {
  return isRecord(value) ? value : undefined
}

const isRecord = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
