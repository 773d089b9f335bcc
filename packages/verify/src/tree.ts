import { sameBytes } from './bytes.ts'
import { Frontier, foldRight } from './frontier.ts'
import { hashNode } from './tree-hash.ts'

/**
 * Proofs in the Merkle tree of RFC 6962 §2.1. Sizes and indices are integers up to 2⁵³ − 1: halving is division,
 * because JavaScript's shifts are of 32 bits.
 */

/** The hash of the full subtree of 2^level leaves that begins at leaf index × 2^level. */
export type HashReader = (level: number, index: number) => Uint8Array

/** RFC 6962 §2.1: the root over leaf hashes. */
export function rootOf(leafHashes: readonly Uint8Array[]): Uint8Array {
  const frontier = new Frontier()
  for (const leaf of leafHashes) frontier.append(leaf)
  return frontier.root()
}

/** RFC 6962 §2.1.1, the leaf's sibling first. Throws TypeError unless 0 ≤ index < size ≤ 2⁵³ − 1. */
export function inclusionProof(index: number, size: number, read: HashReader): Uint8Array[] {
  if (!isSize(size) || !isSize(index) || index >= size) {
    throw new TypeError(`expected an index below the size, found ${index} of ${size}`)
  }
  const path: Uint8Array[] = []
  let begin = 0
  let end = size
  while (end - begin > 1) {
    const middle = begin + powerBelow(end - begin)
    if (index < middle) {
      path.push(rangeRoot(middle, end, read))
      end = middle
    } else {
      path.push(rangeRoot(begin, middle, read))
      begin = middle
    }
  }
  return path.reverse()
}

/** RFC 6962 §2.1.2. Empty from 0 and from the same size. Throws TypeError unless 0 ≤ from ≤ to ≤ 2⁵³ − 1. */
export function consistencyProof(from: number, to: number, read: HashReader): Uint8Array[] {
  if (!isSize(from) || !isSize(to) || from > to) {
    throw new TypeError(`expected sizes that do not fall, found ${from} to ${to}`)
  }
  if (from === 0 || from === to) return []
  const path: Uint8Array[] = []
  let begin = 0
  let end = to
  while (from < end) {
    const middle = begin + powerBelow(end - begin)
    if (from <= middle) {
      path.push(rangeRoot(middle, end, read))
      end = middle
    } else {
      path.push(rangeRoot(begin, middle, read))
      begin = middle
    }
  }
  // When the old tree is a full subtree on the left edge, the verifier knows its root and it is left out.
  if (begin > 0) path.push(rangeRoot(begin, end, read))
  return path.reverse()
}

/** RFC 9162 §2.1.3.2. `leaf` is a leaf hash. False, never a throw, on anything that does not hold. */
export function checkInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSize(index) || !isSize(size) || index >= size) return false
  if (![leaf, root, ...proof].every(isHash)) return false
  let node = index
  let last = size - 1
  let hash = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = hashNode(sibling, hash)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      hash = hashNode(hash, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && sameBytes(hash, root)
}

/**
 * RFC 9162 §2.1.4.2. From 0 every tree is consistent and the proof must be empty (as C2SP tlog-witness has it); from
 * the same size the proof must be empty and the roots the same.
 */
export function checkConsistency(
  from: number,
  to: number,
  proof: readonly Uint8Array[],
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
): boolean {
  if (!isSize(from) || !isSize(to) || from > to) return false
  if (from === to) return proof.length === 0 && sameBytes(fromRoot, toRoot)
  if (from === 0) return proof.length === 0
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof
  if (!path.every(isHash)) return false
  return walkConsistency(from, to, path, fromRoot, toRoot)
}

function walkConsistency(
  from: number,
  to: number,
  path: readonly Uint8Array[],
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
): boolean {
  const [first, ...rest] = path
  if (first === undefined) return false
  let node = from - 1
  let last = to - 1
  while (node % 2 === 1) {
    node = half(node)
    last = half(last)
  }
  let fromHash = first
  let toHash = first
  for (const sibling of rest) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      fromHash = hashNode(sibling, fromHash)
      toHash = hashNode(sibling, toHash)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      toHash = hashNode(toHash, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && sameBytes(fromHash, fromRoot) && sameBytes(toHash, toRoot)
}

/** Parts of another length could move the border between two hashes, and so make one node's input into another's. */
const isHash = (bytes: Uint8Array): boolean => bytes.length === 32

/** MTH(D[begin:end]), where begin is a multiple of a power of two that is at least end − begin. */
function rangeRoot(begin: number, end: number, read: HashReader): Uint8Array {
  const parts: Uint8Array[] = []
  for (let at = begin; at < end; ) {
    const level = levelOf(end - at)
    const leaves = 2 ** level
    parts.push(read(level, at / leaves))
    at += leaves
  }
  const root = foldRight(parts)
  if (root === undefined) throw new TypeError('expected a range that is not empty')
  return root
}

/** The largest power of two below n, for n ≥ 2. */
function powerBelow(n: number): number {
  return 2 ** levelOf(n - 1)
}

/** floor(log₂ n), for n ≥ 1. By doubling: Math.log2 rounds near large powers of two. */
function levelOf(n: number): number {
  let level = 0
  for (let rest = half(n); rest > 0; rest = half(rest)) level++
  return level
}

function isPowerOfTwo(n: number): boolean {
  return 2 ** levelOf(n) === n
}

function half(n: number): number {
  return Math.floor(n / 2)
}

function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0
}
