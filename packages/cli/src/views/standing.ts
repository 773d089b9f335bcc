import type { contract } from '@breakglass/core/contract'
import type { z } from 'zod'

export type GateStanding = z.output<(typeof contract.blockedChange)['reply']>['gates'][number]

const results = { pass: 'passed', fail: 'failed', could_not_run: 'could not run', none: 'no result yet' } as const

/** What one gate says of a change, in words. */
export function standingWords({ standing, result, grant }: GateStanding): string {
  if (standing === 'blocked') return `blocked: ${results[result]}`
  if (standing === 'open_by_pass') return 'passed'
  return standing === 'open_by_waiver' ? 'waived' : `opened by ${grant ?? 'a grant'}`
}
