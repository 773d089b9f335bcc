import { join } from 'node:path'
import { type HashReader, tilePath, tileWidth } from '@breakglass/verify'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import type { FullTile, RightEdge } from './right-edge.ts'
import { TileNodes, tileHeight } from './tile-nodes.ts'

/** About 30 MB with the nodes between: the full tiles that proofs of recent and of often asked entries go through. */
const cachedTilesMax = 1024

/** Reads the tree's hashes: the growing end from memory, full tiles from a cache in front of the disk. */
export class TileReader {
  readonly #files: Files
  readonly #tree: string
  readonly #edge: RightEdge
  readonly #cache = new Map<string, TileNodes>()

  constructor(files: Files, tree: string, edge: RightEdge) {
    this.#files = files
    this.#tree = tree
    this.#edge = edge
  }

  /** Full tiles enter here when they are completed, before they are on disk: readers must not miss them in between. */
  remember(tile: FullTile): void {
    this.#keep(tilePath(tile.level, tile.index), tile.nodes)
  }

  /** Code: `tile_damaged` when a full tile is missing or not 8192 bytes. What it holds is for the proof's check to judge. */
  readonly read: HashReader = (treeLevel, index) => {
    const known = this.#edge.hash(treeLevel, index)
    if (known !== undefined) return known
    const height = treeLevel % tileHeight
    const perTile = 2 ** (tileHeight - height)
    const tile = this.#tile(tilePath(Math.floor(treeLevel / tileHeight), Math.floor(index / perTile)))
    const node = tile.node(height, index % perTile)
    if (node === undefined) throw new TypeError(`expected a complete subtree at level ${treeLevel}, index ${index}`)
    return node
  }

  #tile(path: string): TileNodes {
    const cached = this.#cache.get(path)
    const nodes = cached ?? readFullTile(this.#files, join(this.#tree, path))
    this.#keep(path, nodes)
    return nodes
  }

  #keep(path: string, nodes: TileNodes): void {
    // A Map keeps the order of insertion: taken out and put back, the first is the least recently used.
    this.#cache.delete(path)
    this.#cache.set(path, nodes)
    const [oldest] = this.#cache.keys()
    if (this.#cache.size > cachedTilesMax && oldest !== undefined) this.#cache.delete(oldest)
  }
}

function readFullTile(files: Files, path: string): TileNodes {
  const bytes = files.read(path)
  if (bytes?.length === tileWidth * 32) return TileNodes.from(bytes)
  const found = bytes === undefined ? 'no file' : `${bytes.length} bytes`
  throw new LedgerError('tile_damaged', `expected a full tile of ${tileWidth * 32} bytes at ${path}, found ${found}`)
}
