import { concatBytes, decodeBase64, encodeBase64, encodeUtf8 } from './bytes.ts'
import { signerFromSeed } from './ed25519.ts'
import { type Parsed, pass, refuse } from './fault.ts'
import { formatKeyId, formatVkey, isNoteName, keyIdOf, noteKeyType } from './vkey.ts'

/** Signs notes with Ed25519 (type 0x01): the ledger's hand. */
export interface NoteSigner {
  name: string
  keyId: number
  vkey: string
  /** One signature line with its line end. Throws TypeError on a text that does not end with a line end. */
  sign(text: string): string
}

const privateKeyCharactersMax = 512
const prefix = 'PRIVATE+KEY+'

/**
 * `PRIVATE+KEY+<name>+<8 hex>+<base64(0x01 ‖ seed)>`, the spelling of Go's note package; one trailing line end is
 * allowed, since it is read from a file. Code: `bad_vkey`. No fault repeats any part of the text.
 */
export function parsePrivateNoteKey(text: string): Parsed<NoteSigner> {
  const line = text.endsWith('\n') ? text.slice(0, -1) : text
  if (line.length > privateKeyCharactersMax || !line.startsWith(prefix)) return bad(`${prefix}<name>+<key ID>+<key>`)
  const first = line.indexOf('+', prefix.length)
  const second = first < 0 ? -1 : line.indexOf('+', first + 1)
  const name = line.slice(prefix.length, Math.max(first, prefix.length))
  if (second < 0 || !isNoteName(name)) return bad(`${prefix}<name>+<key ID>+<key>`)
  const bytes = decodeBase64(line.slice(second + 1))
  if (bytes === undefined || bytes.length !== 33 || bytes[0] !== noteKeyType.ed25519) {
    return bad('base64 of 0x01 and a seed of 32 bytes')
  }
  const signer = noteSignerFromSeed(name, bytes.subarray(1))
  return formatKeyId(signer.keyId) === line.slice(first + 1, second) ? pass(signer) : bad('the key ID of this key')
}

/** Throws TypeError on a seed that is not 32 bytes or a name that a note cannot carry. */
export function formatPrivateNoteKey(name: string, seed: Uint8Array): string {
  const { keyId } = noteSignerFromSeed(name, seed)
  return `${prefix}${name}+${formatKeyId(keyId)}+${encodeBase64(concatBytes(Uint8Array.of(noteKeyType.ed25519), seed))}`
}

/** The whole note: text, empty line, one signature. */
export function signNote(text: string, signer: NoteSigner): string {
  return `${text}\n${signer.sign(text)}`
}

function noteSignerFromSeed(name: string, seed: Uint8Array): NoteSigner {
  const signer = signerFromSeed(seed)
  const keyId = keyIdOf(name, noteKeyType.ed25519, signer.publicKey)
  const keyIdBytes = new Uint8Array(4)
  new DataView(keyIdBytes.buffer).setUint32(0, keyId)
  const sign = (text: string): string => {
    if (!text.endsWith('\n')) throw new TypeError('expected a text that ends with a line end')
    return `— ${name} ${encodeBase64(concatBytes(keyIdBytes, signer.sign(encodeUtf8(text))))}\n`
  }
  return { name, keyId, vkey: formatVkey(name, noteKeyType.ed25519, signer.publicKey), sign }
}

function bad(expected: string): Parsed<never> {
  return refuse('bad_vkey', 'private note key', expected, 'another text (not shown: it is a secret)')
}
