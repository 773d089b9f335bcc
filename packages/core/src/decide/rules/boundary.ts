import type { ResolvedGate } from '../../program/resolved.ts'
import type { Context } from '../context.ts'
import { met, type Ruling, refused, skipped } from '../ruling.ts'
import type { ChangeValue } from '../types.ts'
import { changeWords } from '../words.ts'

const fits: Record<ResolvedGate['boundary'], { words: string; is: (change: ChangeValue) => boolean }> = {
  merge: { words: 'a commit', is: change => 'commit' in change },
  // A pipeline that deploys a commit names the commit; a forge's deployment names itself and its artifact.
  deploy: { words: 'a commit or a deployment with its artifact', is: change => !('operation' in change) },
  operate: { words: 'the digest of an operation', is: change => 'operation' in change },
}

/** A grant names what passes the boundary: merging takes a commit, operating an operation, never the other way. */
export function boundary({ request, gate }: Context): Ruling {
  const look = { rule: 'boundary', lookedAt: `the change, ${changeWords(request.change)}` }
  if (!gate) return skipped({ ...look, wanted: 'a change that passes the boundary', found: 'the gate is not known' })
  const { words, is } = fits[gate.boundary]
  const wanted = `${words}, because the gate guards the ${gate.boundary} boundary`
  if (is(request.change)) return met({ ...look, wanted, found: 'it is' })
  return refused('wrong_boundary', { ...look, wanted, found: 'something else', remedy: `name ${words}` })
}
