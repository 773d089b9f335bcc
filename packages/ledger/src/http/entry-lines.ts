import { LedgerError } from '../errors.ts'

const lineEnd = 0x0a

/** Entries one a line; the last line may or may not end. The views share the body's memory. Code: `bad_entry`. */
export function splitLines(body: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(lineEnd, at)
    const until = end < 0 ? body.length : end
    if (until === at)
      throw new LedgerError('bad_entry', `expected an entry in line ${lines.length + 1}, found an empty line`)
    lines.push(body.subarray(at, until))
    at = until + 1
  }
  return lines
}
