import { emptyRoot } from '@breakglass/verify'
import { hashBytes, hashPairInto } from './hashing.ts'

/** Of every full subtree of a tree, each hashed once: with the leaves, 64 bytes an entry. */
export class SubtreeHashes {
  readonly size: number
  /** `#heights[k]` are those of 2^k leaves, from the left, 32 bytes each. */
  readonly #heights: Buffer[]

  /** Leaf hashes, 32 bytes each. They must not be changed. */
  constructor(leaves: Buffer) {
    this.size = leaves.length / hashBytes
    this.#heights = [leaves]
    for (let below = leaves; below.length >= 2 * hashBytes; ) {
      below = pairwise(below)
      this.#heights.push(below)
    }
  }

  /** Those of 2^height leaves among the first `size` of them; empty where there is none. */
  ofHeight(height: number, size: number = this.size): Buffer {
    const count = Math.floor(size / 2 ** height)
    return (this.#heights[height] ?? none).subarray(0, count * hashBytes)
  }

  /** RFC 6962 §2.1: of the tree of the first `size` leaves. Throws RangeError when there are fewer. */
  root(size: number): Uint8Array {
    if (size === 0) return emptyRoot
    if (size > this.size) throw new RangeError(`expected a size up to ${this.size}, found ${size}`)
    const pair = Buffer.alloc(2 * hashBytes)
    let isFirst = true
    // The full subtrees of which the size is made, the smallest first: it is the one on the right.
    for (let height = 0, rest = size; rest > 0; height++, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue
      const from = (rest - 1) * hashBytes
      this.#heights[height]?.copy(pair, isFirst ? hashBytes : 0, from, from + hashBytes)
      if (!isFirst) hashPairInto(pair, hashBytes, pair, 0)
      isFirst = false
    }
    return new Uint8Array(pair.subarray(hashBytes))
  }
}

const none = Buffer.alloc(0)

function pairwise(below: Buffer): Buffer {
  const above = Buffer.alloc(Math.floor(below.length / (2 * hashBytes)) * hashBytes)
  for (let at = 0; at < above.length; at += hashBytes) hashPairInto(above, at, below, 2 * at)
  return above
}
