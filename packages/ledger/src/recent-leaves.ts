import { encodeHex } from '@breakglass/verify'
import { hashAt, hashBytes } from './hashing.ts'

/**
 * Leaf hashes in the order they came, each to be found again: a hash table in two blocks of memory, because as many small
 * objects and strings cost more to make and to forget than all else that is done with an entry here.
 */
export class RecentLeaves {
  readonly #hashes: Buffer
  /** Open addressing, at most half full: 0 is free, else one more than the place of a hash in `#hashes`. */
  readonly #slots: Int32Array
  #size = 0

  /** `most` is a power of two, at most 2²⁰. */
  constructor(most: number) {
    this.#hashes = Buffer.alloc(most * hashBytes)
    this.#slots = new Int32Array(2 * most)
  }

  get size(): number {
    return this.#size
  }

  get isFull(): boolean {
    return this.#size * 2 === this.#slots.length
  }

  /** Its place, counted from the first that came. */
  find(hash: Uint8Array): number | undefined {
    const at = (this.#slots[this.#slotOf(hash)] ?? 0) - 1
    return at < 0 ? undefined : at
  }

  /** Throws when it is full, and for a hash that came before. */
  add(hash: Uint8Array): void {
    if (this.isFull) throw new RangeError(`expected at most ${this.#size} leaves, found one more`)
    const slot = this.#slotOf(hash)
    if (this.#slots[slot] !== 0) throw new Error(`expected each entry once, found ${encodeHex(hash)} twice`)
    this.#hashes.set(hash, this.#size * hashBytes)
    this.#slots[slot] = ++this.#size
  }

  /** All of them, each with its place, by the first four bytes of the hash: neighbours in a search tree. */
  *sorted(): Generator<[hash: Uint8Array, place: number]> {
    const places = 2 ** 20
    const keys = Float64Array.from(
      { length: this.#size },
      (_, at) => this.#hashes.readUInt32BE(at * hashBytes) * places + at,
    )
    for (const key of keys.sort()) {
      const place = key % places
      yield [hashAt(this.#hashes, place), place]
    }
  }

  clear(): void {
    this.#slots.fill(0)
    this.#size = 0
  }

  /** Where the hash is, or where it would go. */
  #slotOf(hash: Uint8Array): number {
    const mask = this.#slots.length - 1
    for (let slot = bitsOf(hash) & mask; ; slot = (slot + 1) & mask) {
      const at = (this.#slots[slot] ?? 0) - 1
      if (at < 0 || this.#hashes.compare(hash, 0, hashBytes, at * hashBytes, (at + 1) * hashBytes) === 0) return slot
    }
  }
}

/** 32 bits of a hash: its last, which are as evenly spread as any, and not those that order a search tree. */
export function bitsOf(hash: Uint8Array): number {
  if (hash.length !== hashBytes) throw new TypeError(`expected a hash of ${hashBytes} bytes, found ${hash.length}`)
  return ((hash[28] ?? 0) | ((hash[29] ?? 0) << 8) | ((hash[30] ?? 0) << 16) | ((hash[31] ?? 0) << 24)) >>> 0
}
