import type { ChangeValue } from '@breakglass/core/decide'
import { canonicalJson } from '@breakglass/verify'

/** One text for one change, for equality only. */
export const changeKey = (change: ChangeValue): string => canonicalJson(change)
