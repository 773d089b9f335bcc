import { decodeBase64, encodeUtf8, utf8Length } from './bytes.ts'
import { hasControl } from './control.ts'
import { cosignedMessage, splitCosignature } from './cosignature.ts'
import { verifyEd25519 } from './ed25519.ts'
import { type Fault, fault, type Parsed, pass, refuse, show } from './fault.ts'
import { formatKeyId, isNoteName, noteKeyType, readU32, type VerifierKey } from './vkey.ts'

/** One signature line, of whatever type: what is not understood is carried, not refused. */
export interface NoteSignature {
  name: string
  keyId: number
  /** What follows the key ID. */
  signature: Uint8Array
  /** The whole line with its line end: `text + '\n' + lines` is the note again. */
  line: string
}

/** Text and lines that have been read; nothing has been verified. */
export interface SignedNote {
  /** Ends with a line end, which is signed too. */
  text: string
  signatures: NoteSignature[]
}

/** Roomy enough for 16 ML-DSA-44 lines, the least C2SP signed-note asks for. */
export const noteBytesMax = 65_536
const signaturesMax = 100

/** C2SP signed-note "Format". Codes: `too_large`, `bad_note`. */
export function parseNote(note: string): Parsed<SignedNote> {
  if (note.length > noteBytesMax || utf8Length(note) > noteBytesMax) {
    return refuse('too_large', 'note', `at most ${noteBytesMax} bytes`, `${note.length} characters or more`)
  }
  if (!note.isWellFormed()) return bad('valid UTF-8', 'a lone surrogate')
  if (hasControl(note, '\n')) return bad('no control character but the line end', 'a control character')
  // The *last* empty line separates: the text may hold empty lines itself.
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) return bad('a text, an empty line, signature lines', show(note))
  const lines = note.slice(split + 2).split('\n')
  lines.pop()
  if (lines.length === 0 || lines.length > signaturesMax)
    return bad(`1 to ${signaturesMax} signatures`, `${lines.length}`)
  return readSignatures(note.slice(0, split + 1), lines)
}

function readSignatures(text: string, lines: string[]): Parsed<SignedNote> {
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const signature = readSignature(line)
    if (signature === undefined) return bad('— <name> <base64 of key ID and signature>', show(line))
    signatures.push(signature)
  }
  return pass({ text, signatures })
}

function readSignature(line: string): NoteSignature | undefined {
  const [dash, name = '', base64 = '', ...rest] = line.split(' ')
  if (dash !== '—' || rest.length > 0 || !isNoteName(name)) return undefined
  const bytes = decodeBase64(base64)
  if (bytes === undefined || bytes.length < 5) return undefined
  return { name, keyId: readU32(bytes), signature: bytes.subarray(4), line: `${line}\n` }
}

/** A known key's line that held. `timeSeconds` is set for cosignatures. */
export interface VerifiedSignature {
  key: VerifierKey
  timeSeconds?: number
}

/**
 * C2SP signed-note "Signatures": keys are matched on name and key ID together; a line of an unknown key, or of a type
 * we cannot check, is passed over; a line of a known key that fails refuses the whole note (`bad_signature`).
 * Whether those that held are enough is for the caller to say.
 */
export function verifyNoteSignatures(
  note: SignedNote,
  keys: readonly VerifierKey[],
): { verified: VerifiedSignature[]; faults: Fault[] } {
  const verified: VerifiedSignature[] = []
  const faults: Fault[] = []
  for (const signature of note.signatures) {
    const key = keys.find(key => key.name === signature.name && key.keyId === signature.keyId)
    if (key === undefined) continue
    const outcome = verifyLine(note.text, signature, key)
    if (outcome === 'carried') continue
    if (outcome === 'failed') faults.push(failedLine(key))
    else verified.push(outcome)
  }
  return { verified, faults }
}

function verifyLine(
  text: string,
  signature: NoteSignature,
  key: VerifierKey,
): VerifiedSignature | 'failed' | 'carried' {
  switch (key.type) {
    case noteKeyType.ed25519:
      return verifyEd25519(key.publicKey, encodeUtf8(text), signature.signature) ? { key } : 'failed'
    case noteKeyType.cosignatureEd25519: {
      const parts = splitCosignature(signature.signature)
      if (parts === undefined) return 'failed'
      const message = cosignedMessage(text, parts.timeSeconds)
      return verifyEd25519(key.publicKey, message, parts.signature) ? { key, timeSeconds: parts.timeSeconds } : 'failed'
    }
    default:
      return 'carried'
  }
}

function failedLine(key: VerifierKey): Fault {
  const line = `${show(key.name)} key ${formatKeyId(key.keyId)}`
  return fault('bad_signature', 'note', `a valid signature of ${line}`, 'one that does not verify')
}

function bad(expected: string, found: string): Parsed<never> {
  return refuse('bad_note', 'note', expected, found)
}
