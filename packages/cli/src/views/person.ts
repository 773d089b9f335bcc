import type { PersonView } from '@breakglass/core/contract'
import { type Column, facts, relativeTime, shortInstant } from '@breakglass/report'

export function personColumns(nowMs: number): Column<PersonView>[] {
  return [
    { title: 'person', of: person => person.id },
    { title: 'name', of: person => person.name, flexible: true },
    {
      title: 'accounts',
      of: accountsOf,
      flexible: true,
    },
    { title: 'roles', of: person => person.roles.join(', ') },
    { title: 'kind', of: person => person.kind },
    { title: 'state', of: person => person.state },
    { title: 'since', of: person => relativeTime(person.since, nowMs) },
  ]
}

const accountsOf = ({ accounts }: PersonView): string =>
  accounts.map(({ issuer, subject }) => `${issuer}:${subject}`).join(', ')

export const accountsLine = (person: PersonView): string => `${person.name} is known as ${accountsOf(person)}.`

/** The one place where a link is printed: issued now, on purpose, for one person. */
export function invitationLines(invited: { person: PersonView; link: string; expiresAt: string }): string[] {
  return [
    `Send this link to ${invited.person.name} by a private way. It works once, until ${shortInstant(invited.expiresAt)}.`,
    ...facts([
      ['link', invited.link],
      ['they run', `breakglass login '${invited.link}'`],
      ['person', invited.person.id],
    ]),
  ]
}
