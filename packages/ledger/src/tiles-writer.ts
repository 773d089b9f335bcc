import { join } from 'node:path'
import { formatBundle, hashLeaf, parseBundle, tilePath, tileWidth } from '@breakglass/verify'
import type { NewFile } from './durable-files.ts'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import { type FullTile, partialWidth, type RightEdge } from './right-edge.ts'

const tileMode = 0o444

/** A bundle of entries to be written, and how many of them are new. */
interface NewBundle extends NewFile {
  newEntries: number
}

/** What one commit adds to the tree. */
export interface TreeFiles {
  files: NewFile[]
  /**
   * To be called when the files are durable: the leaf hashes of the new entries, computed again from the bundles as they
   * lie there. What is signed rests on these: a bit that flipped in memory between arriving and being written must not be
   * signed over (Yeti 2022 died of one). Code: `root_mismatch`.
   */
  readBack(): Uint8Array[]
}

/**
 * Makes the bundles and tiles that a commit completes, and the partial ones of the new size. All of it follows from the
 * journal alone, so that a second try makes the same bytes under the same names.
 */
export class TilesWriter {
  readonly #files: Files
  readonly #tree: string
  readonly #edge: RightEdge
  /** The entries of the partial bundle: fewer than 256. */
  #open: Uint8Array[]

  constructor(parts: { files: Files; tree: string; edge: RightEdge }, openEntries: readonly Uint8Array[]) {
    this.#files = parts.files
    this.#tree = parts.tree
    this.#edge = parts.edge
    this.#open = [...openEntries]
  }

  /** `completed` are the tiles the edge gave up as these entries were pushed; the edge already stands behind them. */
  take(entries: readonly Uint8Array[], completed: readonly FullTile[]): TreeFiles {
    const bundles = this.#takeBundles(entries)
    return {
      files: [...bundles, ...this.#newTiles(entries.length, completed)],
      readBack: () => bundles.flatMap(bundle => this.#readBack(bundle)),
    }
  }

  #takeBundles(entries: readonly Uint8Array[]): NewBundle[] {
    const bundles: NewBundle[] = []
    const firstOpen = this.#edge.size - entries.length - this.#open.length
    const all = [...this.#open, ...entries]
    let known = this.#open.length
    for (let begin = 0; begin < all.length; begin += tileWidth) {
      const content = all.slice(begin, begin + tileWidth)
      const path = tilePath('entries', (firstOpen + begin) / tileWidth, content.length)
      const newEntries = content.length - known
      bundles.push({ path: join(this.#tree, path), bytes: formatBundle(content), mode: tileMode, newEntries })
      known = 0
    }
    this.#open = all.slice(all.length - (all.length % tileWidth))
    return bundles
  }

  #newTiles(added: number, completed: readonly FullTile[]): NewFile[] {
    const before = this.#edge.size - added
    // A partial tile above level 0 changes only when a tile below it became full.
    const partials = this.#edge.partials().filter(({ level }) => {
      return level === 0 || partialWidth(before, level) !== partialWidth(this.#edge.size, level)
    })
    return [...completed, ...partials].map(({ level, index, nodes }) => {
      return { path: join(this.#tree, tilePath(level, index, nodes.width)), bytes: nodes.bytes(), mode: tileMode }
    })
  }

  #readBack(bundle: NewBundle): Uint8Array[] {
    const bytes = this.#files.read(bundle.path)
    const entries = bytes === undefined ? undefined : parseBundle(bytes)
    if (entries?.ok !== true) throw new LedgerError('root_mismatch', `${bundle.path} does not read back as a bundle`)
    return entries.value.slice(entries.value.length - bundle.newEntries).map(hashLeaf)
  }
}
