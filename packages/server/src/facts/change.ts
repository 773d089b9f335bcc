import type { ChangeValue } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import { type Change, canonicalJson, isCommit, isDigest } from '@breakglass/verify'

/** One text for one change, for equality only. */
export const changeKey = (change: ChangeValue): string => canonicalJson(change)

/** The same change in the verifier's own types, which know digests apart from other text. Throws `bad_input`. */
export function verifiersChange(change: ChangeValue): Change {
  if ('commit' in change && isCommit(change.commit)) return { commit: change.commit }
  if ('operation' in change && isDigest(change.operation)) return { operation: change.operation }
  if ('artifact' in change && isDigest(change.artifact))
    return { deployment: change.deployment, artifact: change.artifact }
  throw new BreakglassError('bad_input', 'change: expected a commit, a deployment or an operation.')
}
