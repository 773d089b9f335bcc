import { hash } from 'node:crypto'

/**
 * Bytes and their spellings. Node's own decoders skip what they do not like; here a text is accepted only when
 * encoding its bytes again gives the same text (RFC 4648 §3.5: no padding bits, no stray characters).
 */
export function sha256(bytes: Uint8Array): Uint8Array {
  return plain(hash('sha256', bytes, 'buffer'))
}

export function encodeBase64url(bytes: Uint8Array): string {
  return view(bytes).toString('base64url')
}

/** RFC 4648 §5 without padding. `undefined` unless canonical. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? plain(bytes) : undefined
}

export function encodeBase64(bytes: Uint8Array): string {
  return view(bytes).toString('base64')
}

/** RFC 4648 §4 with padding. `undefined` unless canonical. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? plain(bytes) : undefined
}

export function encodeHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex')
}

export function encodeUtf8(text: string): Uint8Array {
  return utf8Encoder.encode(text)
}

/** `undefined` unless the bytes are valid UTF-8. A byte order mark is kept, so that nothing is lost in the round trip. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8Decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Length in bytes of the UTF-8 form, without making it. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** For public values: hashes, roots. Not for secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && view(a).equals(b)
}

export function concatBytes(...parts: Uint8Array[]): Uint8Array {
  return plain(Buffer.concat(parts))
}

const utf8Encoder = new TextEncoder()
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The same memory as a bare Uint8Array: a Buffer's `slice` and `toString` mean other things and must not leak out. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
