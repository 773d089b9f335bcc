import type { Json } from '../canonical-json.ts'
import type { Digest } from '../digest.ts'
import type { Parsed } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { digest, id, instant, object, type Shape } from '../shape.ts'
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

/** Body of `gate.passed_unavailable`: one window of passing when unavailable, logged before the first pass. */
export interface PassedUnavailableBody {
  at: string
  change: Change
  gate: string
  program: Digest
  ref?: string
  repository: RepositoryId
  windowFrom: Instant
  windowUntil: Instant
}

export const unavailableWindowSecondsMax = 4 * 3_600

const passedUnavailableBody: Shape<PassedUnavailableBody> = object(
  {
    at: id('pt'),
    change,
    gate: gateName,
    program: digest,
    repository: repositoryId,
    windowFrom: instant,
    windowUntil: instant,
  },
  { ref: refName },
)

/** Codes: `bad_body`, `unknown_member`, `ttl_too_long`. */
export function parsePassedUnavailableBody(body: Json): Parsed<PassedUnavailableBody> {
  return parseBody(body, 'body', passedUnavailableBody, value => {
    const span = { from: value.windowFrom, until: value.windowUntil }
    return checkSpan('body.windowUntil', span, { minSeconds: 1, maxSeconds: unavailableWindowSecondsMax })
  })
}
