import type { Context } from '../context.ts'
import { met, type Ruling, refused } from '../ruling.ts'

/** Letters and digits, in any script. */
export const justificationLettersMin = 10

export function justification({ request }: Context): Ruling {
  const letters = request.justification.match(/[\p{L}\p{N}]/gu)?.length ?? 0
  const look = {
    rule: 'justification',
    lookedAt: 'the words of the request',
    wanted: `at least ${justificationLettersMin} letters or digits`,
    // The words themselves are sealed elsewhere; a reason carries no text of people.
    found: `${letters}`,
  }
  if (letters >= justificationLettersMin) return met(look)
  return refused('justification_missing', {
    ...look,
    remedy: 'say in a sentence what is broken and why it cannot wait: --reason "…"',
  })
}
