import { join } from 'node:path'
import { parseBundle, parseTilePath, sameBytes, tilePath, tileWidth } from '@breakglass/verify'
import type { Faults } from './check-fault.ts'
import type { Files } from './files.ts'
import { hashBytes, hashLeafInto, leafHashes } from './hashing.ts'
import type { SubtreeHashes } from './subtree-hashes.ts'
import { tileHeight } from './tile-nodes.ts'

/** The leaf hashes of every bundle's entries, hashed anew, 32 bytes each. */
export function readLeaves(files: Files, tree: string, size: number, faults: Faults): Buffer {
  const leaves = Buffer.alloc(size * hashBytes)
  for (let begin = 0; begin < size; begin += tileWidth) {
    const width = Math.min(tileWidth, size - begin)
    const path = tilePath('entries', begin / tileWidth, width)
    const bytes = files.read(join(tree, path))
    const entries = bytes === undefined ? undefined : parseBundle(bytes)
    if (entries?.ok !== true || entries.value.length !== width) {
      faults.add(
        'bundle',
        path,
        `expected a bundle of ${width} entries, found ${bytes === undefined ? 'no file' : 'another'}`,
      )
      continue
    }
    for (const [position, entry] of entries.value.entries()) {
      hashLeafInto(leaves, (begin + position) * hashBytes, entry)
    }
  }
  return leaves
}

/**
 * Every tile of a tree of `size`, compared with what the bundles give. Knows nothing of the writer's code: it could check
 * a log that another program wrote.
 */
export function checkTiles(files: Files, tree: string, size: number, hashes: SubtreeHashes, faults: Faults): void {
  const levels: Buffer[] = []
  for (let level = 0; tileWidth ** level <= size; level++) levels.push(hashes.ofHeight(level * tileHeight, size))
  for (const [level, known] of levels.entries()) checkLevel(files, tree, level, known, faults)
  checkOtherFiles(files, tree, levels, faults)
}

function checkLevel(files: Files, tree: string, level: number, hashes: Uint8Array, faults: Faults): void {
  const count = hashes.length / 32
  for (let begin = 0; begin < count; begin += tileWidth) {
    const width = Math.min(tileWidth, count - begin)
    const path = tilePath(level, begin / tileWidth, width)
    const bytes = files.read(join(tree, path))
    if (bytes !== undefined && sameBytes(bytes, hashes.subarray(begin * 32, (begin + width) * 32))) continue
    const found = bytes === undefined ? 'no file' : 'other hashes'
    faults.add('tile', path, `expected the ${width} hashes that the bundles give, found ${found}`)
  }
}

/**
 * Partial tiles of earlier sizes must be beginnings of what their tile became. Files past the size are a commit that has
 * not been signed, which the next start finishes; everything else has no business in the tree.
 */
function checkOtherFiles(files: Files, tree: string, levels: readonly Uint8Array[], faults: Faults): void {
  for (const path of filesUnder(files, tree, 'tile')) {
    const address = parseTilePath(path)
    if (!address.ok) {
      faults.add('unexpected_file', path, 'expected tiles and bundles only')
      continue
    }
    const { level, index, width } = address.value
    const hashes = levels[level === 'entries' ? 0 : level] ?? new Uint8Array(0)
    const begin = index * tileWidth
    if (width === tileWidth || (begin + width) * 32 > hashes.length) continue
    const expected = hashes.subarray(begin * 32, (begin + width) * 32)
    if (!sameBytes(hashesOf(files, join(tree, path), level), expected)) {
      faults.add(level === 'entries' ? 'bundle' : 'tile', path, 'expected the beginning of what its full tile became')
    }
  }
}

function hashesOf(files: Files, path: string, level: number | 'entries'): Uint8Array {
  const bytes = files.read(path) ?? new Uint8Array(0)
  if (level !== 'entries') return bytes
  const entries = parseBundle(bytes)
  return entries.ok ? leafHashes(entries.value) : new Uint8Array(0)
}

function* filesUnder(files: Files, root: string, path: string): Generator<string> {
  for (const name of files.list(join(root, path))) {
    const below = `${path}/${name}`
    if (files.isDir(join(root, below))) yield* filesUnder(files, root, below)
    else yield below
  }
}
