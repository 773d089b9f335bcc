import { branchMatches } from '@breakglass/core/decide'

interface RefName {
  include: string[]
  exclude?: string[] | undefined
}

/**
 * Whether the conditions of a ruleset cover a branch. GitHub's patterns are `fnmatch`; of these only `*` and `**` are judged here,
 * and a pattern with anything else is `unknown` (docs/github.md "Normal form").
 */
export function coverageOf(
  conditions: RefName | undefined,
  branch: { ref: string; isDefault: boolean },
): 'yes' | 'no' | 'unknown' {
  if (conditions === undefined) return 'unknown'
  const included = anyOf(conditions.include.map(pattern => matchOf(pattern, branch)))
  const excluded = anyOf((conditions.exclude ?? []).map(pattern => matchOf(pattern, branch)))
  if (included === 'no' || excluded === 'yes') return 'no'
  return included === 'yes' && excluded === 'no' ? 'yes' : 'unknown'
}

type Match = 'yes' | 'no' | 'unknown'

const anyOf = (matches: readonly Match[]): Match =>
  matches.includes('yes') ? 'yes' : matches.includes('unknown') ? 'unknown' : 'no'

function matchOf(pattern: string, { ref, isDefault }: { ref: string; isDefault: boolean }): Match {
  if (pattern === '~ALL') return 'yes'
  if (pattern === '~DEFAULT_BRANCH') return isDefault ? 'yes' : 'no'
  if (pattern.startsWith('~') || /[?[\]{}\\!]/.test(pattern)) return 'unknown'
  const inBranches = pattern.replace(/^refs\/heads\//, '')
  if (inBranches.startsWith('refs/')) return inBranches.includes('*') ? 'unknown' : 'no'
  return branchMatches(inBranches, ref) ? 'yes' : 'no'
}
