import { BreakglassError } from '@breakglass/core/errors'
import type { Rx } from '../store/store.ts'
import { accountOf } from '@breakglass/core/account'

/** Somebody active, named by account or id. `forWhat`: what cannot be theirs otherwise, in words. Throws `unknown_person`. */
export async function personNamed(rx: Rx, named: string, forWhat: string): Promise<string> {
  const { issuer, subject } = accountOf(named)
  const row = await rx.db
    .selectFrom('person')
    .leftJoin('account', 'account.person_id', 'person.id')
    .select('person.id')
    .where('person.state', '=', 'active')
    .where(eb =>
      eb.or([
        eb('person.id', '=', named),
        eb.and([eb('account.issuer', '=', issuer), eb('account.subject', '=', subject)]),
      ]),
    )
    .executeTakeFirst()
  if (row) return row.id
  throw new BreakglassError(
    'unknown_person',
    `Nobody active here is known as ${JSON.stringify(named)}, so ${forWhat} can be theirs; breakglass person list shows everybody.`,
  )
}
