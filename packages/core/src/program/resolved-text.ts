import { canonicalJson, isDigest, type Json, parseCanonicalJson } from '@breakglass/verify'
import { BreakglassError } from '../errors.ts'
import { type PublishedProgram, type ResolvedProgram, resolvedProgram } from './resolved.ts'

/** So that text, resolution and proof fit into one bundle (docs/formats/program-bundle.md). */
export const resolvedBytesMax = 1_572_864

/** The one spelling of a resolved program, RFC 8785, whose digest is logged with `program.published`. */
export function formatResolved(program: ResolvedProgram): string {
  return spell(program)
}

/** Equal values have equal spellings, whatever the order of their members. */
export const spell = (value: unknown): string => canonicalJson(toJson(value))

/**
 * A resolved program as it was published. `digest` is the one of the program's text, which grants carry; that it belongs to
 * this resolution is what the statement says, and for the caller to have verified. Throws `bad_program` unless the text is
 * the canonical spelling of a resolved program of this version.
 */
export function parseResolvedProgram(text: string, digest: string): PublishedProgram {
  if (!isDigest(digest)) throw bad(`expected the digest of a program, found ${JSON.stringify(digest.slice(0, 80))}`)
  const json = parseCanonicalJson(text, { bytesMax: resolvedBytesMax })
  if (!json.ok) {
    const [fault] = json.faults
    throw bad(`expected ${fault?.expected ?? 'canonical JSON'}, found ${fault?.found ?? 'something else'}`)
  }
  const parsed = resolvedProgram.safeParse(json.value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw bad(`${issue?.path.join('.') || 'the program'}: ${issue?.message ?? 'not of the form'}`)
  }
  // The brand stands for exactly the checks above.
  return { digest, program: parsed.data } as PublishedProgram
}

const bad = (what: string) =>
  new BreakglassError(
    'bad_program',
    `The resolution of the program cannot be read: ${what}. Publish the program again.`,
  )

/** Members that are absent are left out; everything else the format refuses by itself. */
function toJson(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object' || value === null) throw new TypeError('a resolved program holds plain data only')
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, toJson(member)]])),
  )
}
