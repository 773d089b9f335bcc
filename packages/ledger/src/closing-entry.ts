import {
  canonicalJson,
  decodeBase64,
  encodeUtf8,
  type Json,
  parseCanonicalJson,
  parseVkey,
  verifyEd25519,
} from '@breakglass/verify'
import { isOrigin } from './config.ts'
import { entryBytesMax } from './entry.ts'

/** The last word of a log: docs/formats/monitor.md "Closing entry". */
export interface ClosingEntry {
  origin: string
  /** The origin of the log to go on with. */
  successor: string
}

/** The bytes to append. `sign` is the log's own note key. */
export function formatClosingEntry(closing: ClosingEntry, sign: (text: string) => string): Uint8Array {
  const line = sign(textOf(closing)).trimEnd()
  const signature = Buffer.from(line.slice(line.lastIndexOf(' ') + 1), 'base64')
    .subarray(4)
    .toString('base64')
  return encodeUtf8(canonicalJson({ ...contentOf(closing), signature }))
}

/** `undefined` unless the bytes are exactly a closing entry that the log of this vkey has signed. Pure; never throws. */
export function closingEntryOf(bytes: Uint8Array, vkey: string): ClosingEntry | undefined {
  if (bytes[0] !== 0x7b || bytes.length > 2048) return undefined
  const parsed = parseCanonicalJson(Buffer.from(bytes).toString('utf8'), { bytesMax: entryBytesMax })
  const key = parseVkey(vkey)
  if (!parsed.ok || !key.ok || typeof parsed.value !== 'object' || Array.isArray(parsed.value)) return undefined
  const { origin, successor, signature: text } = parsed.value
  if (typeof origin !== 'string' || typeof successor !== 'string' || typeof text !== 'string') return undefined
  if (origin !== key.value.name || !isOrigin(successor)) return undefined
  const closing = { origin, successor }
  const again = encodeUtf8(canonicalJson({ ...contentOf(closing), signature: text }))
  const signature = decodeBase64(text)
  if (signature === undefined || Buffer.compare(again, bytes) !== 0) return undefined
  return verifyEd25519(key.value.publicKey, encodeUtf8(textOf(closing)), signature) ? closing : undefined
}

function contentOf({ origin, successor }: ClosingEntry): { [member: string]: Json } {
  return { kind: 'ledger.closed', origin, successor, v: 1 }
}

/** One line, so that it can never be read as a checkpoint, which has three. */
function textOf(closing: ClosingEntry): string {
  return `${canonicalJson(contentOf(closing))}\n`
}
