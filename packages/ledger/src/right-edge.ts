import { Frontier, tileWidth } from '@breakglass/verify'
import { TileNodes, tileHeight } from './tile-nodes.ts'

/** A tile that became full. */
export interface FullTile {
  level: number
  index: number
  nodes: TileNodes
}

/** The growing end of the tree: the one partial tile of each level, in memory. */
export class RightEdge {
  readonly #tiles: TileNodes[]
  #size: number

  /** `tiles[level]` is the partial tile of that level; its width is floor(size / 256^level) mod 256. */
  constructor(size = 0, tiles: TileNodes[] = []) {
    this.#size = size
    this.#tiles = tiles
  }

  get size(): number {
    return this.#size
  }

  /** Takes one leaf hash; answers with the tiles it completes, lowest first. */
  push(leaf: Uint8Array): FullTile[] {
    const completed: FullTile[] = []
    let hash: Uint8Array | undefined = leaf
    for (let level = 0; hash !== undefined; level++) {
      const tile: TileNodes = this.#tiles[level] ?? new TileNodes()
      tile.push(hash)
      hash = tile.root()
      this.#tiles[level] = hash === undefined ? tile : new TileNodes()
      if (hash !== undefined) completed.push({ level, index: tileIndex(this.#size, level), nodes: tile })
    }
    this.#size++
    return completed
  }

  /** The partial tiles, each with where it lies; those of width 0 left out, as nobody may serve them. */
  partials(): FullTile[] {
    return this.#tiles
      .map((nodes, level) => ({ level, index: tileIndex(this.#size, level), nodes }))
      .filter(({ nodes }) => nodes.width > 0)
  }

  /** The hash of the full subtree of 2^treeLevel leaves at `index`, when it lies in a partial tile. */
  hash(treeLevel: number, index: number): Uint8Array | undefined {
    const level = Math.floor(treeLevel / tileHeight)
    const height = treeLevel % tileHeight
    const perTile = 2 ** (tileHeight - height)
    if (Math.floor(index / perTile) !== tileIndex(this.#size, level)) return undefined
    return this.#tiles[level]?.node(height, index % perTile)
  }

  root(): Uint8Array {
    return this.frontier().root()
  }

  /** The same edge as the verifier keeps it. */
  frontier(): Frontier {
    return new Frontier(
      this.#size,
      this.#tiles.toReversed().flatMap(tile => tile.peaks()),
    )
  }
}

/** The index of the tile of `level` that the leaf at `size` falls in. */
export function tileIndex(size: number, level: number): number {
  return Math.floor(size / tileWidth ** (level + 1))
}

/** The width of the partial tile of `level` in a tree of `size`; 0 when there is none. C2SP tlog-tiles "Partial tiles". */
export function partialWidth(size: number, level: number): number {
  return Math.floor(size / tileWidth ** level) % tileWidth
}
