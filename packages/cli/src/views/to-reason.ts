import type { GrantView } from '@breakglass/core/contract'
import type { Reason } from '@breakglass/core/decide'

/** The contract's reason says an absent member as `undefined`; the rules leave it out. */
export function toReason(view: GrantView['reasons']): Reason {
  const { remedy, children, ...rest } = view
  return {
    ...rest,
    ...(remedy === undefined ? {} : { remedy }),
    ...(children === undefined ? {} : { children: children.map(toReason) }),
  }
}
