import { concatBytes } from './bytes.ts'
import { parseDecimal } from './decimal.ts'
import { type Parsed, pass, refuse, show } from './fault.ts'

/** Where a tile lies, C2SP tlog-tiles. `width` 256 is a full tile. */
export interface TileAddress {
  level: number | 'entries'
  index: number
  width: number
}

export const tileWidth = 256
const tileLevelMax = 63
const tilePathCharactersMax = 64

/** `tile/<L>/<N>[.p/<W>]`, such as `tile/0/x001/234.p/12`. Throws TypeError on what the format cannot say. */
export function tilePath(level: number | 'entries', index: number, width: number = tileWidth): string {
  if (level !== 'entries' && !(Number.isInteger(level) && level >= 0 && level <= tileLevelMax)) {
    throw new TypeError(`expected a level 0 to ${tileLevelMax}, found ${level}`)
  }
  if (!Number.isSafeInteger(index) || index < 0) throw new TypeError(`expected a tile index, found ${index}`)
  if (!Number.isInteger(width) || width < 1 || width > tileWidth) {
    throw new TypeError(`expected a width 1 to ${tileWidth}, found ${width}`)
  }
  return `tile/${level}/${indexPath(index)}${width === tileWidth ? '' : `.p/${width}`}`
}

/** Accepts exactly what `tilePath` writes. Code: `bad_tile_path`. */
export function parseTilePath(path: string): Parsed<TileAddress> {
  const shape = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/
  const match = path.length > tilePathCharactersMax ? null : shape.exec(path)
  if (match === null) return bad(path)
  const [, levelText = '', indexText = '', widthText = String(tileWidth)] = match
  const level = levelText === 'entries' ? levelText : parseDecimal(levelText)
  const index = parseDecimal(indexText.replaceAll(/[x/]/g, '').replace(/^0+(?=[0-9])/, ''))
  const width = parseDecimal(widthText)
  if (level === undefined || index === undefined || width === undefined) return bad(path)
  if ((level !== 'entries' && level > tileLevelMax) || width < 1 || width > tileWidth) return bad(path)
  // Printing again refuses leading `x000` groups and `.p/256`.
  return tilePath(level, index, width) === path ? pass({ level, index, width }) : bad(path)
}

/** An entry bundle: each entry behind its length as u16be. Throws TypeError past 256 entries or 65 535 bytes in one. */
export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > tileWidth) throw new TypeError(`expected at most ${tileWidth} entries, found ${entries.length}`)
  return concatBytes(...entries.flatMap(entry => [lengthPrefix(entry.length), entry]))
}

/** Code: `bad_bundle`. The entries are views of the bytes given. */
export function parseBundle(bytes: Uint8Array): Parsed<Uint8Array[]> {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    if (entries.length === tileWidth) return badBundle(`at most ${tileWidth} entries`, 'more bytes')
    if (at + 2 > bytes.length) return badBundle('two bytes of length', `${bytes.length - at}`)
    const end = at + 2 + data.getUint16(at)
    if (end > bytes.length) return badBundle(`an entry that ends at byte ${end}`, `${bytes.length} bytes`)
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return pass(entries)
}

/** Three digits a group, all but the last behind an `x`: 1234067 is `x001/x234/067`. */
function indexPath(index: number): string {
  let path = group(index)
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) path = `x${group(rest)}/${path}`
  return path
}

function group(n: number): string {
  return String(n % 1000).padStart(3, '0')
}

function lengthPrefix(length: number): Uint8Array {
  if (length > 0xffff) throw new TypeError(`expected an entry of at most 65535 bytes, found ${length}`)
  return Uint8Array.of(Math.floor(length / 256), length % 256)
}

function bad(path: string): Parsed<never> {
  return refuse('bad_tile_path', 'tile path', 'tile/<level>/<index>[.p/<width>]', show(path))
}

function badBundle(expected: string, found: string): Parsed<never> {
  return refuse('bad_bundle', 'entry bundle', expected, found)
}
