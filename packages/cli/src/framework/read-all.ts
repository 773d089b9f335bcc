import { usageError } from './usage-error.ts'

/** All of a stream as text, bounded. */
export async function readAll(stream: NodeJS.ReadableStream, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk)
    bytes += buffer.length
    if (bytes > bytesMax) throw usageError(`Standard input has more than the ${bytesMax} bytes that are taken here.`)
    chunks.push(buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
