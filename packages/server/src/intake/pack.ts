import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** Below this the time is worth more than the disk: most deliveries are 8 to 30 kB. */
export const packedFromBytes = 64 * 1024

export interface Packed {
  encoding: 'plain' | 'zstd'
  body: Uint8Array
  bodyBytes: number
}

/** Off the loop, in Node's own threads. */
export async function packBody(body: Uint8Array): Promise<Packed> {
  if (body.length < packedFromBytes) return { encoding: 'plain', body, bodyBytes: body.length }
  return { encoding: 'zstd', body: await compress(body), bodyBytes: body.length }
}

/** The bytes as they were delivered. Bounded by the length that was kept beside them. */
export async function unpackBody({ encoding, body, bodyBytes }: Packed): Promise<Uint8Array> {
  return encoding === 'plain' ? body : decompress(body, { maxOutputLength: Math.max(1, bodyBytes) })
}
