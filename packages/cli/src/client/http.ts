import type { IncomingMessage } from 'node:http'

/** As much of `fetch` as the client needs; the global one fits. */
export type Fetch = (url: string, init: HttpInit) => Promise<HttpAnswer>

export interface HttpInit {
  method: string
  headers: Record<string, string>
  body?: string
  signal: AbortSignal
  /** A redirect could carry the token to another address. */
  redirect: 'error'
}

export interface HttpAnswer {
  ok: boolean
  status: number
  headers: { get(name: string): string | null }
  body: AsyncIterable<Uint8Array> | null
}

/**
 * `fetch` on node:http: the global one loads a whole HTTP library first, which is a fifth of what a person waits for
 * `breakglass open`. A redirect is an answer like any other here, and never followed.
 */
export const fetchWithNode: Fetch = (url, { method, headers, body, signal }) => {
  // An import reads every name the module exports, and one of them loads the runtime's whole fetch.
  const { request } = process.getBuiltinModule(url.startsWith('https:') ? 'node:https' : 'node:http')
  return new Promise((resolve, reject) => {
    const sized = body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) }
    const sent = request(url, { method, headers: sized, signal }, message => resolve(answerOf(message)))
    sent.on('error', reject)
    sent.end(body)
  })
}

function answerOf(message: IncomingMessage): HttpAnswer {
  const status = message.statusCode ?? 0
  return {
    ok: status >= 200 && status < 300,
    status,
    headers: {
      get(name) {
        const value = message.headers[name.toLowerCase()]
        return Array.isArray(value) ? value.join(', ') : (value ?? null)
      },
    },
    body: message,
  }
}
