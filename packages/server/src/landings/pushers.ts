import { pusherOf } from '@breakglass/core/account'
import type { Act } from '../edge/edge.ts'

/**
 * Who stands behind the pseudonyms that hooks tell, by the accounts of now: somebody's account that became known late makes
 * earlier pushes theirs. Also of people who have ended: what they did stays theirs.
 */
export async function pushersOf({ tx, issuer }: Act): Promise<ReadonlyMap<string, string>> {
  const accounts = await tx.db.selectFrom('account').select(['issuer', 'subject', 'person_id']).execute()
  return new Map(accounts.map(({ person_id, ...account }) => [pusherOf(issuer.organization, account), person_id]))
}
