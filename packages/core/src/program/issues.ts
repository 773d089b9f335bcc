import type { z } from 'zod'
import type { Remark } from '../contract/shapes.ts'
import { knownKeysAt } from './json-schema.ts'
import type { Path } from './position.ts'
import { type Finding, remarkAt } from './remarks.ts'
import { nearest } from './suggest.ts'
import type { YamlFile } from './yaml.ts'

type Issue = z.core.$ZodIssue

/** A value of the schema, or each thing that is wrong with the file, in words and at its place. */
export function parseWith<T extends z.ZodType>(
  schema: T,
  file: YamlFile,
): { ok: true; value: z.output<T> } | { ok: false; remarks: Remark[] } {
  const parsed = schema.safeParse(file.value)
  if (parsed.success) return { ok: true, value: parsed.data }
  const findings = parsed.error.issues.flatMap(issue => findingsOf(issue, [], { schema, root: file.value }))
  const place = ({ rule, path }: Finding) => (rule === 'wrong_value' ? file.valuePlaceOf(path) : file.placeOf(path))
  return { ok: false, remarks: findings.map(finding => remarkAt(place(finding), finding)) }
}

interface Reading {
  schema: z.ZodType
  root: unknown
}

function findingsOf(issue: Issue, above: Path, reading: Reading): Finding[] {
  const path = [...above, ...issue.path.map(step => (typeof step === 'symbol' ? String(step) : step))]
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey([...path, key], reading))
  if (issue.code === 'invalid_union') {
    const branch = likeliestBranch(issue.errors)
    if (branch) return branch.flatMap(inner => findingsOf(inner, path, reading))
  }
  const found = valueAt(reading.root, path)
  if (found === undefined && path.length > 0) return [missingKey(path, issue)]
  if (issue.code === 'invalid_key') return [wrong(path, issue.issues[0]?.message ?? 'a name', showValue(path.at(-1)))]
  return [wrong(path, expectedWords(issue), showValue(found), suggestionFor(issue, found))]
}

/** Of the forms a value may have, the one it resembles: the one that it does not already fail as a whole. */
function likeliestBranch(branches: readonly Issue[][]): Issue[] | undefined {
  const inside = branches.filter(issues =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys' || isOfLength(code)),
  )
  return inside.toSorted((a, b) => a.length - b.length)[0]
}

const isOfLength = (code: Issue['code']) => code === 'too_small' || code === 'too_big' || code === 'invalid_format'

function unknownKey(path: Path, { schema }: Reading): Finding {
  const key = String(path.at(-1))
  const known = knownKeysAt(schema, path.slice(0, -1))
  const meant = nearest(key, known)
  const remedy = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`
  return { rule: 'unknown_key', path, reason: `unknown key ${showValue(key)}`, remedy }
}

function missingKey(path: Path, issue: Issue): Finding {
  const key = String(path.at(-1))
  return { rule: 'missing_key', path, reason: `${key} is missing`, remedy: `write ${key}: ${expectedWords(issue)}` }
}

function wrong(path: Path, expected: string, found: string, suggestion?: string): Finding {
  const remedy = suggestion === undefined ? `write ${expected}` : `did you mean ${suggestion}?`
  return { rule: 'wrong_value', path, reason: `expected ${expected}, found ${found}`, remedy }
}

/** The schema's own words where it has some; else the kind of value in plain ones. */
function expectedWords(issue: Issue): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`
  if (!/^(Invalid|Too|Unrecognized) /.test(issue.message)) return issue.message
  return issue.code === 'invalid_type' ? (kindWords[issue.expected] ?? issue.expected) : issue.message
}

const kindWords: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  boolean: 'true or false',
}

const suggestionFor = (issue: Issue, found: unknown): string | undefined =>
  issue.code === 'invalid_value' && typeof found === 'string' ? nearest(found, issue.values.map(String)) : undefined

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = Object.entries(value).find(([key]) => key === String(step))?.[1]
  }
  return value
}

const shownMax = 60

function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > shownMax ? `${value.slice(0, shownMax)}…` : value)
}
