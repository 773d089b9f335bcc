import {
  type Checkpoint,
  decodeBase64,
  decodeUtf8,
  encodeBase64,
  noteBytesMax,
  parseCheckpoint,
  parseNote,
} from '@breakglass/verify'

/** C2SP tlog-witness "add-checkpoint": read, nothing verified. */
export interface AddCheckpoint {
  oldSize: number
  proof: Uint8Array[]
  checkpoint: Checkpoint
  /** The checkpoint's note, verbatim. */
  note: string
}

export const proofLinesMax = 63
const hashLineBytes = 45
const oldLineBytesMax = 'old 9007199254740991\n'.length
export const requestBytesMax: number = oldLineBytesMax + proofLinesMax * hashLineBytes + 1 + noteBytesMax

/** Never throws, whatever the bytes. What was expected, in words, when they are not of the form. */
export function parseAddCheckpoint(
  bytes: Uint8Array,
): { ok: true; value: AddCheckpoint } | { ok: false; expected: string } {
  if (bytes.length > requestBytesMax) return bad(`at most ${requestBytesMax} bytes`)
  const text = decodeUtf8(bytes)
  if (text === undefined) return bad('UTF-8')
  const split = text.indexOf('\n\n')
  if (split < 0) return bad('an old size line, proof lines, an empty line, a checkpoint')
  const [first = '', ...lines] = text.slice(0, split).split('\n', proofLinesMax + 2)
  const [, sizeText = ''] = /^old (0|[1-9][0-9]{0,15})$/.exec(first) ?? []
  const oldSize = Number(sizeText)
  if (sizeText === '' || !Number.isSafeInteger(oldSize))
    return bad('old and a decimal up to 2^53 - 1 on the first line')
  if (lines.length > proofLinesMax) return bad(`at most ${proofLinesMax} proof lines`)
  const proof = lines.map(decodeBase64).filter(hash => hash?.length === 32)
  if (proof.length < lines.length) return bad('canonical base64 of 32 bytes on each proof line')
  const hashes = proof.filter(hash => hash !== undefined)
  return readCheckpoint(oldSize, hashes, text.slice(split + 2))
}

/** The body that asks for a cosignature. */
export function formatAddCheckpoint(oldSize: number, proof: readonly Uint8Array[], note: string): string {
  return `old ${oldSize}\n${proof.map(hash => `${encodeBase64(hash)}\n`).join('')}\n${note}`
}

function readCheckpoint(oldSize: number, proof: Uint8Array[], note: string): ReturnType<typeof parseAddCheckpoint> {
  const signed = parseNote(note)
  if (!signed.ok) return bad(`a signed note: ${signed.faults[0]?.expected ?? 'another form'}`)
  const checkpoint = parseCheckpoint(signed.value.text)
  if (!checkpoint.ok) return bad(`a checkpoint: ${checkpoint.faults[0]?.expected ?? 'another form'}`)
  return { ok: true, value: { oldSize, proof, checkpoint: checkpoint.value, note } }
}

function bad(expected: string): { ok: false; expected: string } {
  return { ok: false, expected }
}
