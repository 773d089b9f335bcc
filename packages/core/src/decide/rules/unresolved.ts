import type { Context } from '../context.ts'
import { resolveMembers } from '../members.ts'
import { met, noted, type Ruling, skipped } from '../ruling.ts'

/** A name nobody answers to authorises nobody; it is shown, because the program's author meant somebody. */
export function unresolved({ facts, way }: Context): Ruling {
  const look = {
    rule: 'references',
    lookedAt: 'people and groups that the gate names',
    wanted: 'each answered by somebody',
  }
  if (!way) return skipped({ ...look, found: 'it names nobody' })
  const missing = resolveMembers([...way.who, ...way.approvers, ...way.bots], facts.roster).unresolved
  if (missing.length === 0) return met({ ...look, found: 'each is' })
  return noted({ ...look, found: `nobody answers to ${missing.join(', ')}; they authorise nobody` })
}
