/** A commit message as marks look at it. */
export interface Message {
  subject: string
  /** Values by key in small letters, in the order they stand; trimmed. */
  footers: ReadonlyMap<string, readonly string[]>
}

const subjectLengthMax = 1000
/** A key longer than this is no footer of anybody's. */
const footer = /([A-Za-z][A-Za-z0-9-]{0,63})(?::|=)/y

/**
 * Footers are `Key: value` or `KEY=value` at the start of any line but the first. `wanted` bounds what is kept: keys in small
 * letters. The message is what git has: any text.
 */
export function readMessage(message: string, wanted: ReadonlySet<string>): Message {
  const end = lineEnd(message, 0)
  const subject = message.slice(0, Math.min(end, subjectLengthMax)).trimEnd()
  const footers = new Map<string, string[]>()
  for (let start = end + 1; start < message.length; ) {
    const stop = lineEnd(message, start)
    footer.lastIndex = start
    const [whole = '', key = ''] = footer.exec(message) ?? []
    const name = key.toLowerCase()
    if (key !== '' && wanted.has(name)) {
      const value = message.slice(start + whole.length, stop).trim()
      const values = footers.get(name)
      if (values === undefined) footers.set(name, [value])
      else values.push(value)
    }
    start = stop + 1
  }
  return { subject, footers }
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at
}
