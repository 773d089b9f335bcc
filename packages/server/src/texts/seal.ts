import { commitmentOf, type Digest, encodeBase64url } from '@breakglass/verify'
import type { Act } from '../edge/edge.ts'
import { chunks } from '../store/chunks.ts'
import type { Rx } from '../store/store.ts'

export interface Commitment {
  commit: Digest
}

/**
 * Keeps a text that people wrote where it can be erased, and gives the commitment that a statement may carry
 * (docs/formats/statement.md "No personal data").
 */
export async function seal({ tx, atMs, randomBytes }: Act, text: string): Promise<Commitment> {
  const salt = randomBytes(16)
  const { commit } = commitmentOf(salt, text)
  await tx.db
    .insertInto('sealed_text')
    .values({ commitment: commit, salt: encodeBase64url(salt), text, created_at: atMs, erased_at: null })
    .execute()
  return { commit }
}

/** The texts behind these commitments; an erased one is `null`, one that was never sealed here is absent. */
export async function openSealed(rx: Rx, commitments: readonly string[]): Promise<Map<string, string | null>> {
  const texts = new Map<string, string | null>()
  for (const part of chunks([...new Set(commitments)])) {
    const rows = await rx.db
      .selectFrom('sealed_text')
      .select(['commitment', 'text'])
      .where('commitment', 'in', part)
      .execute()
    for (const { commitment, text } of rows) texts.set(commitment, text)
  }
  return texts
}

/** As an export carries them: with the salts, so that a stranger can recompute each commitment. Erased ones are left out. */
export async function exportSealed(
  rx: Rx,
  commitments: readonly string[],
): Promise<{ commit: string; salt: string; text: string }[]> {
  const found: { commit: string; salt: string; text: string }[] = []
  for (const part of chunks([...new Set(commitments)])) {
    const rows = await rx.db.selectFrom('sealed_text').selectAll().where('commitment', 'in', part).execute()
    for (const { commitment, salt, text } of rows) {
      if (salt !== null && text !== null) found.push({ commit: commitment, salt, text })
    }
  }
  return found
}
