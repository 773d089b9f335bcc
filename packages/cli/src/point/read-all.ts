/** Reads a stream whole; one byte more than `bytesMax` is kept, so that the parser sees that there was too much. */
export async function readAll(stream: AsyncIterable<string | Buffer>, bytesMax: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk
    chunks.push(bytes)
    length += bytes.length
    if (length > bytesMax) break
  }
  return Buffer.concat(chunks).subarray(0, bytesMax + 1)
}
