import type { PersonView } from '@breakglass/core/contract'
import type { Role } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { type Account, accountOf } from '@breakglass/core/account'
import { endInvitations, endTokens, invitationMs, issueInvitation, type Issued } from '../../identity/credentials.ts'
import { seal } from '../../texts/seal.ts'
import { personView } from '../../views/people.ts'
import { freeAccount, ownerOf } from './account-row.ts'

export interface Invited {
  person: PersonView
  code: string
  link: string
  expiresAt: string
}

export interface NewPerson {
  email: string
  name: string
  roles: readonly Role[]
  kind: 'human' | 'bot'
}

/** Makes a person with one account and a link that works once. Throws `already_exists`. */
export function invitePerson(edge: Edge, by: string, given: NewPerson): Promise<Invited> {
  return act(edge, async run => {
    const account = accountOf(given.email)
    const taken = await ownerOf(run, account)
    if (taken?.state === 'ended') await freeAccount(run, account)
    else if (taken) {
      throw new BreakglassError('already_exists', {
        message: `${account.subject} belongs to ${taken.id} already; a lost link is made anew with \`breakglass person reinvite\`.`,
        data: { person: taken.id },
      })
    }
    const person = run.newId('person')
    await addPerson(run, { ...given, id: person, account, by })
    const issued = await issueInvitation(run, { purpose: 'invite', person, by, lifeMs: invitationMs })
    return invited(edge, await personView(run.tx, person), issued)
  })
}

/** A new link for somebody who lost theirs; whatever they held before stops working. Throws `not_found`, `wrong_state`. */
export function reinvitePerson(edge: Edge, by: string, person: string): Promise<Invited> {
  return act(edge, async run => {
    const { state } = await personView(run.tx, person)
    if (state === 'ended') throw new BreakglassError('wrong_state', `${person} was ended; invite a new person instead.`)
    await endTokens(run, { person }, { by, why: 'replaced' })
    await endInvitations(run, { person }, { by, why: 'replaced' })
    const issued = await issueInvitation(run, { purpose: 'invite', person, by, lifeMs: invitationMs })
    return invited(edge, await personView(run.tx, person), issued)
  })
}

export interface PersonRow {
  id: string
  name: string
  kind: 'human' | 'bot'
  roles: readonly Role[]
  account: Account
  /** Absent where the system makes the first administrator. */
  by?: string
}

/** Writes a person down, with name and account sealed on the record. */
export async function addPerson(run: Act, { id, name, kind, roles, account, by }: PersonRow): Promise<void> {
  const { tx, atMs } = run
  const sealedName = await seal(run, name)
  await tx.db
    .insertInto('person')
    .values({ id, kind, state: 'invited', name_commit: sealedName.commit, created_at: atMs, ended_at: null })
    .execute()
  await tx.db
    .insertInto('account')
    .values({ ...account, person_id: id, linked_at: atMs })
    .execute()
  for (const role of new Set(roles)) {
    await tx.db.insertInto('person_role').values({ person_id: id, role, since_at: atMs }).execute()
  }
  await say(run, 'identity.linked', id, {
    ...(by !== undefined && { by }),
    kind,
    issuer: account.issuer,
    account: await seal(run, account.subject),
    name: sealedName,
    roles: [...new Set(roles)],
  })
}

/** The code stands behind `#`, so that no server or proxy ever sees it in an address. */
export const welcomeLink = (url: string, code: string): string => `${url}/welcome#${code}`

function invited({ url }: Edge, person: PersonView, { secret, expiresAtMs }: Issued): Invited {
  return { person, code: secret, link: welcomeLink(url, secret), expiresAt: msToInstant(expiresAtMs) }
}
