import type { Context } from '../context.ts'
import { met, type Ruling, refused } from '../ruling.ts'

export function actorKnown({ facts }: Context): Ruling {
  const look = { rule: 'actor known', lookedAt: 'the credential of the request', wanted: 'a person known here' }
  const { person } = facts.actor
  if (person !== undefined) return met({ ...look, found: person })
  return refused('unknown_person', {
    ...look,
    found: 'nobody known',
    remedy: 'ask an administrator to invite you: breakglass person invite <your address> --name "…"',
  })
}
