import { readFileSync } from 'node:fs'
import { canonicalJson, type Json } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { idPrefixes } from '../ids.ts'
import { statementBodies } from './bodies.ts'
import { statementKinds } from './kinds.ts'
import { statementSubjects } from './subjects.ts'

const kinds = Object.keys(statementBodies) as (keyof typeof statementBodies)[]
const file = new URL('testdata/bodies.yaml', import.meta.url)
const examples = parse(readFileSync(file, 'utf8'), { maxAliasCount: -1 }) as Record<string, Record<string, Json>[]>

describe('bodies', () => {
  it('exist for each kind that opens no gate, and for no other', () => {
    const closed = Object.entries(statementKinds).filter(([, { opens }]) => !opens)
    expect([...kinds].sort()).toEqual(closed.map(([kind]) => kind).sort())
    expect(Object.keys(examples).sort()).toEqual([...kinds].sort())
  })

  it('have a subject of a known kind', () => {
    for (const subjects of Object.values(statementSubjects)) {
      for (const subject of subjects) expect(Object.keys(idPrefixes)).toContain(subject)
    }
  })
})

describe.each(kinds)('%s', kind => {
  const schema: z.ZodType = statementBodies[kind]
  const rows = examples[kind]!

  it('takes its examples as they are, and they can be said in canonical JSON', () => {
    for (const row of rows) {
      const body = schema.parse(row)
      expect(body).toEqual(row)
      expect(canonicalJson(body as Json).length).toBeLessThan(12_000)
    }
  })

  it('takes no other member, and no member that is undefined', () => {
    for (const row of rows) {
      expect(schema.safeParse({ ...row, note: 'Ana was in a hurry' }).success).toBe(false)
      for (const key of Object.keys(row)) expect(schema.safeParse({ ...row, [key]: undefined }).success).toBe(false)
    }
  })

  it('has no place for a name, an address or free text', () => {
    const open = stringsOf(z.toJSONSchema(schema), []).filter(({ schema }) => {
      return ['Ana Lee', 'ana@acme.dev', 'she was in a hurry'].some(text => takes(schema, text))
    })
    // What was opened or read is named as in a grant's scope: a ref, a path, a deployment.
    expect(open.map(({ at }) => at).filter(at => !/(\.path|\.deployment)$/.test(at))).toEqual([])
  })

  it('has no fraction', () => {
    expect(JSON.stringify(z.toJSONSchema(schema))).not.toContain('"type":"number"')
  })
})

interface StringSchema {
  type?: string
  const?: unknown
  enum?: unknown[]
  pattern?: string
}

function takes({ pattern, enum: words, const: only }: StringSchema, text: string): boolean {
  if (only !== undefined) return only === text
  if (words) return words.includes(text)
  return pattern === undefined || new RegExp(pattern, 'u').test(text)
}

/** Every schema of a string in a JSON schema, with the path of its member. */
function stringsOf(schema: unknown, path: string[]): { at: string; schema: StringSchema }[] {
  if (typeof schema !== 'object' || schema === null) return []
  if ('type' in schema && schema.type === 'string')
    return [{ at: `.${path.join('.')}`, schema: schema as StringSchema }]
  return Object.entries(schema).flatMap(([key, value]) => stringsOf(value, [...path, key]))
}
