import { join } from 'node:path'
import { encodeHex, hashLeaf, sameBytes, tilePath, tileWidth } from '@breakglass/verify'
import { damaged, readBundle } from './bundle-reader.ts'
import type { Files } from './files.ts'
import { partialWidth, RightEdge, tileIndex } from './right-edge.ts'
import type { SignedState } from './state.ts'
import { TileNodes } from './tile-nodes.ts'

/**
 * The right edge as the disk has it, recomputed from the durable bundles and held against the signed root. It looks at
 * what the next commit builds on, in time that does not grow with the log; fsck looks at the rest. Code: `tree_damaged`.
 */
export function loadEdge(
  files: Files,
  tree: string,
  { size, root }: SignedState,
): { edge: RightEdge; openEntries: Uint8Array[] } {
  const tiles: TileNodes[] = []
  for (let level = 0; tileWidth ** level <= size; level++) {
    tiles.push(readTile(files, tree, { level, index: tileIndex(size, level), width: partialWidth(size, level) }))
  }
  const openEntries = checkOpenBundle(files, tree, size, tiles[0])
  for (const [level, tile] of tiles.entries()) {
    if (level > 0) checkLastChild(files, tree, { level, index: tileIndex(size, level), tile })
  }
  const edge = new RightEdge(size, tiles)
  const found = edge.root()
  if (sameBytes(found, root)) return { edge, openEntries }
  throw damaged(tree, `tiles that give the signed root ${encodeHex(root)} at size ${size}`, encodeHex(found))
}

/** A width of 0 is not stored: it is an empty tile. */
function readTile(files: Files, tree: string, at: { level: number; index: number; width: number }): TileNodes {
  if (at.width === 0) return new TileNodes()
  const path = join(tree, tilePath(at.level, at.index, at.width))
  const bytes = files.read(path)
  if (bytes?.length === at.width * 32) return TileNodes.from(bytes)
  throw damaged(path, `a tile of ${at.width * 32} bytes`, bytes === undefined ? 'no file' : `${bytes.length} bytes`)
}

function checkOpenBundle(files: Files, tree: string, size: number, tile: TileNodes | undefined): Uint8Array[] {
  if (tile === undefined || tile.width === 0) return []
  const index = tileIndex(size, 0)
  const entries = readBundle(files, tree, index, tile.width)
  requireSameHashes(join(tree, tilePath('entries', index, tile.width)), entries, tile)
  return entries
}

/** The newest full tile below the last hash of a partial one; at the bottom, its bundle too. */
function checkLastChild(files: Files, tree: string, at: { level: number; index: number; tile: TileNodes }): void {
  const last = at.tile.node(0, at.tile.width - 1)
  if (last === undefined) return
  const child = { level: at.level - 1, index: at.index * tileWidth + at.tile.width - 1, width: tileWidth }
  const nodes = readTile(files, tree, child)
  const path = join(tree, tilePath(child.level, child.index))
  const root = nodes.root()
  if (root === undefined || !sameBytes(root, last)) throw damaged(path, `a tile of root ${encodeHex(last)}`, 'another')
  if (child.level > 0) return
  const bundle = join(tree, tilePath('entries', child.index))
  requireSameHashes(bundle, readBundle(files, tree, child.index, tileWidth), nodes)
}

function requireSameHashes(path: string, entries: readonly Uint8Array[], tile: TileNodes): void {
  for (const [position, entry] of entries.entries()) {
    const hash = tile.node(0, position)
    if (hash === undefined || !sameBytes(hashLeaf(entry), hash)) {
      throw damaged(path, `entry ${position} to hash as its tile says`, 'another entry')
    }
  }
}
