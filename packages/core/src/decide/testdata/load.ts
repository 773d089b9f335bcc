import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { PublishedProgram, ResolvedProgram } from '../../program/resolved.ts'
import type { Facts, GrantRequest } from '../types.ts'

/** One row of the behaviour tables beside this file. `verdicts`: by rule; null says that the rule left no reason. */
export interface Case {
  name: string
  file: string
  program: PublishedProgram
  request: GrantRequest
  facts: Facts
  expect: {
    outcome: 'granted' | 'waiting' | 'refused'
    code?: string
    remedy?: string
    terms?: Record<string, unknown>
    secondPerson?: string
    untilMs?: number
    mayApprove?: string[]
    verdicts?: Record<string, string | null>
  }
}

interface Base {
  program: ResolvedProgram
  request: GrantRequest
  facts: Facts
}

const read = (file: string): unknown => parse(readFileSync(new URL(file, import.meta.url), 'utf8'), { merge: true })

export const base = read('base.yaml') as Base

/** For tests only: the brand comes from the parser everywhere else. */
export function published(program: ResolvedProgram): PublishedProgram {
  return { digest: `sha256:${'0'.repeat(64)}`, program } as PublishedProgram
}

export function loadCases(): Case[] {
  const files = readdirSync(new URL('.', import.meta.url)).filter(
    file => file.endsWith('.yaml') && file !== 'base.yaml',
  )
  return files.sort().flatMap(file => {
    const rows = read(file) as (Partial<Base> & Pick<Case, 'name' | 'expect'>)[]
    return rows.map(({ name, program, request, facts, expect }) => ({
      name,
      file,
      program: published(patched(base.program, program)),
      request: patched(base.request, request),
      facts: patched(base.facts, facts),
      expect,
    }))
  })
}

/** RFC 7396 merge patch. */
export function patched<T>(value: T, patch: unknown): T {
  return patch === undefined ? value : (merge(value, patch) as T)
}

function merge(value: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: Record<string, unknown> = isObject(value) ? { ...value } : {}
  for (const [key, part] of Object.entries(patch)) {
    if (part === null) delete result[key]
    else result[key] = merge(result[key], part)
  }
  return result
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
