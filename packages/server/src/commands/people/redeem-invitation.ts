import type { PersonView } from '@breakglass/core/contract'
import { BreakglassError, invariant } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { issueToken, personTokenMs } from '../../identity/credentials.ts'
import { hashOfSecret, secretKindOf } from '../../identity/secret.ts'
import { localIssuer } from '@breakglass/core/account'
import { metaKeys, readMeta } from '../../store/meta.ts'
import { personView } from '../../views/people.ts'
import { addPerson } from './invite-person.ts'

export interface Redeemed {
  token: string
  tokenId: string
  expiresAt: string
  person: PersonView
}

/** Trades a link for a token, once: the guarded update lets one of two win. Throws `invitation_spent`. */
export function redeemInvitation(edge: Edge, given: { code: string; device?: string | undefined }): Promise<Redeemed> {
  return act(edge, async run => {
    if (secretKindOf(given.code) !== 'invitation') throw spent()
    const invitation = await run.tx.db
      .updateTable('invitation')
      .set({ used_at: run.atMs })
      .where('code_hash', '=', hashOfSecret(given.code))
      .where('used_at', 'is', null)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', run.atMs)
      .returning(['id', 'person_id', 'purpose'])
      .executeTakeFirst()
    if (!invitation) throw spent()
    await say(run, 'credential.ended', invitation.id, { kind: 'invitation', why: 'used' })
    const person = invitation.person_id ?? (await makeFirstAdministrator(run))
    await run.tx.db
      .updateTable('person')
      .set({ state: 'active' })
      .where('id', '=', person)
      .where('state', '!=', 'ended')
      .execute()
    const owner = { kind: 'person', person, invitation: invitation.id } as const
    const issued = await issueToken(run, owner, { name: given.device ?? 'unnamed device', lifeMs: personTokenMs })
    const view = await personView(run.tx, person)
    // Ending a person ends their links; this holds even if one was forgotten.
    if (view.state !== 'active') throw spent()
    return { token: issued.secret, tokenId: issued.id, expiresAt: msToInstant(issued.expiresAtMs), person: view }
  })
}

/** The person that entry 0 named becomes somebody when the first link is redeemed. */
async function makeFirstAdministrator(run: Act): Promise<string> {
  const id = await readMeta(run.tx, metaKeys.firstAdministrator)
  invariant(id, 'founding named the first administrator')
  const account = { issuer: localIssuer, subject: 'administrator' }
  await addPerson(run, { id, name: 'First administrator', kind: 'human', roles: ['admin'], account })
  return id
}

/** One answer for a code that never was, was used, has expired or was ended: whoever guesses learns nothing. */
const spent = () =>
  new BreakglassError(
    'invitation_spent',
    'The link was used already, has expired, or was ended; ask an administrator for a new one.',
  )
