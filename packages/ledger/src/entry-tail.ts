import { tileWidth } from '@breakglass/verify'

/**
 * The newest entries, in memory: from the beginning of the bundle that is still growing on disk up to what is committed.
 * What is settled into full bundles leaves it.
 */
export class EntryTail {
  /** A multiple of 256. */
  #first: number
  #entries: Uint8Array[]

  /** `open` are the entries of the growing bundle on disk, in a log of `size`. */
  constructor(size = 0, open: readonly Uint8Array[] = []) {
    this.#first = size - open.length
    this.#entries = [...open]
    if (this.#first % tileWidth !== 0) throw new TypeError(`expected ${size % tileWidth} entries, found ${open.length}`)
  }

  /** Entries below it are in full bundles on disk. */
  get first(): number {
    return this.#first
  }

  get size(): number {
    return this.#first + this.#entries.length
  }

  push(entries: readonly Uint8Array[]): void {
    for (const entry of entries) this.#entries.push(entry)
  }

  /** `undefined` when the first of them has left. Throws TypeError past the end. */
  slice(from: number, until: number): Uint8Array[] | undefined {
    if (until > this.size || from > until) {
      throw new TypeError(`expected entries up to ${this.size}, found ${from} to ${until}`)
    }
    if (from < this.#first) return undefined
    return this.#entries.slice(from - this.#first, until - this.#first)
  }

  /** Everything below `size` is in durable bundles; the growing one is kept whole, for the next one to grow from. */
  settled(size: number): void {
    const first = size - (size % tileWidth)
    if (first <= this.#first) return
    this.#entries = this.#entries.slice(first - this.#first)
    this.#first = first
  }
}
