import { concatBytes, decodeBase64, encodeBase64, encodeUtf8, sha256, utf8Length } from './bytes.ts'
import { type Parsed, pass, refuse, show } from './fault.ts'

/** A verifier key of C2SP signed-note: `<name>+<8 hex of the key ID>+<base64(type ‖ public key)>`. */
export interface VerifierKey {
  name: string
  /** The first four bytes of SHA-256(name ‖ LF ‖ type ‖ public key), as an unsigned number. */
  keyId: number
  type: number
  publicKey: Uint8Array
  vkey: string
}

/** C2SP signed-note "Signature types". Only the Ed25519 ones are verified here; others are carried. */
export const noteKeyType = { ed25519: 0x01, cosignatureEd25519: 0x04, cosignatureMlDsa44: 0x06 } as const

const vkeyBytesMax = 4096
const noteNameBytesMax = 255

/** Codes: `bad_vkey`. Type 0x02 keys, whose key ID is made otherwise, are refused. */
export function parseVkey(vkey: string): Parsed<VerifierKey> {
  if (vkey.length > vkeyBytesMax) return bad(`at most ${vkeyBytesMax} characters`, `${vkey.length}`)
  const [name = '', idText = '', key = '', ...rest] = splitKey(vkey)
  if (rest.length > 0 || !isNoteName(name)) return bad('<name>+<key ID>+<key>', show(vkey))
  if (!/^[0-9a-f]{8}$/.test(idText)) return bad('a key ID of 8 hex digits', show(idText))
  const bytes = decodeBase64(key)
  const type = bytes?.[0]
  if (bytes === undefined || type === undefined) return bad('canonical base64', show(key))
  const publicKey = bytes.subarray(1)
  const length = publicKeyLengths.get(type)
  if (publicKey.length === 0 || (length !== undefined && publicKey.length !== length)) {
    return bad(`a public key of ${length ?? 'some'} bytes`, `${publicKey.length}`)
  }
  const keyId = keyIdOf(name, type, publicKey)
  if (formatKeyId(keyId) !== idText) return bad(`key ID ${formatKeyId(keyId)}`, idText)
  return pass({ name, keyId, type, publicKey, vkey })
}

/** Throws TypeError on a name that a note cannot carry. */
export function formatVkey(name: string, type: number, publicKey: Uint8Array): string {
  if (!isNoteName(name)) throw new TypeError('expected a key name without white space or +')
  const key = encodeBase64(concatBytes(Uint8Array.of(type), publicKey))
  return `${name}+${formatKeyId(keyIdOf(name, type, publicKey))}+${key}`
}

/** C2SP signed-note "Format": non-empty, no Unicode space, no plus; no control character either, as in the note. */
export function isNoteName(name: string): boolean {
  if (name === '' || !name.isWellFormed() || utf8Length(name) > noteNameBytesMax) return false
  return !/[\p{White_Space}\p{Cc}+]/u.test(name)
}

export function keyIdOf(name: string, type: number, publicKey: Uint8Array): number {
  return readU32(sha256(concatBytes(encodeUtf8(`${name}\n`), Uint8Array.of(type), publicKey)))
}

export function formatKeyId(keyId: number): string {
  return keyId.toString(16).padStart(8, '0')
}

/** Big-endian, unsigned. */
export function readU32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)
}

const publicKeyLengths: ReadonlyMap<number, number> = new Map([
  [noteKeyType.ed25519, 32],
  [noteKeyType.cosignatureEd25519, 32],
  [noteKeyType.cosignatureMlDsa44, 1312],
])

/** Base64 may hold `+`, names may not: only the first two separate. */
function splitKey(vkey: string): string[] {
  const first = vkey.indexOf('+')
  const second = first < 0 ? -1 : vkey.indexOf('+', first + 1)
  return second < 0 ? [vkey] : [vkey.slice(0, first), vkey.slice(first + 1, second), vkey.slice(second + 1)]
}

function bad(expected: string, found: string): Parsed<never> {
  return refuse('bad_vkey', 'vkey', expected, found)
}
