import { decodeUtf8, encodeUtf8, sameBytes, sha256 } from '@breakglass/verify'
import { entryBytesMax } from '../entry.ts'

/** In one batch: what a sink takes at a time. docs/formats/mirror.md "Directory". */
export const batchEntriesMax = 4096
/** Of a batch's entries with their lengths; with `batchEntriesMax` the most that a sink keeps in memory. */
export const batchEntryBytesMax: number = 8 * 1024 * 1024

/** Entries that follow each other from index `first`. */
export interface MirrorBatch {
  origin: string
  first: number
  entries: Uint8Array[]
}

const magic = encodeUtf8('breakglass mirror entries v1\n')
const originBytesMax = 255
const sumBytes = 32
const headBytes = 8 + 4
const integerMax = BigInt(Number.MAX_SAFE_INTEGER)
export const batchFileBytesMax: number = magic.length + 2 + originBytesMax + headBytes + batchEntryBytesMax + sumBytes

/** Throws TypeError on what the format cannot say. */
export function formatBatch({ origin, first, entries }: MirrorBatch): Uint8Array {
  const name = encodeUtf8(origin)
  const body = entries.reduce((sum, entry) => sum + 2 + entry.length, 0)
  requireBounds(name, entries, body)
  const bytes = new Uint8Array(magic.length + 2 + name.length + headBytes + body + sumBytes)
  const view = new DataView(bytes.buffer)
  bytes.set(magic)
  view.setUint16(magic.length, name.length)
  bytes.set(name, magic.length + 2)
  let at = magic.length + 2 + name.length
  view.setBigUint64(at, BigInt(first))
  view.setUint32(at + 8, entries.length)
  at += headBytes
  for (const entry of entries) {
    view.setUint16(at, entry.length)
    bytes.set(entry, at + 2)
    at += 2 + entry.length
  }
  bytes.set(sha256(bytes.subarray(0, at)), at)
  return bytes
}

/** `undefined` on anything `formatBatch` does not write. Of the bytes given, nothing is copied. */
export function parseBatch(bytes: Uint8Array): MirrorBatch | undefined {
  const end = bytes.length - sumBytes
  const nameAt = magic.length + 2
  if (bytes.length > batchFileBytesMax || end < nameAt + headBytes) return undefined
  if (!sameBytes(bytes.subarray(0, magic.length), magic)) return undefined
  if (!sameBytes(sha256(bytes.subarray(0, end)), bytes.subarray(end))) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headAt = nameAt + view.getUint16(magic.length)
  const entriesAt = headAt + headBytes
  if (headAt - nameAt > originBytesMax || entriesAt > end || end - entriesAt > batchEntryBytesMax) return undefined
  const origin = decodeUtf8(bytes.subarray(nameAt, headAt))
  const first = view.getBigUint64(headAt)
  const count = view.getUint32(headAt + 8)
  if (origin === undefined || origin === '' || count === 0 || count > batchEntriesMax) return undefined
  if (first + BigInt(count) > integerMax) return undefined
  const entries = readEntries(bytes, view, { from: entriesAt, until: end })
  return entries?.length === count ? { origin, first: Number(first), entries } : undefined
}

export function batchName(first: number, count: number): string {
  return `${first}-${first + count - 1}`
}

/** `undefined` on a name no batch has. */
export function parseBatchName(name: string): { first: number; count: number } | undefined {
  const [firstText, lastText, ...rest] = name.split('-')
  const first = parseNumber(firstText)
  const last = parseNumber(lastText)
  if (first === undefined || last === undefined || rest.length > 0) return undefined
  const count = last - first + 1
  return count < 1 || count > batchEntriesMax ? undefined : { first, count }
}

/** `root` in lower-case hex. */
export function checkpointName(size: number, root: string): string {
  return `${size}-${root}`
}

export function parseCheckpointName(name: string): { size: number; root: string } | undefined {
  const [sizeText, root = '', ...rest] = name.split('-')
  const size = parseNumber(sizeText)
  if (size === undefined || size === 0 || !/^[0-9a-f]{64}$/.test(root) || rest.length > 0) return undefined
  return { size, root }
}

/** Whether a batch of this many entries and bytes can take one more. */
export function fitsBatch(filled: { entries: number; bytes: number }, entry: Uint8Array): boolean {
  return filled.entries < batchEntriesMax && filled.bytes + 2 + entry.length <= batchEntryBytesMax
}

function requireBounds(name: Uint8Array, entries: readonly Uint8Array[], body: number): void {
  const soundName = name.length >= 1 && name.length <= originBytesMax
  const soundEntries = entries.every(({ length }) => length >= 1 && length <= entryBytesMax)
  const soundCount = entries.length >= 1 && entries.length <= batchEntriesMax && body <= batchEntryBytesMax
  if (!soundName || !soundEntries || !soundCount) throw new TypeError('expected a batch within its bounds')
}

function readEntries(
  bytes: Uint8Array,
  view: DataView,
  { from, until }: { from: number; until: number },
): Uint8Array[] | undefined {
  const entries: Uint8Array[] = []
  for (let at = from; at < until; ) {
    if (at + 2 > until) return undefined
    const length = view.getUint16(at)
    const end = at + 2 + length
    if (length === 0 || length > entryBytesMax || end > until) return undefined
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}

function parseNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^(0|[1-9][0-9]{0,15})$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}
