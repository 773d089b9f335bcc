import { BreakglassError, invariant } from '@breakglass/core/errors'
import type { Selectable } from 'kysely'
import type { Caller } from './caller.ts'
import type { TokenTable } from '../store/tables/people.ts'
import type { Rx, Store } from '../store/store.ts'
import { hashOfSecret, secretKindOf } from './secret.ts'

/**
 * The caller of a bearer secret as of `nowMs`; `undefined` where it is unknown here. A person who was ended, and a token that
 * was ended or has expired, get nothing. Throws `token_expired`.
 */
export async function authenticate(store: Store, secret: string, nowMs: number): Promise<Caller | undefined> {
  const kind = secretKindOf(secret)
  if (kind === undefined || kind === 'invitation') return undefined
  return store.read(async rx => {
    const token = await rx.db
      .selectFrom('token')
      .selectAll()
      .where('hash', '=', hashOfSecret(secret))
      .executeTakeFirst()
    // A prefix that names another kind than the row was never issued by us.
    if (token === undefined || token.kind !== kind) return undefined
    refuseEnded(token, nowMs)
    return callerOf(rx, token)
  })
}

function refuseEnded(token: Selectable<TokenTable>, nowMs: number): void {
  if (token.ended_at !== null) throw new BreakglassError('token_expired', 'This token was ended: ask for a new link.')
  if (nowMs >= token.expires_at)
    throw new BreakglassError('token_expired', 'This token has expired: ask for a new link.')
}

async function callerOf(rx: Rx, token: Selectable<TokenTable>): Promise<Caller> {
  switch (token.kind) {
    case 'point':
      invariant(token.point_id, 'a point token names its point')
      return { kind: 'point', tokenId: token.id, point: token.point_id }
    case 'reporter':
      invariant(token.gate && token.repository_key, 'a reporter token names its gate and repository')
      return { kind: 'reporter', tokenId: token.id, gate: token.gate, repositoryKey: token.repository_key }
    case 'person':
      invariant(token.person_id, 'a person token names its person')
      return personCaller(rx, token.id, token.person_id)
  }
}

async function personCaller(rx: Rx, tokenId: string, person: string): Promise<Caller> {
  const { state } = await rx.db.selectFrom('person').select('state').where('id', '=', person).executeTakeFirstOrThrow()
  // Ending a person ends the tokens too; this holds even if one was forgotten.
  if (state !== 'active') throw new BreakglassError('token_expired', 'This person has no access any more.')
  const roles = await rx.db.selectFrom('person_role').select('role').where('person_id', '=', person).execute()
  return { kind: 'person', tokenId, person, roles: roles.map(row => row.role) }
}
