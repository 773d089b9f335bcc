import { type PublishedProgram, type ResolvedProgram, resolvedProgram } from './resolved.ts'

/** A resolution with its gates is far smaller; the bundle that carries it is bounded at 4 MiB (docs/formats/program-bundle.md). */
export const resolvedBytesMax = 4 * 1024 * 1024

/** Why a resolution document was not understood, in words for an operator. */
export type ParsedResolved = { ok: true; value: ResolvedProgram } | { ok: false; reason: string }

/**
 * The resolution document of a bundle. Its digest has been verified before, so what does not parse was published by a
 * version that says more than this one understands: the caller stays closed.
 */
export function parseResolved(text: string): ParsedResolved {
  if (text.length > resolvedBytesMax) return { ok: false, reason: `it is longer than ${resolvedBytesMax} characters` }
  const json = parseJson(text)
  if (json === undefined) return { ok: false, reason: 'it is not JSON' }
  const parsed = resolvedProgram.safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data }
  const [issue] = parsed.error.issues
  return { ok: false, reason: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not of the form'}` }
}

/** The only way to a `PublishedProgram`: a parsed resolution and the digest of the text it was published with. */
export function publishedProgram(program: ResolvedProgram, digest: `sha256:${string}`): PublishedProgram {
  // The brand exists in types alone, so that an unpublished draft cannot be decided on by mistake.
  return { digest, program } as PublishedProgram
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
