import { sameBytes, sha256 } from '@breakglass/verify'
import { entriesMax, entryBytesMax } from './entry.ts'

/** One commit: entries that follow each other from index `first`. docs/formats/ledger.md "Journal record". */
export interface JournalRecord {
  first: number
  entries: Uint8Array[]
}

const lengthBytes = 4
const headBytes = lengthBytes + 8 + 2
const sumBytes = 32
export const recordBytesMax: number = headBytes + entriesMax * (2 + entryBytesMax) + sumBytes

/** `u32be length of the rest ‖ u64be first ‖ u16be count ‖ count × (u16be length ‖ entry) ‖ SHA-256 of all before`. */
export function formatRecord(record: JournalRecord): Uint8Array {
  const body = record.entries.reduce((sum, entry) => sum + 2 + entry.length, headBytes)
  const bytes = new Uint8Array(body + sumBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length - lengthBytes)
  view.setBigUint64(lengthBytes, BigInt(record.first))
  view.setUint16(lengthBytes + 8, record.entries.length)
  let at = headBytes
  for (const entry of record.entries) {
    view.setUint16(at, entry.length)
    bytes.set(entry, at + 2)
    at += 2 + entry.length
  }
  bytes.set(sha256(bytes.subarray(0, body)), body)
  return bytes
}

/**
 * The record that begins at `at`, and where it ends; `undefined` when the bytes there are not one whole record. Whether
 * that is a torn tail or damage depends on what has been signed, which is for the caller to know.
 */
export function parseRecord(bytes: Uint8Array, at: number): { record: JournalRecord; end: number } | undefined {
  if (at + headBytes + sumBytes > bytes.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = at + lengthBytes + view.getUint32(at)
  const body = end - sumBytes
  if (end > bytes.length || end - at > recordBytesMax || body < at + headBytes) return undefined
  if (!sameBytes(sha256(bytes.subarray(at, body)), bytes.subarray(body, end))) return undefined
  const first = view.getBigUint64(at + lengthBytes)
  const count = view.getUint16(at + lengthBytes + 8)
  const entries = readEntries(view, at + headBytes, body)
  if (first > BigInt(Number.MAX_SAFE_INTEGER) || count === 0 || entries?.length !== count) return undefined
  return { record: { first: Number(first), entries }, end }
}

function readEntries(view: DataView, from: number, until: number): Uint8Array[] | undefined {
  const entries: Uint8Array[] = []
  for (let at = from; at < until; ) {
    if (at + 2 > until) return undefined
    const length = view.getUint16(at)
    const end = at + 2 + length
    if (length === 0 || end > until) return undefined
    entries.push(new Uint8Array(view.buffer, view.byteOffset + at + 2, length))
    at = end
  }
  return entries
}
