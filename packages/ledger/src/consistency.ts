import { checkConsistency, consistencyProof, emptyRoot, type HashReader, hashNode } from '@breakglass/verify'
import { LedgerError } from './errors.ts'

/** That the tree of `to` entries begins with the one of `from`. */
export interface ConsistencyProof {
  from: number
  to: number
  /** RFC 6962 §2.1.2. */
  proof: Uint8Array[]
}

/**
 * Sizes from 0 to the published one, not falling; `to` is the published one unless it is said. The hashes may come from
 * tiles that have lain on a disk for years, so they must give the published root before they are given out. Codes:
 * `bad_range`, `tile_damaged`.
 */
export function proveConsistency(
  range: { from: number; to?: number | undefined },
  published: { size: number; root: Uint8Array },
  read: HashReader,
): ConsistencyProof {
  const { from, to = published.size } = range
  const isSound = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to
  if (!isSound || to > published.size) {
    throw new LedgerError('bad_range', `expected sizes 0 <= from <= to <= ${published.size}, found ${from} and ${to}`)
  }
  const proof = consistencyProof(from, to, read)
  const middleRoot = rootAt(to, read)
  const onward = consistencyProof(to, published.size, read)
  const holds =
    checkConsistency(from, to, proof, rootAt(from, read), middleRoot) &&
    checkConsistency(to, published.size, onward, middleRoot, published.root)
  if (holds) return { from, to, proof }
  const message = `the tiles on disk do not prove ${from} to ${to} under the published root; run fsck`
  throw new LedgerError('tile_damaged', message)
}

/** The root of the first `size` leaves, from the full subtrees they fall into, the largest first. */
function rootAt(size: number, read: HashReader): Uint8Array {
  let root: Uint8Array | undefined
  // From the right: the smallest subtree ends at `end`.
  for (let end = size, level = 0; end > 0; level++) {
    const leaves = 2 ** level
    if (end % (2 * leaves) === 0) continue
    const subtree = read(level, end / leaves - 1)
    root = root === undefined ? subtree : hashNode(subtree, root)
    end -= leaves
  }
  return root ?? emptyRoot
}
