import { checkConsistency, encodeHex, type VerifiedCheckpoint } from '@breakglass/verify'
import { type Journal, numberOf, type Row, textOf } from './journal.ts'
import type { Point } from './point.ts'
import { endSplitsOf, keepSplit } from './splits.ts'

/** docs/formats/point-journal.md "What a point remembers of the ledger": a tree under a checkpoint that verified here. */
export interface Tree {
  origin: string
  size: number
  /** Hex. */
  root: string
  /** The whole checkpoint, verbatim. */
  note: string
  joined: boolean
}

/** Of one log: joined trees that are kept, and trees that may wait to be joined. */
export const treesMax = 1_000

const shownMsMin = 3_600_000

/** `unknown`: there was no room to remember it, or it is not the one that is remembered. */
export type Standing = 'joined' | 'unjoined' | 'unknown'

/**
 * Remembers a tree that was shown, whatever for. The first one of a log is joined by being the first. One whose size is known
 * with another root is kept as a split, and is not remembered beside the other.
 */
export function rememberTree(point: Point, checkpoint: VerifiedCheckpoint): Standing {
  const { journal } = point
  const nowMs = point.now()
  return journal.inTransaction(() => {
    const found = treeOf(checkpoint)
    const held = treeAt(journal, found.origin, found.size)
    if (held === undefined) return addTree(journal, found, nowMs)
    if (held.root !== found.root) {
      keepSplit(point, { how: 'same_size', held, found }, nowMs)
      return 'unknown'
    }
    // Of a joined one it only says how long it is worth keeping, which is not worth a write each time.
    const staleMs = held.joined ? nowMs - shownMsMin : nowMs
    const sql = 'update tree set shown_at = ? where origin = ? and size = ? and shown_at < ?'
    journal.run(sql, nowMs, held.origin, held.size, staleMs)
    return held.joined ? 'joined' : 'unjoined'
  })
}

export function standingOf(journal: Journal, checkpoint: VerifiedCheckpoint): Standing {
  const held = treeAt(journal, checkpoint.origin, checkpoint.size)
  if (held?.root !== encodeHex(checkpoint.root)) return 'unknown'
  return held.joined ? 'joined' : 'unjoined'
}

/** The largest joined tree of each log. */
export function trunks(journal: Journal): Tree[] {
  return journal
    .all('select t.* from tree t where size = (select max(size) from tree where origin = t.origin and joined = 1)')
    .map(readTree)
}

/** The largest tree that was seen of a log, joined or not: what a newest checkpoint must not be older than. */
export function largestTree(journal: Journal, origin: string): Tree | undefined {
  const row = journal.get('select * from tree where origin = ? order by size desc limit 1', origin)
  return row === undefined ? undefined : readTree(row)
}

/** Those shown last first: what somebody waits for is never behind what nobody can prove. */
export function unjoinedTrees(journal: Journal, max: number): Tree[] {
  return journal.all('select * from tree where joined = 0 order by shown_at desc, size desc limit ?', max).map(readTree)
}

/** How many wait, and since when, ms. */
export function unjoinedSince(journal: Journal): { count: number; sinceMs: number } {
  const row = journal.get('select count(*) as n, coalesce(min(first_at), 0) as since from tree where joined = 0')
  return { count: numberOf(row, 'n'), sinceMs: numberOf(row, 'since') }
}

/**
 * Joins a tree to the largest joined one by a consistency proof (RFC 9162 §2.1.4.2) between the two, which are facts: neither
 * changes while an answer is on its way. A proof that does not hold is kept as a split. Says whether it held.
 */
export function joinTree(point: Point, { trunk, tree }: Pair, proof: readonly Uint8Array[]): boolean {
  const { journal } = point
  const [from, to] = inOrder({ trunk, tree })
  const holds = checkConsistency(from.size, to.size, proof, rootOf(from), rootOf(to))
  const nowMs = point.now()
  journal.inTransaction(() => {
    if (!holds) return keepSplit(point, { how: 'no_proof', held: trunk, found: tree, proof }, nowMs)
    const sql = 'update tree set joined = 1, shown_at = ? where origin = ? and size = ?'
    journal.run(sql, nowMs, tree.origin, tree.size)
    endSplitsOf(point, tree, nowMs)
    forgetOld(journal, tree.origin)
  })
  return holds
}

/** One that is joined already, and one that is to be. */
export interface Pair {
  trunk: Tree
  tree: Tree
}

export function inOrder({ trunk, tree }: Pair): [Tree, Tree] {
  return trunk.size <= tree.size ? [trunk, tree] : [tree, trunk]
}

function treeAt(journal: Journal, origin: string, size: number): Tree | undefined {
  const row = journal.get('select * from tree where origin = ? and size = ?', origin, size)
  return row === undefined ? undefined : readTree(row)
}

function addTree(journal: Journal, tree: Tree, nowMs: number): Standing {
  const { origin, size, root, note } = tree
  const row = journal.get('select count(*) as n, coalesce(sum(joined), 0) as joined from tree where origin = ?', origin)
  const joined = numberOf(row, 'n') === 0
  if (numberOf(row, 'n') - numberOf(row, 'joined') >= treesMax) return 'unknown'
  const sql = 'insert into tree (origin, size, root, note, joined, shown_at, first_at) values (?, ?, ?, ?, ?, ?, ?)'
  journal.run(sql, origin, size, root, note, Number(joined), nowMs, nowMs)
  return joined ? 'joined' : 'unjoined'
}

/** Those not shown for longest, never the largest: a joined tree that is not known any more costs a question. */
function forgetOld(journal: Journal, origin: string): void {
  const sql = `delete from tree where rowid in (
    select rowid from tree where origin = ? and joined = 1
      and size < (select max(size) from tree where origin = ? and joined = 1)
    order by shown_at desc, size desc limit -1 offset ?)`
  journal.run(sql, origin, origin, treesMax)
}

function treeOf({ origin, size, root, note }: VerifiedCheckpoint): Tree {
  return { origin, size, root: encodeHex(root), note, joined: false }
}

function rootOf({ root }: Tree): Uint8Array {
  return Buffer.from(root, 'hex')
}

function readTree(row: Row): Tree {
  return {
    origin: textOf(row, 'origin'),
    size: numberOf(row, 'size'),
    root: textOf(row, 'root'),
    note: textOf(row, 'note'),
    joined: numberOf(row, 'joined') === 1,
  }
}
