import type { PersonView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { msToInstant } from '@breakglass/verify'
import type { Rx } from '../store/store.ts'
import { chunks } from '../store/chunks.ts'
import { openSealed } from '../texts/seal.ts'

export interface PersonReference {
  id: string
  name: string
}

/** What is shown of somebody whose name was erased: the record stays, the name does not. */
const erasedName = '(erased)'

/** Names of persons by id, for whoever shows several things at once. */
export type Names = (person: string) => PersonReference

/** Looks the names of these persons up once. A person that is not there shows as erased. */
export async function namesOf(rx: Rx, persons: Iterable<string>): Promise<Names> {
  const names = new Map<string, string>()
  for (const part of chunks([...new Set(persons)])) {
    const rows = await rx.db.selectFrom('person').select(['id', 'name_commit']).where('id', 'in', part).execute()
    const texts = await openSealed(
      rx,
      rows.map(row => row.name_commit),
    )
    for (const { id, name_commit } of rows) names.set(id, texts.get(name_commit) ?? erasedName)
  }
  return person => ({ id: person, name: names.get(person) ?? erasedName })
}

export async function personViews(rx: Rx, which?: readonly string[]): Promise<PersonView[]> {
  const rows = await rx.db
    .selectFrom('person')
    .selectAll()
    .$if(which !== undefined, query => query.where('id', 'in', which ?? []))
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const [accounts, roles, texts] = [
    await rx.db.selectFrom('account').selectAll().orderBy('issuer').orderBy('subject').execute(),
    await rx.db.selectFrom('person_role').selectAll().orderBy('role').execute(),
    await openSealed(
      rx,
      rows.map(row => row.name_commit),
    ),
  ]
  return rows.map(row => ({
    id: row.id,
    name: texts.get(row.name_commit) ?? erasedName,
    accounts: accounts
      .filter(({ person_id }) => person_id === row.id)
      .map(({ issuer, subject }) => ({ issuer, subject })),
    roles: roles.filter(({ person_id }) => person_id === row.id).map(({ role }) => role),
    kind: row.kind,
    state: row.state,
    since: msToInstant(row.ended_at ?? row.created_at),
  }))
}

/** Throws `not_found`. */
export async function personView(rx: Rx, id: string): Promise<PersonView> {
  const [view] = await personViews(rx, [id])
  if (view === undefined) throw new BreakglassError('not_found', `There is no person ${id}.`)
  return view
}
