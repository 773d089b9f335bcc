import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorTable, LedgerError, type LedgerErrorCode, messageOf } from '../errors.ts'
import type { Log } from '../log.ts'

/** What is sent back for one request. */
export interface Answer {
  status: number
  type: string
  body: string | Uint8Array
  caching: string
  /** More headers: name, value, name, value. */
  headers?: readonly string[]
  /** The connection is not kept: for whoever has not shown a credential. */
  closes?: boolean
}

/** `too_many`, and when it is worth asking again. */
export class TooMany extends LedgerError {
  readonly retryAfterSeconds: number

  constructor(message: string, retryAfterSeconds: number) {
    super('too_many', message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** `text` is JSON already. */
export function jsonText(status: number, text: string): Answer {
  return { status, type: 'application/json', body: `${text}\n`, caching: 'no-store' }
}

export function json(status: number, value: object): Answer {
  return jsonText(status, JSON.stringify(value))
}

/** As docs/formats/ledger.md "Over HTTP" has refusals. */
export function refusal(code: LedgerErrorCode, message: string, headers: readonly string[] = []): Answer {
  return { ...json(errorTable[code].status, { error: { code, message } }), headers, closes: code === 'no_credential' }
}

/** The answer to whatever a handler threw. What nobody foresaw is logged and not told. */
export function answerTo(error: unknown, log: Log): Answer {
  const known = error instanceof LedgerError
  const status = known ? errorTable[error.code].status : 500
  if (status >= 500) log({ event: 'request_failed', code: known ? error.code : 'internal', message: messageOf(error) })
  if (!known) {
    const message = 'something unexpected happened; the log says what'
    return json(500, { error: { code: 'internal', message } })
  }
  if (status !== 429) return refusal(error.code, error.message)
  return refusal(error.code, error.message, [
    'retry-after',
    String(error instanceof TooMany ? error.retryAfterSeconds : 1),
  ])
}

/** One header block and one body. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer, closing: boolean): void {
  if (response.destroyed || response.headersSent || request.errored !== null) return
  const { status, type, body, caching, headers, closes } = answer
  // A text's UTF-8 bytes, each as one Latin-1 character: Node puts that and the headers into one write, and is slow with
  // characters of two bytes, which every proof has.
  const text = typeof body === 'string' ? Buffer.from(body, 'utf8').toString('latin1') : undefined
  const block = ['content-type', type, 'content-length', String((text ?? body).length), 'cache-control', caching]
  block.push('x-content-type-options', 'nosniff')
  if (headers !== undefined) block.push(...headers)
  // Kept alive, the connection would hold up the end; and what is left of a body is not read, so it cannot be used again.
  if (closing || closes === true || hasUnreadBody(request)) block.push('connection', 'close')
  response.writeHead(status, block)
  if (text === undefined) response.end(body)
  else response.end(text, 'latin1')
}

function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false
  return (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined
}
