import type { Commit } from '@breakglass/verify'
import { commitOf } from './object-id.ts'

export interface ChangeRef {
  /** The repository's name, such as `acme/payments`. */
  repository: string
  commit: Commit
}

export const repositoryNameMax = 200

/**
 * Reads `acme/payments@<commit>`: the whole hash of 40 or 64 hex digits, with or without `sha1:` or `sha256:` before it. An
 * abbreviated hash is refused, because what is judged is one commit and not whatever it may come to mean.
 */
export function parseChangeRef(text: string): ChangeRef | undefined {
  if (text.length > repositoryNameMax + 80) return undefined
  const split = text.lastIndexOf('@')
  if (split < 1) return undefined
  const repository = text.slice(0, split)
  const [, name, hex = ''] = /^(?:(sha1|sha256):)?([0-9a-f]{40}|[0-9a-f]{64})$/.exec(text.slice(split + 1)) ?? []
  const commit = commitOf(hex)
  if (commit === undefined || (name !== undefined && !commit.startsWith(`${name}:`))) return undefined
  if (repository.length > repositoryNameMax || !/^[\p{L}\p{N}._-]+(\/[\p{L}\p{N}._-]+)*$/u.test(repository))
    return undefined
  return { repository, commit }
}
