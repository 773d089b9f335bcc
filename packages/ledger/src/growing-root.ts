import { emptyRoot } from '@breakglass/verify'
import { hashBytes, hashPairInto } from './hashing.ts'

/** A tree has fewer than 2^53 leaves, so no more full subtrees than this; one more while a leaf is being taken in. */
const peaksMax = 54

/** The root of a tree that grows, and nothing more of it: the roots of its full subtrees, largest first. */
export class GrowingRoot {
  readonly #peaks: Buffer = Buffer.alloc(peaksMax * hashBytes)
  #count = 0
  #size: number

  /** As `Frontier.hashes` of `size` gives them. */
  constructor(size: number, peaks: readonly Uint8Array[]) {
    this.#size = size
    for (const peak of peaks) this.#push(peak)
  }

  get size(): number {
    return this.#size
  }

  /** `leaf` is a leaf hash. */
  append(leaf: Uint8Array): void {
    this.#push(leaf)
    // Each trailing 1 of the size is a full subtree that the new leaf completes.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      this.#count--
      hashPairInto(this.#peaks, (this.#count - 1) * hashBytes, this.#peaks, (this.#count - 1) * hashBytes)
    }
    this.#size++
  }

  root(): Uint8Array {
    if (this.#count === 0) return emptyRoot
    const pair = Buffer.alloc(2 * hashBytes)
    this.#peaks.copy(pair, hashBytes, (this.#count - 1) * hashBytes, this.#count * hashBytes)
    for (let at = this.#count - 2; at >= 0; at--) {
      this.#peaks.copy(pair, 0, at * hashBytes, (at + 1) * hashBytes)
      hashPairInto(pair, hashBytes, pair, 0)
    }
    return new Uint8Array(pair.subarray(hashBytes))
  }

  #push(hash: Uint8Array): void {
    if (hash.length !== hashBytes) throw new TypeError(`expected a hash of ${hashBytes} bytes, found ${hash.length}`)
    this.#peaks.set(hash, this.#count++ * hashBytes)
  }
}
