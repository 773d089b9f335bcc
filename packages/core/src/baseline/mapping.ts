import { z } from 'zod'
import { readYaml } from '../program/yaml.ts'

const nameBytesMax = 64
const listMax = 32
const patternLengthMax = 200

/** A footer's key as people write it; read without regard to case. */
const footerKey = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'expected a footer’s key, such as Skip-Tests')

const pattern = z
  .string()
  .min(1)
  .max(patternLengthMax)
  .refine(isPattern, 'expected a regular expression, such as ^Revert')

/** What a landing carries. Any one of what is listed is enough. */
const mark = z
  .strictObject({
    footers: z.array(footerKey).min(1).max(listMax).optional(),
    /** What must stand behind the key: `true` in any case, or anything at all. */
    value: z.enum(['true', 'any']).default('any'),
    subject: z.array(pattern).min(1).max(listMax).optional(),
  })
  .refine(({ footers, subject }) => footers !== undefined || subject !== undefined, 'expected footers or subject')
export type Mark = z.infer<typeof mark>

const gate = z
  .strictObject({
    bypassed: mark.optional(),
    /** Where this mark is missing, the landing went around the gate. */
    passed: mark.optional(),
  })
  .refine(
    ({ bypassed, passed }) => (bypassed === undefined) !== (passed === undefined),
    'expected bypassed or passed, and not both',
  )

/**
 * How a history tells of its gates (docs/formats/baseline.md "Mapping"): every landing is a passage of every gate named here,
 * and the marks say which went around.
 */
export const mappingSchema = z.strictObject({
  name: z.string().min(1).max(nameBytesMax),
  gates: z.record(z.string().regex(/^[a-z][a-z0-9/-]{0,63}$/, 'expected a gate’s name in small letters'), gate),
  rollback: z
    .strictObject({
      subject: z.array(pattern).max(listMax).default([]),
      /** Whether a landing that brings back an earlier tree is one, whatever its subject says. */
      tree: z.boolean().default(false),
    })
    .default({ subject: [], tree: false }),
})
export type Mapping = z.infer<typeof mappingSchema>

export const gatesMax = 30

export type MappingReading = { ok: true; mapping: Mapping } | { ok: false; faults: string[] }

/** Reads a mapping file. Each fault says where it is, what was expected and what was found. */
export function parseMapping(file: string, text: string): MappingReading {
  const read = readYaml(file, text)
  if (!read.ok) {
    return { ok: false, faults: read.remarks.map(({ line, column, reason }) => `${file}:${line}:${column}: ${reason}`) }
  }
  const parsed = mappingSchema.safeParse(read.file.value)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(issue => {
      const path = issue.path.map(part => (typeof part === 'symbol' ? String(part) : part))
      const { line, column } = read.file.placeOf(path)
      return `${file}:${line}:${column}: ${path.join('.') || 'the file'}: ${issue.message}`
    })
    return { ok: false, faults }
  }
  const gates = Object.keys(parsed.data.gates).length
  if (gates === 0 || gates > gatesMax) {
    return { ok: false, faults: [`${file}: gates: expected 1 to ${gatesMax} gates, found ${gates}`] }
  }
  return { ok: true, mapping: parsed.data }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}
