import { decodeBase64, encodeBase64 } from './bytes.ts'
import { parseDecimal } from './decimal.ts'
import { type Parsed, pass, refuse, show } from './fault.ts'
import { noteBytesMax } from './note.ts'

/** C2SP tlog-proof v1: that a record lies at an index of a signed tree. Read, not verified. */
export interface TlogProof {
  index: number
  /** The leaf's sibling first, up to the root's child. */
  path: Uint8Array[]
  /** The whole note, verbatim. */
  checkpoint: string
  /** Not authenticated: never to be trusted. */
  extra?: Uint8Array
}

/** A checkpoint at its own limit, 63 hashes, and some extra data. */
export const tlogProofBytesMax = 98_304
const header = 'c2sp.org/tlog-proof@v1'
const pathLengthMax = 63

/** Codes: `too_large`, `bad_proof`. The checkpoint is not looked into; see `openCheckpoint`. */
export function parseTlogProof(text: string): Parsed<TlogProof> {
  if (text.length > tlogProofBytesMax) {
    return refuse('too_large', 'proof', `at most ${tlogProofBytesMax} characters`, `${text.length}`)
  }
  const split = text.indexOf('\n\n')
  if (split < 0) return bad('proof', 'an empty line before the checkpoint', show(text))
  const checkpoint = text.slice(split + 2)
  if (checkpoint === '' || checkpoint.length > noteBytesMax)
    return bad('proof.checkpoint', 'a checkpoint', show(checkpoint))
  const [first, ...rest] = text.slice(0, split).split('\n')
  if (first !== header) return bad('proof', header, show(first))
  const extra = rest[0]?.startsWith('extra ') ? decodeBase64((rest.shift() ?? '').slice('extra '.length)) : null
  if (extra === undefined) return bad('proof.extra', 'canonical base64', 'another text')
  const indexLine = rest.shift() ?? ''
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice('index '.length)) : undefined
  if (index === undefined) return bad('proof.index', 'index <decimal up to 2^53 - 1>', show(indexLine))
  const path = readPath(rest)
  if (path === undefined) return bad('proof.path', `at most ${pathLengthMax} lines of base64 of 32 bytes`, 'others')
  return pass({ index, path, checkpoint, ...(extra === null ? {} : { extra }) })
}

/** Throws TypeError on what the format cannot say. */
export function formatTlogProof(proof: TlogProof): string {
  const { index, path, checkpoint, extra } = proof
  if (!Number.isSafeInteger(index) || index < 0) throw new TypeError(`expected an index, found ${index}`)
  if (path.length > pathLengthMax || path.some(hash => hash.length !== 32)) {
    throw new TypeError(`expected at most ${pathLengthMax} hashes of 32 bytes`)
  }
  const lines = [header]
  if (extra !== undefined) lines.push(`extra ${encodeBase64(extra)}`)
  lines.push(`index ${index}`, ...path.map(encodeBase64))
  return `${lines.join('\n')}\n\n${checkpoint}`
}

function readPath(lines: string[]): Uint8Array[] | undefined {
  if (lines.length > pathLengthMax) return undefined
  const path: Uint8Array[] = []
  for (const line of lines) {
    const hash = decodeBase64(line)
    if (hash?.length !== 32) return undefined
    path.push(hash)
  }
  return path
}

function bad(at: string, expected: string, found: string): Parsed<never> {
  return refuse('bad_proof', at, expected, found)
}
