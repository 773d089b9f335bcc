import { join } from 'node:path'
import { parseBundle, tilePath, tileWidth } from '@breakglass/verify'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'

/** The entries of one bundle of that width, as they lie on disk. Code: `tree_damaged`. */
export function readBundle(files: Files, tree: string, index: number, width: number): Uint8Array[] {
  const path = join(tree, tilePath('entries', index, width))
  const bytes = files.read(path)
  if (bytes === undefined) throw damaged(path, `a bundle of ${width} entries`, 'no file')
  const entries = parseBundle(bytes)
  if (!entries.ok) throw damaged(path, entries.faults[0]?.expected ?? 'a bundle', entries.faults[0]?.found ?? 'another')
  if (entries.value.length !== width) throw damaged(path, `${width} entries`, `${entries.value.length}`)
  return entries.value
}

/** The entries from index `from` up to `until`, bundle by bundle, out of a tree of `size`. Code: `tree_damaged`. */
export function* readEntries(
  files: Files,
  tree: string,
  range: { from: number; until: number; size: number },
): Generator<Uint8Array> {
  const { from, until, size } = range
  for (let begin = from - (from % tileWidth); begin < until; begin += tileWidth) {
    const width = Math.min(tileWidth, size - begin)
    const entries = readBundle(files, tree, begin / tileWidth, width)
    yield* entries.slice(Math.max(0, from - begin), until - begin)
  }
}

export function damaged(path: string, expected: string, found: string): LedgerError {
  return new LedgerError('tree_damaged', `expected ${expected} at ${path}, found ${found}; run fsck`)
}
