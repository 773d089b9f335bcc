import type { IncomingMessage } from 'node:http'
import { Refusal } from './refusal.ts'

/** GitHub sends at most 25 MB (docs/github.md "Intake"). */
export const bodyBytesMax = 25 * 1024 * 1024
/** All bodies that are being read or wait for the disk. */
export const heldBytesMax = 64 * 1024 * 1024
export const heldCountMax = 2_000
/** GitHub gives up after ten seconds itself. */
export const readMsMax = 10_000

/** What intake holds in memory; what does not fit is refused and never queued. */
export class Held {
  bytes = 0
  count = 0

  enter(): void {
    if (this.count >= heldCountMax) throw busy()
    this.count++
  }

  grow(bytes: number): void {
    if (this.bytes + bytes > heldBytesMax) throw busy()
    this.bytes += bytes
  }

  leave(bytes: number): void {
    this.count--
    this.bytes -= bytes
  }
}

const busy = () => new Refusal('busy', 'More is arriving than can be kept safe; nothing of this delivery was kept.')

/** The bytes exactly as sent. A declared length only refuses early; what counts are the bytes that come. Throws `Refusal`. */
export function readBody(
  request: IncomingMessage,
  { bytesMax, grow, msMax = readMsMax }: { bytesMax: number; grow: (bytes: number) => void; msMax?: number },
): Promise<Buffer> {
  const tooLarge = () => new Refusal('too_large', `A delivery is at most ${bytesMax} bytes here.`)
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) return reject(tooLarge())
    const parts: Buffer[] = []
    let length = 0
    const refuse = (why: Refusal) => {
      clearTimeout(timer)
      request.removeAllListeners('data')
      // What still comes is thrown away, until the answer has closed the connection.
      request.resume()
      reject(why)
    }
    const timer = setTimeout(() => refuse(new Refusal('slow', `The body did not arrive within ${msMax} ms.`)), msMax)
    request.on('data', (part: Buffer) => {
      length += part.length
      if (length > bytesMax) return refuse(tooLarge())
      try {
        grow(part.length)
      } catch (why) {
        return refuse(why instanceof Refusal ? why : busy())
      }
      parts.push(part)
    })
    request.on('end', () => {
      clearTimeout(timer)
      resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts))
    })
    const gone = () => refuse(new Refusal('slow', 'The connection ended before the body did.'))
    request.on('aborted', gone)
    request.on('error', gone)
  })
}
