import { invariant } from '@breakglass/core/errors'
import { type Digest, digestOf, encodeUtf8 } from '@breakglass/verify'
import type { Act } from '../edge/edge.ts'
import type { Rx } from '../store/store.ts'

export interface DocumentReference {
  digest: Digest
  /** Bytes of UTF-8. */
  length: number
}

/** Keeps a document by its digest, once however often, and gives what a statement says of it. */
export async function keepDocument({ tx, atMs }: Act, text: string): Promise<DocumentReference> {
  const { digest, length } = documentReference(text)
  await tx.db
    .insertInto('document')
    .values({ digest, bytes_length: length, text, created_at: atMs })
    .onConflict(on => on.column('digest').doNothing())
    .execute()
  return { digest, length }
}

export function documentReference(text: string): DocumentReference {
  const bytes = encodeUtf8(text)
  return { digest: digestOf(bytes), length: bytes.length }
}

/** A document that a row refers to; documents are never deleted, so a missing one is damage. */
export async function readDocument(rx: Rx, digest: string): Promise<string> {
  const row = await rx.db.selectFrom('document').select('text').where('digest', '=', digest).executeTakeFirst()
  invariant(row, `the document ${digest} is kept`)
  return row.text
}
