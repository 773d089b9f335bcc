import { accountOf, accountText, pusherOf } from '@breakglass/core/account'
import type { PersonView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { act, type Act, type Edge, say } from '../../edge/edge.ts'
import { markPushesOf } from '../../landings/observe.ts'
import { seal } from '../../texts/seal.ts'
import { personView } from '../../views/people.ts'
import { freeAccount, ownerOf } from './account-row.ts'

/**
 * Gives a person one more account: a name at a forge, at a git server, at an identity provider. From now on a program that
 * names it means them, as new on the roster, and pushes under it are theirs, earlier ones too.
 * Throws `not_found`, `wrong_state`, `already_exists`.
 */
export function addAccount(edge: Edge, by: string, { person, named }: Named): Promise<PersonView> {
  return act(edge, async run => {
    const { state, name } = await personView(run.tx, person)
    if (state === 'ended')
      throw new BreakglassError('wrong_state', `${name} was ended; nothing becomes theirs any more.`)
    const account = accountOf(named)
    const taken = await ownerOf(run, account)
    if (taken?.state === 'ended') await freeAccount(run, account)
    else if (taken) {
      throw new BreakglassError('already_exists', {
        message: `${accountText(account)} belongs to ${taken.id} already.`,
        data: { person: taken.id },
      })
    }
    await run.tx.db
      .insertInto('account')
      .values({ ...account, person_id: person, linked_at: run.atMs })
      .execute()
    await tell(run, 'identity.account_added', { by, person, named })
    return personView(run.tx, person)
  })
}

/** Takes an account away; never the last one, by which people know them. Throws `not_found`, `bad_input`. */
export function removeAccount(edge: Edge, by: string, { person, named }: Named): Promise<PersonView> {
  return act(edge, async run => {
    const { accounts, name } = await personView(run.tx, person)
    const { issuer, subject } = accountOf(named)
    if (!accounts.some(each => each.issuer === issuer && each.subject === subject)) {
      throw new BreakglassError('not_found', `${name} has no account ${JSON.stringify(named)}.`)
    }
    if (accounts.length === 1) {
      throw new BreakglassError(
        'bad_input',
        `${named} is the only account of ${name}; to end them: breakglass person end`,
      )
    }
    await freeAccount(run, { issuer, subject })
    await tell(run, 'identity.account_removed', { by, person, named })
    return personView(run.tx, person)
  })
}

interface Named {
  person: string
  /** As the program writes it: `github:kofi`. */
  named: string
}

async function tell(
  run: Act,
  kind: 'identity.account_added' | 'identity.account_removed',
  { by, person, named }: Named & { by: string },
): Promise<void> {
  const account = accountOf(named)
  await say(run, kind, person, { by, issuer: account.issuer, account: await seal(run, account.subject) })
  await markPushesOf(run, pusherOf(run.issuer.organization, account))
}
