import type { Roster } from '@breakglass/core/decide'
import { msToInstant } from '@breakglass/verify'
import { accountOf } from '@breakglass/core/account'
import type { Rx } from '../store/store.ts'
import type { ProgramInForce } from './program.ts'
import { type MembersSince, namedAccounts, ownersGroup, parseMembersSince } from './members-since.ts'

/**
 * Who is in which group at this moment. A reference counts only while its account belongs to an active person; what nobody
 * answers to is listed and authorises nobody. Schedules are not connected yet, so a group that only a schedule knows is
 * unresolved.
 */
export async function rosterOf(rx: Rx, { row, published }: ProgramInForce, atMs: number): Promise<Roster> {
  const { program } = published
  const people = await accountsOf(rx)
  const since = parseMembersSince(row.members_since)
  const groups: Roster['groups'] = { [ownersGroup]: [] }
  const unresolved = new Set<string>()
  const entriesOf = (group: string, members: readonly string[]) =>
    members.flatMap(ref => {
      const entry = entryOf(ref, people, sinceOf(since, group, ref))
      if (!entry) unresolved.add(ref)
      return entry ? [entry] : []
    })
  groups[ownersGroup] = entriesOf(ownersGroup, program.owners)
  for (const [name, group] of Object.entries(program.groups)) {
    if (group.kind === 'schedule') unresolved.add(name)
    groups[name] = group.kind === 'members' ? entriesOf(name, group.members) : []
    if (group.kind === 'incident') groups[name] = await commandersOf(rx)
  }
  const accounts: Roster['accounts'] = {}
  for (const ref of namedAccounts(program)) {
    const entry = entryOf(ref, people, since.accounts[ref]?.since ?? 0)
    if (entry) accounts[ref] = entry
    else unresolved.add(ref)
  }
  return { asOf: msToInstant(atMs), groups, accounts, unresolved: [...unresolved].sort() }
}

interface AccountHolder {
  person: string
  linkedMs: number
}

async function accountsOf(rx: Rx): Promise<Map<string, AccountHolder>> {
  const rows = await rx.db
    .selectFrom('account')
    .innerJoin('person', 'person.id', 'account.person_id')
    .select(['account.issuer', 'account.subject', 'account.person_id', 'account.linked_at'])
    .where('person.state', '=', 'active')
    .execute()
  return new Map(
    rows.map(
      row => [accountKey(row), { person: row.person_id, linkedMs: row.linked_at }] satisfies [string, AccountHolder],
    ),
  )
}

const accountKey = ({ issuer, subject }: { issuer: string; subject: string }) => JSON.stringify([issuer, subject])

/** On the roster since the later of: the account became theirs, the program began to name it. */
function entryOf(ref: string, people: Map<string, AccountHolder>, namedMs: number) {
  const holder = people.get(accountKey(accountOf(ref)))
  return holder && { person: holder.person, since: msToInstant(Math.max(holder.linkedMs, namedMs)) }
}

const sinceOf = (since: MembersSince, group: string, ref: string): number => since.groups[group]?.[ref] ?? 0

/** Who commands an open incident belongs to the incident group, from when it was opened. */
async function commandersOf(rx: Rx): Promise<{ person: string; since: string }[]> {
  const rows = await rx.db
    .selectFrom('incident')
    .innerJoin('person', 'person.id', 'incident.commander')
    .select(['incident.commander', 'incident.opened_at'])
    .where('incident.state', '=', 'open')
    .where('person.state', '=', 'active')
    .orderBy('incident.opened_at')
    .execute()
  const earliest = new Map<string, number>()
  for (const { commander, opened_at } of rows) {
    if (commander !== null && !earliest.has(commander)) earliest.set(commander, opened_at)
  }
  return [...earliest].map(([person, ms]) => ({ person, since: msToInstant(ms) }))
}

/** Persons who by role or kind may never be the second person. */
export async function mayNotApprove(rx: Rx): Promise<string[]> {
  const admins = await rx.db.selectFrom('person_role').select('person_id').where('role', '=', 'admin').execute()
  const bots = await rx.db.selectFrom('person').select('id').where('kind', '=', 'bot').execute()
  return [...new Set([...admins.map(row => row.person_id), ...bots.map(row => row.id)])]
}
