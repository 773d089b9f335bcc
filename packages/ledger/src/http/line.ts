import type { Agent, request } from 'node:http'

export interface Reply {
  status: number
  type: string
  body: Uint8Array
}

export interface Call {
  method: 'GET' | 'POST'
  /** Behind the address, with a slash at the front. */
  path: string
  body?: string
  /** Ends it, whatever it waits for. */
  signal: AbortSignal
}

/** A connection to one server, kept between calls. */
export interface Line {
  /** Rejects when no whole reply came. Redirects are not followed. */
  call(call: Call): Promise<Reply>
  close(): void
}

export interface LineOptions {
  /** More of a reply is not read, and is an error. */
  replyBytesMax: number
  /** With every call. */
  headers?: Record<string, string>
}

/** `address` is http: or https:, without a query. */
export function openLine(address: URL, options: LineOptions): Line {
  const secure = address.protocol === 'https:'
  // Not by `import`, which would load the whole of `fetch` with it, also where nothing is asked of anybody.
  const { Agent, request } = process.getBuiltinModule(secure ? 'node:https' : 'node:http')
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  const base = address.href.replace(/\/+$/, '')
  const once = (call: Call): Promise<Reply> => send({ request, agent, base, ...options }, call)
  return {
    async call(call) {
      try {
        return await once(call)
      } catch (error) {
        // The other end has closed a connection that was idle, just when it was used again.
        if (!(error instanceof StaleConnection) || call.signal.aborted) throw error
        return await once(call)
      }
    },
    close: () => agent.destroy(),
  }
}

class StaleConnection extends Error {}

interface Sending extends LineOptions {
  request: typeof request
  agent: Agent
  base: string
}

function send(
  { request, agent, base, replyBytesMax, headers: own }: Sending,
  { method, path, body = '', signal }: Call,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...own,
      ...(method === 'GET'
        ? {}
        : { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body) }),
    }
    const sent = request(`${base}${path}`, { method, agent, headers, signal }, response => {
      const chunks: Buffer[] = []
      let received = 0
      response.on('data', (chunk: Buffer) => {
        received += chunk.length
        if (received > replyBytesMax) response.destroy(new Error(`it sent more than ${replyBytesMax} bytes`))
        else chunks.push(chunk)
      })
      response.on('end', () => {
        const { statusCode = 0, headers } = response
        resolve({ status: statusCode, type: headers['content-type'] ?? '', body: Buffer.concat(chunks) })
      })
      response.on('error', reject)
      response.on('close', () => reject(new Error('it ended its reply before its time')))
    })
    sent.on('error', (cause: NodeJS.ErrnoException) => {
      const stale = sent.reusedSocket && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')
      reject(stale ? new StaleConnection(cause.message, { cause }) : cause)
    })
    sent.end(body)
  })
}
