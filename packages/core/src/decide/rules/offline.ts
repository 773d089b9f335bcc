import type { Context } from '../context.ts'
import { met, type Ruling, refused, skipped } from '../ruling.ts'

/** An offline grant is valid until it expires, whoever revokes it: so gate and point must each say that they take one. */
export function offline({ request, facts, way }: Context): Ruling {
  const look = { rule: 'mode', lookedAt: `mode ${request.mode}` }
  if (request.mode === 'online') return met({ ...look, wanted: 'online, or offline where allowed', found: 'online' })
  const wanted = 'a gate that allows offline use, and an enforcement point that can keep count itself'
  if (!way) return skipped({ ...look, wanted, found: 'nobody may break the gate' })
  const lacks = [
    ...(way.offline ? [] : ['the gate does not allow it']),
    ...(facts.point.offlineCapable ? [] : ['the enforcement point cannot']),
  ]
  if (lacks.length === 0) return met({ ...look, wanted, found: 'both do' })
  return refused('offline_not_allowed', {
    ...look,
    wanted,
    found: lacks.join('; '),
    remedy: 'ask for an online grant (leave out --offline)',
  })
}
