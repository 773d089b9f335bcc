import type { Context } from '../context.ts'
import { isInForce } from '../gates-in-force.ts'
import { met, type Ruling, refused } from '../ruling.ts'
import { listWords } from '../words.ts'

export function gateKnown({ program, request, gate }: Context): Ruling {
  const look = { rule: 'gate known', lookedAt: 'the gates of the program', wanted: `a gate named ${request.gate}` }
  if (gate) return met({ ...look, found: `it guards the ${gate.boundary} boundary; class ${gate.class}` })
  const here = Object.values(program.gates).filter(candidate => isInForce(candidate, request))
  return refused('unknown_gate', {
    ...look,
    found: 'no such gate',
    remedy: `name one of the gates in force here: ${listWords(here.map(candidate => candidate.name).sort(), 'there are none')}`,
  })
}
