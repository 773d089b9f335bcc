import type { IncomingMessage } from 'node:http'
import { LedgerError } from '../errors.ts'
import { TooMany } from './answer.ts'

export interface BodyBounds {
  /** Of one. */
  bodyBytesMax: number
  /** Of all that are being received or used at once, so that many slow callers cannot fill the memory. */
  bodiesBytesMax: number
}

/** Receives bodies within one bound for all of them. */
export class BodyReader {
  readonly #bounds: BodyBounds
  #held = 0

  constructor(bounds: BodyBounds) {
    this.#bounds = bounds
  }

  /**
   * Reads the whole body and hands it to `use`, which holds the memory until it is done. Codes: `too_large`, `too_many`.
   * A caller who goes away, or is too slow for the server's timeout, makes it reject.
   */
  async read<T>(request: IncomingMessage, use: (body: Uint8Array) => Promise<T> | T): Promise<T> {
    let held = 0
    const hold = (bytes: number): boolean => {
      if (this.#held + bytes > this.#bounds.bodiesBytesMax) return false
      held += bytes
      this.#held += bytes
      return true
    }
    try {
      return await use(await receive(request, this.#bounds.bodyBytesMax, hold))
    } finally {
      this.#held -= held
    }
  }
}

/** By events, not by async iteration, which costs several promises a piece. */
function receive(request: IncomingMessage, bytesMax: number, hold: (bytes: number) => boolean): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => new LedgerError('too_large', `expected a body of at most ${bytesMax} bytes, found more`)
    // How far an oversized body is read and thrown away, so that the caller hears why; past it the connection is cut.
    const discardedBytesMax = 2 * bytesMax
    let chunks: Buffer[] = []
    let received = 0
    const refuse = (error: LedgerError): void => {
      request.pause()
      reject(error)
    }
    request.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > discardedBytesMax) return refuse(tooLarge())
      if (received > bytesMax) {
        chunks = []
        return
      }
      if (!hold(chunk.length)) return refuse(new TooMany('too many bodies at once; try again', 1))
      chunks.push(chunk)
    })
    request.on('end', () => {
      if (received > bytesMax) return reject(tooLarge())
      const [only] = chunks
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks))
    })
    request.on('error', reject)
    // Cut off without an error of its own.
    request.on('close', () => {
      if (!request.complete) reject(new LedgerError('bad_entry', 'the body ended before its time'))
    })
  })
}
