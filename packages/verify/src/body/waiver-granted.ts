import type { Json } from '../canonical-json.ts'
import type { Digest } from '../digest.ts'
import type { Parsed } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { digest, id, instant, object, type Shape } from '../shape.ts'
import { checkSpan, commitment, gateName, parseBody, type RepositoryId, refName, repositoryId } from './parts.ts'

/** Body of `waiver.granted`: a registered temporary exception from one gate on one ref. */
export interface WaiverGrantedBody {
  expiresAt: Instant
  gate: string
  grantedAt: Instant
  /** The person who answers for it. */
  owner: string
  program: Digest
  reason: { commit: Digest }
  ref: string
  repository: RepositoryId
}

export const waiverSecondsMax = 90 * 86_400

const waiverGrantedBody: Shape<WaiverGrantedBody> = object({
  expiresAt: instant,
  gate: gateName,
  grantedAt: instant,
  owner: id('p'),
  program: digest,
  reason: commitment,
  ref: refName,
  repository: repositoryId,
})

/** Codes: `bad_body`, `unknown_member`, `ttl_too_long`. */
export function parseWaiverGrantedBody(body: Json): Parsed<WaiverGrantedBody> {
  return parseBody(body, 'body', waiverGrantedBody, value => {
    const span = { from: value.grantedAt, until: value.expiresAt }
    return checkSpan('body.expiresAt', span, { minSeconds: 1, maxSeconds: waiverSecondsMax })
  })
}
