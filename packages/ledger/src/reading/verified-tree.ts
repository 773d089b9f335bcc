import {
  formatTlogProof,
  type HashReader,
  hashLeaf,
  inclusionProof,
  parseBundle,
  sameBytes,
  tilePath,
  tileWidth,
} from '@breakglass/verify'
import { LedgerError } from '../errors.ts'
import { partialWidth, RightEdge, tileIndex } from '../right-edge.ts'
import { TileNodes, tileHeight } from '../tile-nodes.ts'
import type { LogSource } from './source.ts'

/** About 30 MB. */
const cachedTilesMax = 1024

/**
 * The tree of one signed checkpoint, read from somebody who is not trusted. The right edge must fold to the signed root;
 * each full tile must have the root its parent says; each bundle the hashes of its tile. So nothing is given out that the
 * signature does not cover. Codes: `log_not_verified`, `unreachable`.
 */
export class VerifiedTree {
  readonly #source: LogSource
  readonly #head: { size: number; root: Uint8Array }
  readonly #edge = new Map<string, TileNodes>()
  readonly #cache = new Map<string, TileNodes>()

  private constructor(source: LogSource, head: { size: number; root: Uint8Array }) {
    this.#source = source
    this.#head = head
  }

  static async open(source: LogSource, head: { size: number; root: Uint8Array }): Promise<VerifiedTree> {
    const tree = new VerifiedTree(source, head)
    const tiles: TileNodes[] = []
    for (let level = 0; tileWidth ** level <= head.size; level++) {
      const width = partialWidth(head.size, level)
      const index = tileIndex(head.size, level)
      const nodes = width === 0 ? new TileNodes() : TileNodes.from(await tree.#hashes(level, index, width))
      tiles.push(nodes)
      tree.#edge.set(`${level}/${index}`, nodes)
    }
    if (sameBytes(new RightEdge(head.size, tiles).root(), head.root)) return tree
    throw notVerified(`the newest tiles of ${source.where}`, `the signed root at size ${head.size}`)
  }

  /** `use` is called twice, first with hashes that mean nothing: it must not depend on them. */
  async with<T>(use: (read: HashReader) => T): Promise<T> {
    const wanted = new Map<string, [level: number, index: number]>()
    use((treeLevel, index) => {
      const at = tileOf(treeLevel, index)
      wanted.set(at.join('/'), at)
      return new Uint8Array(32)
    })
    const held = new Map<string, TileNodes>()
    for (const [key, [level, index]] of wanted) held.set(key, await this.#tile(level, index))
    return use((treeLevel, index) => {
      const height = treeLevel % tileHeight
      const node = held.get(tileOf(treeLevel, index).join('/'))?.node(height, index % 2 ** (tileHeight - height))
      if (node === undefined) throw new TypeError(`expected a complete subtree at level ${treeLevel}, index ${index}`)
      return node
    })
  }

  /** The entries of a bundle, those of this tree. */
  async bundle(index: number): Promise<Uint8Array[]> {
    const width = Math.min(tileWidth, this.#head.size - index * tileWidth)
    const path = tilePath('entries', index, width)
    const bytes = (await this.#source.get(path)) ?? (await this.#source.get(tilePath('entries', index)))
    if (bytes === undefined) throw notVerified(path, `a bundle of ${width} entries at ${this.#source.where}`)
    const parsed = parseBundle(bytes)
    const entries = parsed.ok ? parsed.value.slice(0, width) : []
    const tile = await this.#tile(0, index)
    const isWhole = entries.length === width
    if (isWhole && entries.every((entry, at) => sameBytes(hashLeaf(entry), tile.node(0, at) ?? entry))) return entries
    throw notVerified(path, `the ${width} entries under the signed root`)
  }

  async entry(index: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.#head.size) {
      throw new LedgerError('bad_range', `expected an index below ${this.#head.size}, found ${index}`)
    }
    const entry = (await this.bundle(Math.floor(index / tileWidth)))[index % tileWidth]
    if (entry === undefined) throw new TypeError('expected a bundle as wide as the tree says')
    return entry
  }

  async prove(index: number, note: string): Promise<{ path: Uint8Array[]; proof: string }> {
    const path = await this.with(read => inclusionProof(index, this.#head.size, read))
    return { path, proof: formatTlogProof({ index, path, checkpoint: note }) }
  }

  async #tile(level: number, index: number): Promise<TileNodes> {
    const key = `${level}/${index}`
    const known = this.#edge.get(key) ?? this.#cache.get(key)
    if (known !== undefined) return known
    const parent = await this.#tile(level + 1, Math.floor(index / tileWidth))
    const nodes = TileNodes.from(await this.#hashes(level, index, tileWidth))
    const expected = parent.node(0, index % tileWidth)
    const root = nodes.root()
    if (expected === undefined || root === undefined || !sameBytes(root, expected)) {
      throw notVerified(tilePath(level, index), 'the hash its parent tile has of it')
    }
    this.#cache.set(key, nodes)
    const [oldest] = this.#cache.keys()
    if (this.#cache.size > cachedTilesMax && oldest !== undefined) this.#cache.delete(oldest)
    return nodes
  }

  async #hashes(level: number, index: number, width: number): Promise<Uint8Array> {
    const path = tilePath(level, index, width)
    const exact = await this.#source.get(path)
    // C2SP tlog-tiles "Partial tiles": once the full one is there, the partial one may be gone.
    const bytes = exact ?? (width === tileWidth ? undefined : await this.#source.get(tilePath(level, index)))
    const whole = exact === undefined ? tileWidth : width
    if (bytes?.length === whole * 32) return bytes.subarray(0, width * 32)
    throw notVerified(path, `a tile of ${width} hashes at ${this.#source.where}`)
  }
}

function tileOf(treeLevel: number, index: number): [level: number, index: number] {
  const perTile = 2 ** (tileHeight - (treeLevel % tileHeight))
  return [Math.floor(treeLevel / tileHeight), Math.floor(index / perTile)]
}

function notVerified(what: string, expected: string): LedgerError {
  return new LedgerError('log_not_verified', `expected ${what} to be ${expected}, found another or nothing`)
}
