import { type Commit, isCommit } from '@breakglass/verify'

/** Git's hex as a commit; `undefined` for the zero id, by which git means "no object", and for anything else. */
export function commitOf(hex: string): Commit | undefined {
  if (/^0+$/.test(hex)) return undefined
  const commit = `${hex.length === 64 ? 'sha256' : 'sha1'}:${hex}`
  return isCommit(commit) ? commit : undefined
}

export function hexOf(commit: Commit): string {
  return commit.slice(commit.indexOf(':') + 1)
}

/** As people write it. */
export function shortOf(commit: Commit): string {
  return hexOf(commit).slice(0, 12)
}
