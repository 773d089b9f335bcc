import { join } from 'node:path'
import { formatBundle, parseBundle, tilePath, tileWidth } from '@breakglass/verify'
import type { NewFile } from './durable-files.ts'
import type { EntryTail } from './entry-tail.ts'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import { hashAt, leafHashes } from './hashing.ts'
import { type FullTile, partialWidth, type RightEdge, tileIndex } from './right-edge.ts'

const tileMode = 0o444

/** A bundle of entries to be written, and how many of them are new. */
interface NewBundle extends NewFile {
  newEntries: number
}

export interface TreeParts {
  files: Files
  tree: string
  edge: RightEdge
  tail: EntryTail
}

/** What settling adds to the tree. */
export interface TreeFiles {
  files: NewFile[]
  /**
   * To be called when the files are durable: the leaf hashes of the new entries, computed again from the bundles as they
   * lie there. The journal lets go of its copy on the strength of these: a bit that flipped on the way must not become
   * the only copy (Yeti 2022 died of one). Code: `root_mismatch`.
   */
  readBack(): Uint8Array[]
}

/**
 * The bundles and tiles that were completed after `from`, and the partial ones of the edge's size. All of it follows from
 * the journal alone, so that a second try makes the same bytes under the same names. `completed` are the tiles the edge
 * gave up since then.
 */
export function treeFiles(parts: TreeParts, from: number, completed: readonly FullTile[]): TreeFiles {
  const bundles = newBundles(parts, from)
  return {
    files: [...bundles, ...newTiles(parts, from, completed)],
    readBack: () => bundles.flatMap(bundle => readBack(parts.files, bundle)),
  }
}

/**
 * The partial bundle and tiles that a checkpoint of this size refers to, for one that lies between two settled sizes.
 * Where the tile has become full since, the full one is there for readers to cut (C2SP tlog-tiles "Partial tiles").
 */
export function partialFiles({ tree, edge, tail }: TreeParts, size: number): NewFile[] {
  const files: NewFile[] = []
  for (const { level, index, nodes } of edge.partials()) {
    const width = partialWidth(size, level)
    if (width === 0 || index !== tileIndex(size, level)) continue
    const bytes = nodes.bytes().subarray(0, width * 32)
    files.push({ path: join(tree, tilePath(level, index, width)), bytes, mode: tileMode })
    const entries = level === 0 ? tail.slice(index * tileWidth, size) : undefined
    if (entries === undefined) continue
    files.push({ path: join(tree, tilePath('entries', index, width)), bytes: formatBundle(entries), mode: tileMode })
  }
  return files
}

function newBundles({ tree, edge, tail }: TreeParts, from: number): NewBundle[] {
  const bundles: NewBundle[] = []
  for (let begin = from - (from % tileWidth); begin < edge.size; begin += tileWidth) {
    const content = tail.slice(begin, Math.min(begin + tileWidth, edge.size))
    if (content === undefined) throw new TypeError(`expected the entries from ${begin} on in memory`)
    const path = join(tree, tilePath('entries', begin / tileWidth, content.length))
    const newEntries = begin + content.length - Math.max(begin, from)
    bundles.push({ path, bytes: formatBundle(content), mode: tileMode, newEntries })
  }
  return bundles
}

function newTiles({ tree, edge }: TreeParts, from: number, completed: readonly FullTile[]): NewFile[] {
  // A partial tile above level 0 changes only when a tile below it became full.
  const partials = edge.partials().filter(({ level }) => {
    return level === 0 || partialWidth(from, level) !== partialWidth(edge.size, level)
  })
  return [...completed, ...partials].map(({ level, index, nodes }) => {
    return { path: join(tree, tilePath(level, index, nodes.width)), bytes: nodes.bytes(), mode: tileMode }
  })
}

function readBack(files: Files, bundle: NewBundle): Uint8Array[] {
  const bytes = files.read(bundle.path)
  const entries = bytes === undefined ? undefined : parseBundle(bytes)
  if (entries?.ok !== true) throw new LedgerError('root_mismatch', `${bundle.path} does not read back as a bundle`)
  const hashes = leafHashes(entries.value.slice(entries.value.length - bundle.newEntries))
  return Array.from({ length: bundle.newEntries }, (_, index) => hashAt(hashes, index))
}
