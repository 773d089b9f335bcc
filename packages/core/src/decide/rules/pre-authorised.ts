import type { Context, Way } from '../context.ts'
import { resolveMembers } from '../members.ts'
import { met, type Ruling, refused, remark, skipped } from '../ruling.ts'
import type { Facts, Reason } from '../types.ts'
import { durationWords } from '../words.ts'

/** A younger roster entry is flagged: somebody may have been added to break this very glass. */
export const freshRosterSeconds = 3600

/** Who may break a gate was decided before the emergency, not in it. */
export function preAuthorised({ facts, gate, way }: Context): Ruling {
  const look = { rule: 'pre-authorised', lookedAt: `the roster as of ${facts.roster.asOf}` }
  if (!gate) return skipped({ ...look, wanted: 'somebody the gate names', found: 'the gate is not known' })
  if (!way) return skipped({ ...look, wanted: 'somebody the gate names', found: 'nobody: it is a safety net' })
  const wanted = `one of ${way.who.join(', ')}`
  const entry = entryOf(way, facts)
  if (!entry) {
    return refused('not_pre_authorised', {
      ...look,
      wanted,
      found: 'not among them',
      remedy: `ask one of ${way.who.join(', ')} to break it`,
    })
  }
  return met({ ...look, wanted, found: `member by ${entry.via.join(', ')}`, children: freshness(entry, facts.nowMs) })
}

/** A bot is authorised by being named; whether it is named, the rule on bots says. */
function entryOf(way: Way, facts: Facts): { via: string[]; since: string } | undefined {
  const { person, kind } = facts.actor
  if (person === undefined) return undefined
  const refs = kind === 'bot' ? [...way.who, ...way.bots] : way.who
  return resolveMembers(refs, facts.roster).people.get(person)
}

function freshness(entry: { since: string }, nowMs: number): Reason[] {
  const ageSeconds = (nowMs - Date.parse(entry.since)) / 1000
  if (ageSeconds >= freshRosterSeconds) return []
  return [
    remark({
      rule: 'fresh roster entry',
      lookedAt: `on the roster since ${entry.since}`,
      wanted: `an entry at least ${durationWords(freshRosterSeconds)} old`,
      found: `FLAGGED: ${durationWords(ageSeconds)} old; the review will ask who added it and why`,
    }),
  ]
}
