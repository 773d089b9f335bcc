import type { Context } from '../context.ts'
import { isInForce } from '../gates-in-force.ts'
import { met, type Ruling, refused, skipped } from '../ruling.ts'
import { listWords, repositoryWords } from '../words.ts'

export function inForce({ request, gate }: Context): Ruling {
  const place = `${repositoryWords(request.repository)}${request.ref === undefined ? '' : ` ${request.ref}`}`
  const look = { rule: 'in force', lookedAt: place, wanted: 'a place where the gate is in force' }
  if (!gate) return skipped({ ...look, found: 'the gate is not known' })
  const where = `${listWords(
    gate.on.repositories.map(repository => repository.name),
    'no repository',
  )}, branches ${gate.on.branches.join(', ')}`
  if (isInForce(gate, request)) return met({ ...look, found: `it is in force on ${where}` })
  return refused('not_in_force', {
    ...look,
    found: `it is in force on ${where} only`,
    remedy:
      'nothing stands in the way here, so nothing needs opening; name the repository and ref that the gate guards',
  })
}
