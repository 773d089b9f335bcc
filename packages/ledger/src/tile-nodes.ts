import { tileWidth } from '@breakglass/verify'
import { hashAt, hashBytes, hashPairInto } from './hashing.ts'

/** log₂ of a tile's width: the tree levels one tile spans. */
export const tileHeight = 8

/** The hashes of one tile, full or still growing, with the nodes between them: each pair is hashed once, when complete. */
export class TileNodes {
  /** 16 kB: the hashes, then the roots of each two of them, of each four, and so on. What is written never changes. */
  readonly #nodes: Buffer = Buffer.alloc((2 * tileWidth - 1) * hashBytes)
  #width = 0

  static from(bytes: Uint8Array): TileNodes {
    const nodes = new TileNodes()
    for (let at = 0; at < bytes.length; at += hashBytes) nodes.push(bytes.subarray(at, at + hashBytes))
    return nodes
  }

  get width(): number {
    return this.#width
  }

  push(hash: Uint8Array): void {
    if (this.#width === tileWidth) throw new TypeError('expected a tile that is not full')
    if (hash.length !== hashBytes) throw new TypeError(`expected a hash of ${hashBytes} bytes, found ${hash.length}`)
    this.#nodes.set(hash, this.#width * hashBytes)
    let index = this.#width++
    for (let height = 0; index % 2 === 1; height++) {
      const left = (firstOf(height) + index - 1) * hashBytes
      index = (index - 1) / 2
      hashPairInto(this.#nodes, (firstOf(height + 1) + index) * hashBytes, this.#nodes, left)
    }
  }

  /** The root of the full subtree of 2^height hashes at `index`; `undefined` when it is not complete. */
  node(height: number, index: number): Uint8Array | undefined {
    if (index < 0 || index >= Math.floor(this.#width / 2 ** height)) return undefined
    return hashAt(this.#nodes, firstOf(height) + index)
  }

  /** Of a full tile. */
  root(): Uint8Array | undefined {
    return this.node(tileHeight, 0)
  }

  /** The roots of the full subtrees the width is made of, largest first: one for each 1 in it. */
  peaks(): Uint8Array[] {
    const peaks: Uint8Array[] = []
    for (let height = tileHeight; height >= 0; height--) {
      const count = Math.floor(this.#width / 2 ** height)
      if (count % 2 === 1) peaks.push(hashAt(this.#nodes, firstOf(height) + count - 1))
    }
    return peaks
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#nodes.buffer, this.#nodes.byteOffset, this.#width * hashBytes)
  }
}

/** Where the roots of 2^height hashes each begin, counted in hashes. */
function firstOf(height: number): number {
  return 2 * tileWidth - 2 ** (tileHeight + 1 - height)
}
