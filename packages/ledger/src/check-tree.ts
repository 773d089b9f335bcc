import { join } from 'node:path'
import {
  Frontier,
  hashLeaf,
  hashNode,
  parseBundle,
  parseTilePath,
  sameBytes,
  tilePath,
  tileWidth,
} from '@breakglass/verify'
import type { Faults } from './check-fault.ts'
import type { Files } from './files.ts'

/**
 * Every bundle's entries hashed anew, every tile derived from them and compared. Answers with the leaf hashes, 32 bytes
 * each. Knows nothing of the writer's code: it could check a log that another program wrote.
 */
export function checkTree(files: Files, tree: string, size: number, faults: Faults): Uint8Array {
  const leaves = readLeaves(files, tree, size, faults)
  const levels = [leaves]
  for (let below = leaves; below.length >= tileWidth * 32; ) {
    below = levelAbove(below)
    levels.push(below)
  }
  for (const [level, hashes] of levels.entries()) checkTiles(files, tree, level, hashes, faults)
  checkOtherFiles(files, tree, levels, faults)
  return leaves
}

export function hashAt(hashes: Uint8Array, index: number): Uint8Array {
  return hashes.subarray(index * 32, index * 32 + 32)
}

function readLeaves(files: Files, tree: string, size: number, faults: Faults): Uint8Array {
  const leaves = new Uint8Array(size * 32)
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
    for (const [position, entry] of entries.value.entries()) leaves.set(hashLeaf(entry), (begin + position) * 32)
  }
  return leaves
}

/** The hash of each full tile. */
function levelAbove(below: Uint8Array): Uint8Array {
  const above = new Uint8Array(Math.floor(below.length / (tileWidth * 32)) * 32)
  for (let index = 0; index * 32 < above.length; index++) {
    above.set(tileRoot(below.subarray(index * tileWidth * 32, (index + 1) * tileWidth * 32)), index * 32)
  }
  return above
}

function tileRoot(hashes: Uint8Array): Uint8Array {
  let row = Array.from({ length: hashes.length / 32 }, (_, index) => hashAt(hashes, index))
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, index) =>
      hashNode(row[2 * index] ?? row0, row[2 * index + 1] ?? row0),
    )
  }
  return row[0] ?? row0
}

const row0 = new Uint8Array(32)

function checkTiles(files: Files, tree: string, level: number, hashes: Uint8Array, faults: Faults): void {
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
  return entries.ok ? Buffer.concat(entries.value.map(hashLeaf)) : new Uint8Array(0)
}

function* filesUnder(files: Files, root: string, path: string): Generator<string> {
  for (const name of files.list(join(root, path))) {
    const below = `${path}/${name}`
    if (files.isDir(join(root, below))) yield* filesUnder(files, root, below)
    else yield below
  }
}

/** By size, for each size asked for. */
export function rootsAt(leaves: Uint8Array, sizes: readonly number[]): Map<number, Uint8Array> {
  const frontier = new Frontier()
  const roots = new Map<number, Uint8Array>()
  for (const size of [...sizes].sort((a, b) => a - b)) {
    while (frontier.size < size) frontier.append(hashAt(leaves, frontier.size))
    roots.set(size, frontier.root())
  }
  return roots
}
