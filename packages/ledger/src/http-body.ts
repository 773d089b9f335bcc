import type { IncomingMessage } from 'node:http'
import { LedgerError } from './errors.ts'

/** Of one append: 256 entries of 16 KiB; a caller with larger ones sends fewer at once. */
export const bodyBytesMax: number = 4 * 1024 * 1024
/** All bodies being received at once, so that many slow callers cannot fill the memory. */
export const bodiesBytesMax: number = 64 * 1024 * 1024
/** How far an oversized body is read and thrown away, so that the caller hears why; past it the connection is cut. */
const discardedBytesMax = 2 * bodyBytesMax

/** Receives bodies within one bound for all of them. */
export class BodyReader {
  #held = 0

  /**
   * Reads the whole body and hands it to `use`, which holds the memory until it is done. Codes: `too_large`, `too_many`.
   * A caller who goes away, or is too slow for the server's timeout, makes it reject.
   */
  async read<T>(request: IncomingMessage, use: (body: Uint8Array) => Promise<T>): Promise<T> {
    let held = 0
    try {
      const body = await receive(request, bytes => {
        if (this.#held + bytes > bodiesBytesMax) throw new LedgerError('too_many', 'too many bodies at once; try again')
        held += bytes
        this.#held += bytes
      })
      return await use(body)
    } finally {
      this.#held -= held
    }
  }
}

async function receive(request: IncomingMessage, hold: (bytes: number) => void): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let received = 0
  // Not destroyed when the loop is left: the caller is still to be told why.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('expected bytes: no encoding is set on the request')
    received += chunk.length
    if (received > discardedBytesMax) break
    if (received > bodyBytesMax) continue
    hold(chunk.length)
    chunks.push(chunk)
  }
  if (received <= bodyBytesMax) return Buffer.concat(chunks)
  throw new LedgerError('too_large', `expected a body of at most ${bodyBytesMax} bytes, found more`)
}

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
