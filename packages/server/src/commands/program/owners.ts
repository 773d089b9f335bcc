import { resolveMembers } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { isOnlyBeneficiary, type ProgramChange } from '@breakglass/core/program'
import type { Act } from '../../edge/edge.ts'
import type { ProgramInForce } from '../../facts/program.ts'
import { rosterOf } from '../../facts/roster.ts'
import { accountOf, accountText } from '@breakglass/core/account'

/** Owners come from the program in force; before the first one, from a role that an administrator gave. */
export async function programOwners(run: Act, current: ProgramInForce | undefined): Promise<string[]> {
  if (current) return [...resolveMembers(['owners'], await rosterOf(run.tx, current, run.atMs)).people.keys()]
  const rows = await run.tx.db
    .selectFrom('person_role')
    .innerJoin('person', 'person.id', 'person_role.person_id')
    .select('person_role.person_id')
    .where('person_role.role', '=', 'owner')
    .where('person.state', '=', 'active')
    .execute()
  return rows.map(row => row.person_id)
}

/** Throws `admin_may_not`, `not_allowed`. */
export async function requireOwner(run: Act, current: ProgramInForce | undefined, person: string): Promise<void> {
  const roles = await run.tx.db.selectFrom('person_role').select('role').where('person_id', '=', person).execute()
  if (roles.some(({ role }) => role === 'admin')) {
    throw new BreakglassError(
      'admin_may_not',
      'An administrator manages people and credentials; the program belongs to its owners.',
    )
  }
  if ((await programOwners(run, current)).includes(person)) return
  const who = current
    ? `its owners (${current.published.program.owners.join(', ')})`
    : 'somebody with the role owner (breakglass person invite --role owner)'
  throw new BreakglassError('not_allowed', `The program is published and approved by ${who}.`)
}

/** A program whose owners nobody here answers to could never be changed again. Throws `bad_input`. */
export async function requireKnownOwner({ tx }: Act, owners: readonly string[]): Promise<void> {
  const accounts = owners.map(accountOf)
  const rows = await tx.db
    .selectFrom('account')
    .innerJoin('person', 'person.id', 'account.person_id')
    .select(['account.issuer', 'account.subject'])
    .where('person.state', '=', 'active')
    .execute()
  if (rows.some(row => accounts.some(({ issuer, subject }) => row.issuer === issuer && row.subject === subject))) return
  throw new BreakglassError(
    'bad_input',
    `None of the owners (${owners.join(', ')}) has signed in here, so nobody could ever change this program again. Invite one of them first, or name somebody who is here.`,
  )
}

/** A widening takes two owners; a first, a narrowing or a neutral change the one who publishes it. */
export const approvalsNeeded = (change: ProgramChange): number => (change.class === 'widening' ? 2 : 1)

/** Whose signatures count: owners as of now, none of them the only one who gains by it. */
export async function countedApprovers(
  run: Act,
  current: ProgramInForce | undefined,
  change: ProgramChange,
  signed: readonly string[],
): Promise<string[]> {
  const owners = await programOwners(run, current)
  const counted: string[] = []
  for (const person of new Set(signed)) {
    if (!owners.includes(person)) continue
    if (!isOnlyBeneficiary(change, await accountsOf(run, person))) counted.push(person)
  }
  return counted.sort()
}

async function accountsOf({ tx }: Act, person: string): Promise<string[]> {
  const rows = await tx.db.selectFrom('account').select(['issuer', 'subject']).where('person_id', '=', person).execute()
  return rows.map(accountText)
}
