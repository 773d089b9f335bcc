import type { Account } from '@breakglass/core/account'
import type { Act } from '../../edge/edge.ts'

export function ownerOf({ tx }: Act, { issuer, subject }: Account): Promise<{ id: string; state: string } | undefined> {
  return tx.db
    .selectFrom('account')
    .innerJoin('person', 'person.id', 'account.person_id')
    .select(['person.id', 'person.state'])
    .where('account.issuer', '=', issuer)
    .where('account.subject', '=', subject)
    .executeTakeFirst()
}

/** Somebody who comes back is a new person; what the earlier one did stays theirs. */
export async function freeAccount({ tx }: Act, { issuer, subject }: Account): Promise<void> {
  await tx.db.deleteFrom('account').where('issuer', '=', issuer).where('subject', '=', subject).execute()
}
