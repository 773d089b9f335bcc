import { msToInstant } from '@breakglass/verify'
import { type Act, say } from '../edge/edge.ts'
import { formatSecret, hashOfSecret, type SecretKind } from './secret.ts'

const day = 86_400_000
/** A person's token lives this long; then a new link is asked for. */
export const personTokenMs = 90 * day
/** An enforcement point has nobody to renew it at night; it is ended by hand. */
export const pointTokenMs = 3650 * day
export const invitationMs = day
/** docs/operations.md "The first administrator". */
export const firstAdminMs = 15 * 60_000

export interface Issued {
  id: string
  /** Shown once; only its hash is kept. */
  secret: string
  expiresAtMs: number
}

export type TokenFor =
  | { kind: 'person'; person: string; by?: string; invitation?: string }
  | { kind: 'point'; point: string; by: string }
  | { kind: 'reporter'; gate: string; repository: { key: string; id: RepositoryId }; by: string }

interface RepositoryId {
  forge: string
  host: string
  id: string
}

/** Makes a token, keeps its hash, and says on the record that it exists, never what it is. */
export async function issueToken(act: Act, owner: TokenFor, given: { name: string; lifeMs: number }): Promise<Issued> {
  const id = act.newId('token')
  const secret = formatSecret(owner.kind satisfies SecretKind, act.randomBytes(32))
  const expiresAtMs = act.atMs + given.lifeMs
  await act.tx.db
    .insertInto('token')
    .values({
      id,
      hash: hashOfSecret(secret),
      kind: owner.kind,
      person_id: owner.kind === 'person' ? owner.person : null,
      point_id: owner.kind === 'point' ? owner.point : null,
      gate: owner.kind === 'reporter' ? owner.gate : null,
      repository_key: owner.kind === 'reporter' ? owner.repository.key : null,
      name: given.name,
      created_at: act.atMs,
      expires_at: expiresAtMs,
      ended_at: null,
      last_used_at: null,
    })
    .execute()
  await say(act, 'credential.issued', id, {
    kind: owner.kind,
    ...(owner.by !== undefined && { by: owner.by }),
    ...(owner.kind === 'person' && { person: owner.person }),
    ...(owner.kind === 'person' && owner.invitation !== undefined && { invitation: owner.invitation }),
    ...(owner.kind === 'point' && { point: owner.point }),
    ...(owner.kind === 'reporter' && { gate: owner.gate, repository: owner.repository.id }),
    expiresAt: msToInstant(expiresAtMs),
  })
  return { id, secret, expiresAtMs }
}

/** Makes a one-time link's code; earlier unused ones for the same end are ended by the caller. */
export async function issueInvitation(
  act: Act,
  given: { purpose: 'invite' | 'first_admin'; person?: string; by?: string; lifeMs: number },
): Promise<Issued> {
  const id = act.newId('invitation')
  const secret = formatSecret('invitation', act.randomBytes(32))
  const expiresAtMs = act.atMs + given.lifeMs
  await act.tx.db
    .insertInto('invitation')
    .values({
      id,
      code_hash: hashOfSecret(secret),
      person_id: given.person ?? null,
      purpose: given.purpose,
      created_at: act.atMs,
      expires_at: expiresAtMs,
      used_at: null,
      ended_at: null,
    })
    .execute()
  await say(act, 'credential.issued', id, {
    kind: 'invitation',
    ...(given.by !== undefined && { by: given.by }),
    ...(given.person !== undefined && { person: given.person }),
    expiresAt: msToInstant(expiresAtMs),
  })
  return { id, secret, expiresAtMs }
}

/** Ends tokens that have not ended yet, each on the record. */
export async function endTokens(
  act: Act,
  which: { person: string } | { id: string },
  said: { by?: string; why: 'ended' | 'person_ended' | 'replaced' },
): Promise<number> {
  const ended = await act.tx.db
    .updateTable('token')
    .set({ ended_at: act.atMs })
    .where('ended_at', 'is', null)
    .$if('person' in which, query => query.where('person_id', '=', 'person' in which ? which.person : ''))
    .$if('id' in which, query => query.where('id', '=', 'id' in which ? which.id : ''))
    .returning(['id', 'kind'])
    .execute()
  for (const { id, kind } of ended) {
    await say(act, 'credential.ended', id, { kind, ...(said.by !== undefined && { by: said.by }), why: said.why })
  }
  return ended.length
}

/** Ends links that were neither used nor ended. */
export async function endInvitations(
  act: Act,
  which: { person: string } | 'first_admin',
  said: { by?: string; why: 'ended' | 'person_ended' | 'replaced' },
): Promise<void> {
  const open = act.tx.db
    .updateTable('invitation')
    .set({ ended_at: act.atMs })
    .where('ended_at', 'is', null)
    .where('used_at', 'is', null)
  const narrowed =
    which === 'first_admin' ? open.where('purpose', '=', 'first_admin') : open.where('person_id', '=', which.person)
  for (const { id } of await narrowed.returning('id').execute()) {
    await say(act, 'credential.ended', id, {
      kind: 'invitation',
      ...(said.by !== undefined && { by: said.by }),
      why: said.why,
    })
  }
}
