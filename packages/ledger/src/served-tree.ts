import { join } from 'node:path'
import { formatBundle, parseBundle, parseTilePath, type TileAddress, tilePath, tileWidth } from '@breakglass/verify'
import { readEntries } from './bundle-reader.ts'
import type { EntryTail } from './entry-tail.ts'
import type { Files } from './files.ts'
import type { TileReader } from './tile-reader.ts'

export interface ServedTreeParts {
  files: Files
  tree: string
  tail: EntryTail
  reader: TileReader
}

/**
 * A tile or bundle of the published tree by its C2SP path: from disk, or from memory while it is not settled. Any partial
 * one is cut from a wider one, so none needs to be kept for those who ask. Only exact tile paths are looked up, so nothing
 * that is asked for can lead out of the tree. `undefined`: not in a tree of this size.
 */
export function readServedTile(parts: ServedTreeParts, publishedSize: number, path: string): Uint8Array | undefined {
  const parsed = parseTilePath(path)
  if (!parsed.ok || !isPublished(parsed.value, publishedSize)) return undefined
  const stored = parts.files.read(join(parts.tree, path))
  if (stored !== undefined) return stored
  const { level, index, width } = parsed.value
  return level === 'entries' ? bundle(parts, index, width) : parts.reader.tile({ level, index, width })
}

/** Committed entries, from disk and from memory. Throws TypeError past the end. Code: `tree_damaged`. */
export function readCommittedEntries(
  { files, tree, tail }: ServedTreeParts,
  from: number,
  until: number,
): Uint8Array[] {
  const begin = Math.min(until, Math.max(from, tail.first))
  const settled = from < begin ? [...readEntries(files, tree, { from, until: begin, size: tail.first })] : []
  return [...settled, ...(tail.slice(begin, until) ?? [])]
}

/** Not a hash nor an entry beyond what is signed and cosigned leaves the ledger. */
function isPublished({ level, index, width }: TileAddress, size: number): boolean {
  const entriesEach = level === 'entries' ? 1 : tileWidth ** level
  return (index * tileWidth + width) * entriesEach <= size
}

function bundle({ files, tree, tail }: ServedTreeParts, index: number, width: number): Uint8Array | undefined {
  const begin = index * tileWidth
  const recent = tail.slice(begin, begin + width)
  if (recent !== undefined) return formatBundle(recent)
  const full = files.read(join(tree, tilePath('entries', index)))
  const entries = full === undefined ? undefined : parseBundle(full)
  return entries?.ok === true ? formatBundle(entries.value.slice(0, width)) : undefined
}
