import type { GrantView } from '@breakglass/core/contract'
import { style } from '@breakglass/report'

type Reason = GrantView['reasons']

/** The rules that were not met, the innermost ones: each with what it found and what would make it pass. */
export function unmetRules(reason: Reason): Reason[] {
  if (reason.verdict !== 'not_met') return []
  const within = (reason.children ?? []).flatMap(unmetRules)
  return within.length > 0 ? within : [reason]
}

export function unmetLines(reason: Reason): string[] {
  return unmetRules(reason).flatMap(({ rule, found, wanted, remedy }) => [
    `  ${style.red('NO')} ${rule}: ${found}; wanted ${wanted}`,
    ...(remedy === undefined ? [] : [`     → ${remedy}`]),
  ])
}
