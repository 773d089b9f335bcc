import type { Context } from '../context.ts'
import { resolveMembers } from '../members.ts'
import { met, type Ruling, refused, skipped } from '../ruling.ts'
import { listWords } from '../words.ts'

/** Programs that act by themselves break no glass unless the program names them; a group they belong to is not enough. */
export function bot({ facts, way }: Context): Ruling {
  const look = { rule: 'bots', lookedAt: 'the kind of the actor', wanted: 'a human, or a bot that the gate names' }
  if (facts.actor.kind === 'human') return met({ ...look, found: 'a human' })
  if (!way) return skipped({ ...look, found: 'a bot, and nobody may break the gate' })
  const { person } = facts.actor
  const isNamed = person !== undefined && resolveMembers(way.bots, facts.roster).people.has(person)
  if (isNamed) return met({ ...look, found: 'a bot that the gate names' })
  return refused('bot_not_named', {
    ...look,
    found: `a bot; the gate names ${listWords(way.bots, 'no bot')}`,
    remedy: `ask one of ${way.who.join(', ')} to break it, or have the program name the bot under break_glass.bots`,
  })
}
