import type { Json } from '../canonical-json.ts'
import type { Digest } from '../digest.ts'
import { type Fault, fault, type Parsed } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { digest, id, instant, integer, object, oneOf, type Shape } from '../shape.ts'
import {
  type Change,
  change,
  checkSpan,
  gateName,
  parseBody,
  type RepositoryId,
  refName,
  repositoryId,
} from './parts.ts'

/** docs/formats/grant.md "Scope": one gate, for one change, at one enforcement point, for a while. */
export interface Scope {
  /** The enforcement point, `pt_…`. */
  at: string
  boundary: 'merge' | 'deploy' | 'operate'
  change: Change
  expiresAt: Instant
  gate: string
  grantedAt: Instant
  mode: 'online' | 'offline'
  /** Digest of the program it was decided under. */
  program: Digest
  /** Absent only where the boundary is `operate`. */
  ref?: string
  repository: RepositoryId
  uses: number
}

export const grantTtlSecondsMin = 60
export const grantTtlSecondsMax = 86_400
/** A grant that cannot be revoked in time lives shorter. */
export const offlineTtlSecondsMax = 1_800
export const grantUsesMax = 10

export const scope: Shape<Scope> = object(
  {
    at: id('pt'),
    boundary: oneOf('merge', 'deploy', 'operate'),
    change,
    expiresAt: instant,
    gate: gateName,
    grantedAt: instant,
    mode: oneOf('online', 'offline'),
    program: digest,
    repository: repositoryId,
    uses: integer(1, grantUsesMax),
  },
  { ref: refName },
)

/** Codes: `bad_body`, `unknown_member`, `ttl_too_long`. */
export function parseScope(value: Json): Parsed<Scope> {
  return parseBody(value, 'scope', scope, value => checkScope(value, 'scope'))
}

/** What no single member can say. */
export function checkScope(scope: Scope, at: string): Fault[] {
  const faults: Fault[] = []
  if (scope.ref === undefined && scope.boundary !== 'operate') {
    faults.push(fault('bad_body', `${at}.ref`, `a ref, for the boundary is ${scope.boundary}`, 'nothing'))
  }
  const maxSeconds = scope.mode === 'offline' ? offlineTtlSecondsMax : grantTtlSecondsMax
  const span = { from: scope.grantedAt, until: scope.expiresAt }
  return [...faults, ...checkSpan(`${at}.expiresAt`, span, { minSeconds: grantTtlSecondsMin, maxSeconds })]
}
