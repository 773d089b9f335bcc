import { concatBytes, sameBytes, sha256 } from '@breakglass/verify'
import { entriesMax, entryBytesMax } from './entry.ts'
import { hashAt, leafHashes } from './hashing.ts'

/** An entry with its RFC 6962 leaf hash. */
export interface RecordedEntry {
  bytes: Uint8Array
  hash: Uint8Array
}

/** One commit: entries that follow each other from index `first`. docs/formats/ledger.md "Journal record". */
export interface JournalRecord {
  first: number
  /** Milliseconds since 1970. Never less than in the record before. */
  signedAtMs: number
  /** Of the tree that ends with these entries. */
  root: Uint8Array
  entries: RecordedEntry[]
}

const lengthBytes = 4
const rootBytes = 32
const signedAtByte = lengthBytes + 8
const rootByte = signedAtByte + 8
const countByte = rootByte + rootBytes
const headBytes = countByte + 2
const sumBytes = 32
const integerMax = BigInt(Number.MAX_SAFE_INTEGER)
export const recordBytesMax: number = headBytes + entriesMax * (2 + entryBytesMax) + sumBytes

/**
 * The sum is over the head and the leaf hashes, so that each entry is hashed once, here or where it is read: a changed
 * byte or length changes a leaf. Throws TypeError on a root that is not 32 bytes.
 */
export function formatRecord(record: JournalRecord): Uint8Array {
  if (record.root.length !== rootBytes) throw new TypeError(`expected a root of ${rootBytes} bytes`)
  const body = record.entries.reduce((sum, entry) => sum + 2 + entry.bytes.length, headBytes)
  const bytes = new Uint8Array(body + sumBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length - lengthBytes)
  view.setBigUint64(lengthBytes, BigInt(record.first))
  view.setBigUint64(signedAtByte, BigInt(record.signedAtMs))
  bytes.set(record.root, rootByte)
  view.setUint16(countByte, record.entries.length)
  let at = headBytes
  for (const entry of record.entries) {
    view.setUint16(at, entry.bytes.length)
    bytes.set(entry.bytes, at + 2)
    at += 2 + entry.bytes.length
  }
  bytes.set(sumOf(bytes.subarray(0, headBytes), record.entries), body)
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
  const first = view.getBigUint64(at + lengthBytes)
  const signedAt = view.getBigUint64(at + signedAtByte)
  const count = view.getUint16(at + countByte)
  if (first > integerMax || signedAt > integerMax || count === 0) return undefined
  const contents = readEntries(view, at + headBytes, body)
  if (contents?.length !== count) return undefined
  const hashes = leafHashes(contents)
  if (!sameBytes(sha256(concatBytes(bytes.subarray(at, at + headBytes), hashes)), bytes.subarray(body, end)))
    return undefined
  const entries = contents.map((content, index) => ({ bytes: content, hash: hashAt(hashes, index) }))
  const root = new Uint8Array(bytes.subarray(at + rootByte, at + rootByte + rootBytes))
  return { record: { first: Number(first), signedAtMs: Number(signedAt), root, entries }, end }
}

function sumOf(head: Uint8Array, entries: readonly RecordedEntry[]): Uint8Array {
  return sha256(concatBytes(head, ...entries.map(({ hash }) => hash)))
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
