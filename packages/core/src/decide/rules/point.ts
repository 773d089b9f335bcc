import type { Context } from '../context.ts'
import { met, type Ruling, refused, remark } from '../ruling.ts'
import type { Facts, Reason } from '../types.ts'
import { sameRepository } from '../words.ts'

/** A grant names one enforcement point; only that one accepts it. */
export function point(context: Context): Ruling {
  const { request, facts, gate } = context
  const look = {
    rule: 'enforcement point',
    lookedAt: request.at,
    wanted: `a registered enforcement point of this repository${gate ? ` for the ${gate.boundary} boundary` : ''}`,
  }
  const lacks = lacksOf(context)
  if (lacks === undefined)
    return met({ ...look, found: `registered, ${facts.point.enforcement}`, children: cooperation(facts) })
  return refused('unknown_point', {
    ...look,
    found: lacks,
    remedy: 'name one of the enforcement points of this repository with --at: breakglass point list',
    children: cooperation(facts),
  })
}

function lacksOf({ request, facts, gate }: Context): string | undefined {
  const { known, id, repository, boundaries } = facts.point
  if (!known || id !== request.at) return 'nothing registered by that id'
  if (!repository || !sameRepository(repository, request.repository)) return 'it stands at another repository'
  if (gate && !boundaries.includes(gate.boundary)) return `it stands at ${boundaries.join(', ') || 'no boundary'} only`
  return undefined
}

function cooperation({ point }: Facts): Reason[] {
  if (!point.known || point.enforcement === 'enforced') return []
  return [
    remark({
      rule: 'enforcement',
      lookedAt: point.id,
      wanted: "a point that the change's author cannot edit",
      found: 'cooperative: whoever edits the job can also leave the gate out; evidence says so',
    }),
  ]
}
