import { dirname, join } from 'node:path'
import { parseCheckpoint, parseNote, parseTilePath, tilePath, tileWidth } from '@breakglass/verify'
import { readIdentity, readText } from '../config.ts'
import { LedgerError } from '../errors.ts'
import type { Files } from '../files.ts'
import { layoutOf } from '../layout.ts'
import { nodeFiles } from '../node-files.ts'
import { parseCursor } from '../sinks/cursor.ts'
import { parseSinksConfig } from '../sinks/sinks-config.ts'
import { parseState } from '../state.ts'

export interface Garbage {
  /** Sizes whose partial tiles stay. */
  keptSizes: number[]
  /** Nothing that ends beyond this was looked at: published, and held by every second sink. */
  below: number
  /** Paths under `tree/`, removed or, in a dry run, to be. */
  removed: string[]
}

/**
 * Removes partial tiles and bundles nobody needs any more: their end is published and mirrored, and the checkpoint on disk,
 * the settled size and the published size before are not made of them. Needs no lock; may run beside a running ledger. A crash
 * between two removals leaves less garbage. Codes: `not_a_ledger`, `config_damaged`, `state_damaged`, `checkpoint_damaged`.
 */
export function collectGarbage(options: { dir: string; dryRun?: boolean; files?: Files }): Garbage {
  const { dir, dryRun = false, files = nodeFiles } = options
  const layout = layoutOf(dir)
  const { config } = readIdentity(files, layout)
  // The checkpoint first: beside a running ledger the state only moves ahead of it.
  const published = publishedSize(files, layout.checkpoint)
  const settled = parseState(readText(files, layout.state) ?? '', layout.state).size
  const below = Math.min(published, settled, mirroredSize(files, dir, config.origin))
  const partials = [...partialsUnder(files, layout.tree)]
  const keptSizes = [...new Set([settled, published, ...sizesBefore(partials, published)])]
  const needed = new Set(keptSizes.flatMap(partialsOf))
  const removed = partials.filter(({ path, end }) => end <= below && !needed.has(path)).map(({ path }) => path)
  if (dryRun) return { keptSizes, below, removed }
  for (const path of removed) files.remove(join(layout.tree, path))
  return { keptSizes, below, removed }
}

interface Partial {
  path: string
  level: number | 'entries'
  /** The entries it speaks of end here. */
  end: number
}

/** The paths a checkpoint of this size refers to. */
function partialsOf(size: number): string[] {
  const paths: string[] = []
  for (let level = 0; tileWidth ** level <= size; level++) {
    const hashes = Math.floor(size / tileWidth ** level)
    if (hashes % tileWidth === 0) continue
    const index = Math.floor(hashes / tileWidth)
    paths.push(tilePath(level, index, hashes % tileWidth))
    if (level === 0) paths.push(tilePath('entries', index, hashes % tileWidth))
  }
  return paths
}

/** Each settled size left a partial bundle, unless it was a multiple of 256. */
function sizesBefore(partials: readonly Partial[], published: number): number[] {
  const sizes = partials.filter(({ level, end }) => level === 'entries' && end < published).map(({ end }) => end)
  return sizes.length === 0 ? [] : [sizes.reduce((a, b) => Math.max(a, b))]
}

function publishedSize(files: Files, path: string): number {
  const text = readText(files, path)
  if (text === undefined) return 0
  const note = parseNote(text)
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : undefined
  if (checkpoint?.ok === true) return checkpoint.value.size
  throw new LedgerError('checkpoint_damaged', `expected a checkpoint at ${path}, found another text; run fsck`)
}

/** What every second sink holds: docs/formats/mirror.md. Whose cursor cannot be read is taken to hold nothing. */
function mirroredSize(files: Files, dir: string, origin: string): number {
  const path = join(dir, 'sinks.json')
  const text = readText(files, path)
  if (text === undefined) return Number.POSITIVE_INFINITY
  // One that cannot be read might name a sink that holds nothing yet: nothing is removed then.
  const held = parseSinksConfig(text, path).sinks.map(({ name }) => {
    const cursor = readText(files, join(dir, 'sinks', `${name}.json`))
    return cursor === undefined ? 0 : (parseCursor(cursor, origin)?.held ?? 0)
  })
  return held.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...held)
}

function* partialsUnder(files: Files, tree: string, below = 'tile'): Generator<Partial> {
  for (const name of files.list(join(tree, below))) {
    const path = `${below}/${name}`
    if (files.isDir(join(tree, path))) yield* partialsUnder(files, tree, path)
    else if (dirname(path).endsWith('.p')) {
      const parsed = parseTilePath(path)
      if (!parsed.ok || parsed.value.width === tileWidth) continue
      const { level, index, width } = parsed.value
      yield { path, level, end: (index * tileWidth + width) * (level === 'entries' ? 1 : tileWidth ** level) }
    }
  }
}
