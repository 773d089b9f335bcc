import type { Git } from './git.ts'
import { shortOf } from './object-id.ts'
import type { RefUpdate } from './ref-lines.ts'

/** Why a move of a protected branch is none that any gate could let through. */
export interface Shape {
  code: 'deletion' | 'rewrite' | 'not_a_commit' | 'ref_moved'
  words: string
  remedy: string
}

/**
 * A grant opens one gate for one commit. It never sanctions a change of protection: deleting a protected branch, or
 * rewriting what landed on it, is refused whatever is shown.
 */
export function checkShape(git: Git, update: RefUpdate, target: string): Shape | undefined {
  if (update.new === undefined) {
    return {
      code: 'deletion',
      words: 'this would delete a protected branch, which no grant sanctions',
      remedy: 'change the program first, so that the branch is not protected any more',
    }
  }
  const found = git.tipOf(target)
  if (found !== update.old) {
    const words = `the branch is at ${found === undefined ? 'nothing' : shortOf(found)} by now, not where this push begins`
    return { code: 'ref_moved', words, remedy: 'fetch, and push again' }
  }
  const type = git.typeOf(update.new)
  if (type !== 'commit') {
    const words = `this would point a protected branch at a ${type}, not at a commit`
    return { code: 'not_a_commit', words, remedy: 'push the commit itself' }
  }
  if (update.old !== undefined && !git.isAncestor(update.old, update.new)) {
    return {
      code: 'rewrite',
      words: `this would rewrite a protected branch: ${shortOf(update.old)} is not in the history of ${shortOf(update.new)}`,
      remedy: 'push a commit on top of the branch (a revert, or a merge); no grant sanctions a rewrite of history',
    }
  }
  return undefined
}
