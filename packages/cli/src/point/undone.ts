import type { Commit } from '@breakglass/verify'
import type { Git } from './git.ts'
import { type Journal, textOf } from './journal.ts'

/** One move of a ref; `old` is absent where it was created. */
export interface Move {
  old?: Commit
  new: Commit
}

/** A landing that was taken back, and the commit that did it. */
export interface Undone {
  move: Move
  by: Commit
}

/** A revert is looked for among the landings of so many days, and so many; harm is followed for seven. */
const daysBack = 8
const movesMax = 300

/** Landings of one ref that are known here, the oldest first: what the hook let through, and what went past it. */
export function recentMoves(journal: Journal, ref: string, nowMs: number): Move[] {
  const rows = journal.all(
    `select old, new, at from allowed where ref = ?1 and at >= ?2
     union all select old, new, at from unallowed where ref = ?1 and at >= ?2 order by at desc limit ?3`,
    ref,
    nowMs - daysBack * 86_400_000,
    movesMax,
  )
  // Both tables are written from what git answered.
  return rows.reverse().map(row => {
    const [old, tip] = [textOf(row, 'old'), textOf(row, 'new') as Commit]
    return { new: tip, ...(old !== '' && { old: old as Commit }) }
  })
}

/** Remembered, so that what went past the hook is known again when it is taken back. */
export function keepUnallowed(journal: Journal, ref: string, move: Move, nowMs: number): void {
  journal.run(
    'insert into unallowed (ref, old, new, at) values (?, ?, ?, ?) on conflict (ref, old, new) do update set at = excluded.at',
    ref,
    move.old ?? '',
    move.new,
    nowMs,
  )
  journal.run('delete from unallowed where at < ?', nowMs - daysBack * 86_400_000)
}

/**
 * Which earlier landings a step takes back. Three signs: the ref went back to an ancestor; its files are again those from
 * before an earlier landing; a commit of the step says which commit it reverts, as `git revert` writes it.
 */
export function undoneBy(git: Git, step: Move, known: readonly Move[]): Undone[] {
  const { old } = step
  const earlier = known.filter(move => move.new !== step.new)
  if (old === undefined || earlier.length === 0) return []
  if (git.isAncestor(step.new, old)) {
    return earlier.filter(move => !git.isAncestor(move.new, step.new)).map(move => ({ move, by: step.new }))
  }
  const restored = restoredSince(git, step, earlier)
  if (restored.length > 0) return restored.map(move => ({ move, by: step.new }))
  return namedReverts(git, { ...step, old }, earlier)
}

function restoredSince(git: Git, step: Move, earlier: readonly Move[]): Move[] {
  const trees = git.treesOf([step.new, ...earlier.flatMap(move => (move.old ? [move.old, move.new] : [move.new]))])
  const tree = trees.get(step.new)
  const before = earlier.at(-1)
  if (tree === undefined || (before && trees.get(before.new) === tree)) return []
  const from = earlier.findLastIndex(move => move.old !== undefined && trees.get(move.old) === tree)
  return from === -1 ? [] : earlier.slice(from)
}

/** A branch may revert what it never landed: only what an earlier landing brought counts. */
function namedReverts(git: Git, step: Required<Move>, earlier: readonly Move[]): Undone[] {
  const commits = git.commitsBetween(step.old, step.new)
  const named = commits.flatMap(({ commit, reverts }) => reverts.map(reverted => ({ by: commit, reverted })))
  if (named.length === 0) return []
  const undone: Undone[] = []
  for (const move of earlier) {
    const brought = new Set(git.commitsBetween(move.old, move.new).map(({ commit }) => commit))
    const found = named.find(({ by, reverted }) => brought.has(reverted) && !brought.has(by))
    if (found !== undefined) undone.push({ move, by: found.by })
  }
  return undone
}
