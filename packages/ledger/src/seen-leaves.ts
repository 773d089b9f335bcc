import { bitsOf } from './recent-leaves.ts'

/** 8 MiB: at 10⁶ leaves one new leaf in sixty-seven is taken for one that may have been seen, at 10⁷ one in seven. */
const bits = 2 ** 26

/**
 * Says of most leaves that are new that they are, without a look at the disk: a Bloom filter with one bit a leaf. It never
 * says so of one that was seen.
 */
export class SeenLeaves {
  readonly #bits: Uint32Array = new Uint32Array(bits / 32)

  add(hash: Uint8Array): void {
    const bit = bitOf(hash)
    const word = bit >>> 5
    this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (bit & 31))
  }

  /** False: certainly not. */
  mayHave(hash: Uint8Array): boolean {
    const bit = bitOf(hash)
    return ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0
  }
}

const bitOf = (hash: Uint8Array): number => bitsOf(hash) % bits
