import { emptyRoot, hashNode } from './tree-hash.ts'

/**
 * The right edge of a tree: the roots of its full subtrees, largest first, one for each 1 in the size. Enough to
 * append and to read the root; `size` and `hashes()` are enough to build it again.
 */
export class Frontier {
  #size: number
  readonly #hashes: Uint8Array[]

  /** Throws TypeError unless there is one 32-byte hash for each 1 in the binary form of the size. */
  constructor(size = 0, hashes: readonly Uint8Array[] = []) {
    if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`expected a tree size, found ${size}`)
    if (hashes.length !== onesIn(size)) throw new TypeError(`expected ${onesIn(size)} hashes, found ${hashes.length}`)
    if (hashes.some(hash => hash.length !== 32)) throw new TypeError('expected hashes of 32 bytes')
    this.#size = size
    this.#hashes = [...hashes]
  }

  get size(): number {
    return this.#size
  }

  /** `leaf` is a leaf hash. */
  append(leaf: Uint8Array): void {
    if (this.#size === Number.MAX_SAFE_INTEGER) throw new TypeError('expected fewer than 2^53 - 1 leaves')
    let merged = leaf
    // Each trailing 1 of the size is a full subtree that the new leaf completes.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#hashes.pop()
      if (left !== undefined) merged = hashNode(left, merged)
    }
    this.#hashes.push(merged)
    this.#size++
  }

  root(): Uint8Array {
    return foldRight(this.#hashes) ?? emptyRoot
  }

  hashes(): Uint8Array[] {
    return [...this.#hashes]
  }

  clone(): Frontier {
    return new Frontier(this.#size, this.#hashes)
  }
}

/** The root over adjacent full subtrees of falling size; `undefined` over none. */
export function foldRight(hashes: readonly Uint8Array[]): Uint8Array | undefined {
  let root = hashes.at(-1)
  for (let index = hashes.length - 2; index >= 0; index--) {
    const left = hashes[index]
    if (left !== undefined && root !== undefined) root = hashNode(left, root)
  }
  return root
}

function onesIn(size: number): number {
  let ones = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2
  return ones
}
