import type { Context } from '../context.ts'
import { met, type Ruling, refused } from '../ruling.ts'

/** Two people at one moment get one grant, and each learns of the other. */
export function duplicates({ facts }: Context): Ruling {
  const look = {
    rule: 'only one',
    lookedAt: 'grants for the same gate, change and enforcement point',
    wanted: 'none that is requested, waiting, granted or live',
  }
  if (facts.same.length === 0) return met({ ...look, found: 'none' })
  const named = facts.same.map(({ grant, actor, state }) => `${grant} is ${state}, asked for by ${actor}`)
  const [first] = facts.same
  return refused('already_open', {
    ...look,
    found: named.join('; '),
    remedy: `use that one: breakglass show ${first?.grant ?? ''}; its use opens this change`,
  })
}
