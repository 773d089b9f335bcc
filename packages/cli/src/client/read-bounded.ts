import type { HttpAnswer } from './http.ts'

/** The body as text; throws when there is more than that, so that no answer can fill the memory. */
export async function readBounded(response: Pick<HttpAnswer, 'body'>, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new Error(`the answer has more than ${bytesMax} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
