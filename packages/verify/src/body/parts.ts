import type { Json } from '../canonical-json.ts'
import type { Commit, Digest } from '../digest.ts'
import { type Fault, fault, type Parsed, pass } from '../fault.ts'
import { type Instant, instantToMs } from '../instant.ts'
import { commit, digest, integer, isPlainObject, object, type Shape, text, textWhere, wrong } from '../shape.ts'

/** A repository by what does not change: never by its name. */
export interface RepositoryId {
  forge: string
  host: string
  id: string
}

/** What passes a gate, always with its digest. There is no wildcard. */
export type Change = { commit: Commit } | { deployment: string; artifact: Digest } | { operation: Digest }

/** A document that lies elsewhere; `length` in bytes. */
export interface DocumentRef {
  digest: Digest
  length: number
}

export const repositoryId: Shape<RepositoryId> = object({ forge: text(32), host: text(253), id: text(128) })
export const documentRef: Shape<DocumentRef> = object({ digest, length: integer(0) })
export const commitment: Shape<{ commit: Digest }> = object({ commit: digest })

/** docs/formats/grant.md "Scope". */
export const gateName: Shape<string> = textWhere(
  'a gate name such as payments/smoke, at most 128 characters',
  value => {
    return value.length <= 128 && /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/.test(value)
  },
)

export const refName: Shape<string> = text(512)

const commitChange: Shape<{ commit: Commit }> = object({ commit })
const deploymentChange: Shape<{ deployment: string; artifact: Digest }> = object({
  deployment: text(200),
  artifact: digest,
})
const operationChange: Shape<{ operation: Digest }> = object({ operation: digest })

export const change: Shape<Change> = (value, at, remarks) => {
  if (!isPlainObject(value)) return wrong(remarks, at, 'a commit, a deployment or an operation', value)
  if (Object.hasOwn(value, 'commit')) return commitChange(value, at, remarks)
  if (Object.hasOwn(value, 'deployment')) return deploymentChange(value, at, remarks)
  return operationChange(value, at, remarks)
}

/** Each member for equality; an absent member equals nothing. */
export function sameChange(a: Change, b: Change): boolean {
  if ('commit' in a) return 'commit' in b && a.commit === b.commit
  if ('operation' in a) return 'operation' in b && a.operation === b.operation
  return 'deployment' in b && a.deployment === b.deployment && a.artifact === b.artifact
}

export function sameRepository(a: RepositoryId, b: RepositoryId): boolean {
  return a.forge === b.forge && a.host === b.host && a.id === b.id
}

/** Runs a body's shape; `check` sees a body whose members are each right. Codes: `bad_body`, `unknown_member`, and those of `check`. */
export function parseBody<T>(body: Json, at: string, shape: Shape<T>, check?: (value: T) => Fault[]): Parsed<T> {
  const faults: Fault[] = []
  const value = shape(body, at, { code: 'bad_body', faults })
  if (value === undefined) return { ok: false, faults }
  const further = check?.(value) ?? []
  return further.length === 0 ? pass(value) : { ok: false, faults: further }
}

/** How long a permission lasts: below `minSeconds` it is malformed, above `maxSeconds` it is `ttl_too_long`. */
export function checkSpan(
  at: string,
  span: { from: Instant; until: Instant },
  bounds: { minSeconds: number; maxSeconds: number },
): Fault[] {
  const seconds = (instantToMs(span.until) - instantToMs(span.from)) / 1000
  const { minSeconds, maxSeconds } = bounds
  const expected = `from ${minSeconds} to ${maxSeconds} seconds`
  if (seconds < minSeconds) return [fault('bad_body', at, expected, `${seconds} seconds`)]
  if (seconds > maxSeconds) return [fault('ttl_too_long', at, expected, `${seconds} seconds`)]
  return []
}
