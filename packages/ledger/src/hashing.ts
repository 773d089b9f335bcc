import { hash } from 'node:crypto'

/**
 * RFC 6962 §2.1 hashes, many at a time, each written into the place where it is to lie. An answer of `node:crypto` as bytes is
 * memory of its own, whose making costs twice what the hash does; as text it costs a fifth of that.
 */

export const hashBytes = 32
const longest = 0xffff

/** `target[at, at + 32)` becomes the leaf hash of `source[from, until)`, at most 65 535 bytes. Throws RangeError past an end. */
export function hashLeafInto(target: Buffer, at: number, source: Uint8Array, from = 0, until = source.length): void {
  const length = until - from
  if (length < 0 || length > longest || until > source.length) throw new RangeError(`expected a leaf, found ${length}`)
  const input = leafInput(length)
  input.set(from === 0 && until === source.length ? source : source.subarray(from, until), 1)
  write(target, at, input)
}

/** `target[at, at + 32)` becomes the hash of the node over the two hashes at `source[from, from + 64)`. Throws RangeError past an end. */
export function hashPairInto(target: Buffer, at: number, source: Buffer, from: number): void {
  if (source.copy(nodeInput, 1, from, from + 2 * hashBytes) !== 2 * hashBytes) {
    throw new RangeError(`expected two hashes at byte ${from}, found an end`)
  }
  write(target, at, nodeInput)
}

/** The leaf hashes of entries of at most 65 535 bytes, 32 bytes each, in memory of their own. */
export function leafHashes(entries: readonly Uint8Array[]): Buffer {
  const hashes = Buffer.alloc(entries.length * hashBytes)
  for (const [position, entry] of entries.entries()) hashLeafInto(hashes, position * hashBytes, entry)
  return hashes
}

/** A view of the one at `index`. */
export function hashAt(hashes: Uint8Array, index: number): Uint8Array {
  return new Uint8Array(hashes.buffer, hashes.byteOffset + index * hashBytes, hashBytes)
}

const nodeInput = Buffer.alloc(1 + 2 * hashBytes, 1)
const leafMemory = Buffer.alloc(1 + longest)
/** By length: making a view costs as much as filling it, and entries are much of a length. */
const leafInputs: (Buffer | undefined)[] = []

function leafInput(length: number): Buffer {
  return (leafInputs[length] ??= leafMemory.subarray(0, 1 + length))
}

function write(target: Buffer, at: number, input: Buffer): void {
  // `binary` is a character a byte.
  if (target.write(hash('sha256', input, 'binary'), at, 'latin1') !== hashBytes) {
    throw new RangeError(`expected room for a hash at byte ${at}`)
  }
}
