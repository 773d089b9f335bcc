/** A commit message as marks look at it. */
export interface Message {
  subject: string
  /** Values by key in small letters, in the order they stand; trimmed. */
  footers: ReadonlyMap<string, readonly string[]>
}

const subjectLengthMax = 1000
/** A key longer than this is no footer of anybody's. */
const keyLengthMax = 64

/**
 * The subject is the first line that is not blank; footers are `Key: value` or `KEY=value` at the start of any line behind it. `wanted` bounds what is kept: keys in small
 * letters. The message is what git has: any text.
 */
export function readMessage(message: string, wanted: ReadonlySet<string>): Message {
  const begin = firstLine(message)
  const end = lineEnd(message, begin)
  const subject = message.slice(begin, Math.min(end, begin + subjectLengthMax)).trimEnd()
  const footers = new Map<string, string[]>()
  for (let start = end + 1; start < message.length; ) {
    const stop = lineEnd(message, start)
    const mark = endOfKey(message, start)
    const key = mark < 0 ? '' : message.slice(start, mark).toLowerCase()
    if (wanted.has(key)) {
      const value = message.slice(mark + 1, stop).trim()
      const values = footers.get(key)
      if (values === undefined) footers.set(key, [value])
      else values.push(value)
    }
    start = stop + 1
  }
  return { subject, footers }
}

/** Where the colon or the equals sign behind a key stands; -1 when the line begins with no key. By hand: this is read per line. */
function endOfKey(text: string, start: number): number {
  if (!isLetter(text.charCodeAt(start))) return -1
  for (let at = start + 1; at <= start + keyLengthMax; at++) {
    const code = text.charCodeAt(at)
    if (code === colon || code === equals) return at
    if (!isLetter(code) && !isDigit(code) && code !== hyphen) return -1
  }
  return -1
}

const [space, hyphen, colon, equals] = [0x20, 0x2d, 0x3a, 0x3d]
const isLetter = (code: number) => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a
const isDigit = (code: number) => code >= 0x30 && code <= 0x39

/** As git does: what stands before the subject is no part of the message. */
function firstLine(text: string): number {
  if (text.charCodeAt(0) > space) return 0
  const at = text.search(/\S/)
  return at < 0 ? 0 : text.lastIndexOf('\n', at) + 1
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}
