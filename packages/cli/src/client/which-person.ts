import { contract, type PersonView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import type { Client } from './client.ts'

/** A person by id, by an account (`ana@acme.dev`), or by a name that only one has. Throws `unknown_person`, `conflict`. */
export async function whichPerson(client: Client, given: string): Promise<PersonView> {
  const { persons } = await client.call(contract.listPersons, {})
  const isMeant = (person: PersonView) =>
    person.id === given ||
    person.name === given ||
    person.accounts.some(({ issuer, subject }) => subject === given || `${issuer}:${subject}` === given)
  const found = persons.filter(isMeant)
  const [only] = found
  if (only === undefined) throw new BreakglassError('unknown_person', `Nobody here is known as “${given}”.`)
  if (found.length === 1) return only
  throw new BreakglassError('conflict', {
    message: `“${given}” may be ${found.map(({ id, name }) => `${name} (${id})`).join(' or ')}.`,
    data: { next: 'use the id' },
  })
}
