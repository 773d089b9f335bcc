import type { Context } from '../context.ts'
import { met, type Ruling, refused } from '../ruling.ts'
import { listWords } from '../words.ts'

/** Whoever manages credentials could act as anybody; so an administrator never breaks glass, approves, reviews or publishes. */
export function admin({ facts, way }: Context): Ruling {
  const look = { rule: 'no administrator', lookedAt: 'roles of the actor', wanted: 'anybody but an administrator' }
  const roles = listWords(facts.actor.roles, 'no role')
  if (!facts.actor.roles.includes('admin')) return met({ ...look, found: roles })
  return refused('admin_may_not', {
    ...look,
    found: roles,
    remedy: way ? `ask one of ${way.who.join(', ')} to break it` : 'ask somebody who is not an administrator',
  })
}
