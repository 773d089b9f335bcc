import { decodeBase64, encodeBase64 } from './bytes.ts'
import { parseDecimal } from './decimal.ts'
import { type Parsed, pass, refuse, show } from './fault.ts'
import { isNoteName } from './vkey.ts'

/** C2SP tlog-checkpoint: the text of the note a log signs. Read, not verified; see `openCheckpoint`. */
export interface Checkpoint {
  origin: string
  size: number
  root: Uint8Array
  /** Always empty: extension lines are refused, since not every signature type covers them. */
  extensions: string[]
}

const checkpointCharactersMax = 512

/** Of the note's text, not the whole note. Code: `bad_checkpoint`. */
export function parseCheckpoint(text: string): Parsed<Checkpoint> {
  const [origin = '', sizeText = '', rootText = '', end, ...rest] = text
    .slice(0, checkpointCharactersMax + 1)
    .split('\n')
  if (text.length > checkpointCharactersMax || end !== '' || rest.length > 0) {
    return bad('checkpoint', 'three lines: origin, size, root', 'another number of lines')
  }
  // The key's name is the origin (C2SP tlog-policy "Defining a log"), so the origin obeys the rules of names.
  if (!isNoteName(origin)) return bad('checkpoint.origin', 'a name without white space or +', show(origin))
  const size = parseDecimal(sizeText)
  if (size === undefined) return bad('checkpoint.size', 'a decimal up to 2^53 - 1', show(sizeText))
  const root = decodeBase64(rootText)
  if (root?.length !== 32) return bad('checkpoint.root', 'canonical base64 of 32 bytes', show(rootText))
  return pass({ origin, size, root, extensions: [] })
}

/** Throws TypeError on what the format cannot say. */
export function formatCheckpoint(checkpoint: { origin: string; size: number; root: Uint8Array }): string {
  const { origin, size, root } = checkpoint
  if (!isNoteName(origin)) throw new TypeError('expected an origin without white space or +')
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`expected a tree size, found ${size}`)
  if (root.length !== 32) throw new TypeError(`expected a root of 32 bytes, found ${root.length}`)
  return `${origin}\n${size}\n${encodeBase64(root)}\n`
}

function bad(at: string, expected: string, found: string): Parsed<never> {
  return refuse('bad_checkpoint', at, expected, found)
}
