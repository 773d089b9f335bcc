import { concatBytes, hashNode, tileWidth } from '@breakglass/verify'

/** log₂ of a tile's width: the tree levels one tile spans. */
export const tileHeight = 8

/** The hashes of one tile, full or still growing, with the nodes between them: each pair is hashed once, when complete. */
export class TileNodes {
  /** `#levels[k]` holds the roots of the full subtrees of 2^k hashes of this tile. */
  readonly #levels: Uint8Array[][] = Array.from({ length: tileHeight + 1 }, () => [])

  static from(bytes: Uint8Array): TileNodes {
    const nodes = new TileNodes()
    for (let at = 0; at < bytes.length; at += 32) nodes.push(bytes.subarray(at, at + 32))
    return nodes
  }

  get width(): number {
    return this.#levels[0]?.length ?? 0
  }

  push(hash: Uint8Array): void {
    if (this.width === tileWidth) throw new TypeError('expected a tile that is not full')
    let node = hash
    for (const level of this.#levels) {
      level.push(node)
      const left = level.at(-2)
      if (level.length % 2 === 1 || left === undefined) return
      node = hashNode(left, node)
    }
  }

  /** The root of the full subtree of 2^height hashes at `index`; `undefined` when it is not complete. */
  node(height: number, index: number): Uint8Array | undefined {
    return this.#levels[height]?.[index]
  }

  /** Of a full tile. */
  root(): Uint8Array | undefined {
    return this.node(tileHeight, 0)
  }

  /** The roots of the full subtrees the width is made of, largest first: one for each 1 in it. */
  peaks(): Uint8Array[] {
    const peaks: Uint8Array[] = []
    for (const level of this.#levels.toReversed()) {
      const last = level.at(-1)
      if (level.length % 2 === 1 && last !== undefined) peaks.push(last)
    }
    return peaks
  }

  bytes(): Uint8Array {
    return concatBytes(...(this.#levels[0] ?? []))
  }
}
