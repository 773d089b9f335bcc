import type { Json } from '../canonical-json.ts'
import type { Commit, Digest } from '../digest.ts'
import type { Parsed } from '../fault.ts'
import type { Instant } from '../instant.ts'
import { commit, digest, id, instant, object, oneOf, type Shape, text } from '../shape.ts'
import { gateName, parseBody, type RepositoryId, repositoryId } from './parts.ts'

/** docs/formats/receipt.md: one run of a gate's check on one commit, reported by a credential scoped to that gate. */
export interface ReceiptBody {
  change: { commit: Commit }
  expiresAt: Instant
  gate: string
  program: Digest
  reporter: string
  repository: RepositoryId
  result: 'pass' | 'fail' | 'could_not_run'
  run: string
}

const receiptBody: Shape<ReceiptBody> = object({
  change: object({ commit }),
  expiresAt: instant,
  gate: gateName,
  program: digest,
  reporter: id('tk'),
  repository: repositoryId,
  result: oneOf('pass', 'fail', 'could_not_run'),
  run: text(512),
})

/** Codes: `bad_body`, `unknown_member`. How long it may live depends on the envelope: see `verifyReceipt`. */
export function parseReceiptBody(body: Json): Parsed<ReceiptBody> {
  return parseBody(body, 'body', receiptBody)
}
