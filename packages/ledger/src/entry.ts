import { type Digest, formatDigest } from '@breakglass/verify'
import { LedgerError } from './errors.ts'
import { hashAt, leafHashes } from './hashing.ts'

/** Entries are opaque to the ledger. Its own bound lies below the 65 535 bytes a bundle can say. */
export const entryBytesMax = 32_768
/** In one append, and in one commit. */
export const entriesMax = 256

/** An entry with its RFC 6962 leaf hash, which is its identity here. */
export interface HashedEntry {
  bytes: Uint8Array
  hash: Uint8Array
  leaf: Digest
}

/** Codes: `bad_entry`, `too_large`. */
export function hashEntries(entries: readonly Uint8Array[]): HashedEntry[] {
  if (entries.length === 0) throw new LedgerError('bad_entry', `expected 1 to ${entriesMax} entries, found none`)
  if (entries.length > entriesMax) {
    throw new LedgerError('too_large', `expected at most ${entriesMax} entries in one append, found ${entries.length}`)
  }
  for (const { length } of entries) requireLength(length)
  const hashes = leafHashes(entries)
  return entries.map((bytes, at) => {
    const hash = hashAt(hashes, at)
    return { bytes, hash, leaf: formatDigest(hash) }
  })
}

function requireLength(length: number): void {
  if (length === 0) throw new LedgerError('bad_entry', 'expected an entry of at least one byte, found none')
  if (length > entryBytesMax) {
    throw new LedgerError('too_large', `expected an entry of at most ${entryBytesMax} bytes, found ${length}`)
  }
}
