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
  /** Full and not on disk yet: never let go before they are. */
  readonly #held = new Map<string, TileNodes>()

  constructor(files: Files, tree: string, edge: RightEdge) {
    this.#files = files
    this.#tree = tree
    this.#edge = edge
  }

  /** A tile that has just become full, before it is on disk. */
  hold(tile: FullTile): void {
    this.#held.set(tilePath(tile.level, tile.index), tile.nodes)
  }

  /** They are on disk now. */
  release(tiles: readonly FullTile[]): void {
    for (const { level, index, nodes } of tiles) {
      const path = tilePath(level, index)
      this.#held.delete(path)
      this.#keep(path, nodes)
    }
  }

  /** The hashes of a tile up to `width`, when they are known; `undefined` when there is no such tile here. */
  tile({ level, index, width }: { level: number; index: number; width: number }): Uint8Array | undefined {
    const growing = this.#edge.partials().find(tile => tile.level === level && tile.index === index)
    const nodes = growing?.nodes ?? this.#held.get(tilePath(level, index)) ?? this.#onDisk(level, index)
    return nodes === undefined || nodes.width < width ? undefined : nodes.bytes().subarray(0, width * 32)
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

  #onDisk(level: number, index: number): TileNodes | undefined {
    const bytes = this.#files.read(join(this.#tree, tilePath(level, index)))
    return bytes?.length === tileWidth * 32 ? TileNodes.from(bytes) : undefined
  }

  #tile(path: string): TileNodes {
    const held = this.#held.get(path)
    if (held !== undefined) return held
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
