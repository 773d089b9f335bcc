import { token } from './session.js'

/**
 * @typedef {import('zod').output<(typeof import('@breakglass/core/contract').contract)['status']['reply']>} Status
 * @typedef {import('zod').output<(typeof import('@breakglass/core/contract').contract)['whoami']['reply']>} Me
 * @typedef {import('zod').output<(typeof import('@breakglass/core/contract').contract)['redeemInvitation']['reply']>} Issued
 * @typedef {import('zod').output<(typeof import('@breakglass/core/contract').contract)['listReviews']['reply']>} Reviews
 * @typedef {import('@breakglass/core/contract').GrantView} Grant
 */

const answerMsMax = 20_000

/** What to do next, by the code of a failure. The server's own words come first. */
const nextSteps = /** @type {Record<string, string>} */ ({
  invitation_spent: 'Ask an administrator for a new link. If you did not use this one, say so: somebody else may have.',
  not_signed_in: 'Open a new invitation link, or ask an administrator for one.',
  token_expired: 'Ask an administrator for a new invitation link.',
  not_allowed: 'Ask somebody who may; the program says who.',
  admin_may_not: 'Ask an engineer whom the program names.',
  too_many: 'Wait a minute and try again.',
  wrong_state: 'It has changed meanwhile; the list below is up to date.',
  conflict: 'Look at the list below, it is up to date, and try again if it is still needed.',
  refused: 'Nothing was opened. The grant’s reasons say what is missing.',
  ledger_unavailable: 'Nothing was opened. Try again; if it lasts, whoever runs the ledger must look.',
  internal: 'Try again, and tell whoever runs this server if it happens again.',
  unreachable: 'Nothing was changed. Check your connection; `breakglass status` asks from a terminal.',
})

/** A failure in words: what happened, and the next step. */
export class Failure extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message)
    this.code = code
    this.next = nextSteps[code] ?? 'Try again, and tell whoever runs this server if it happens again.'
  }

  /** The tab's token is of no more use. */
  get signsOut() {
    return this.code === 'not_signed_in' || this.code === 'token_expired'
  }
}

/**
 * Asks the public API, as any other client does. Addresses are relative, for a server behind a path of a proxy.
 * @param {string} path below `api/v1/`
 * @param {unknown} [body] makes it a POST
 * @returns {Promise<any>} what the contract says of that route
 */
export async function ask(path, body) {
  const secret = token()
  const headers = new Headers(secret === null ? {} : { authorization: `Bearer ${secret}` })
  if (body !== undefined) headers.set('content-type', 'application/json')
  return read(await send(path, headers, body))
}

/**
 * A POST without a body, for the routes that take none.
 * @param {string} path
 */
export async function act(path) {
  return read(await send(path, new Headers({ authorization: `Bearer ${token() ?? ''}` }), undefined, 'POST'))
}

/**
 * @param {string} path
 * @param {Headers} headers
 * @param {unknown} body
 * @param {'GET' | 'POST'} method
 */
async function send(path, headers, body, method = body === undefined ? 'GET' : 'POST') {
  try {
    return await fetch(`api/v1/${path}`, {
      method,
      headers,
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(answerMsMax),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Failure('unreachable', 'The server could not be reached.')
  }
}

/** @param {Response} response */
async function read(response) {
  let reply
  try {
    reply = await response.json()
  } catch {
    throw new Failure('unreachable', `Something other than Breakglass answered (HTTP ${response.status}).`)
  }
  if (response.ok) return reply
  const { code = 'internal', message = `The server answered HTTP ${response.status}.` } = reply?.error ?? {}
  throw new Failure(String(code), String(message))
}

/**
 * @param {unknown} failure
 * @returns {Failure}
 */
export function failureOf(failure) {
  if (failure instanceof Failure) return failure
  // A defect of this page: the console is where a developer looks, the words are for everybody else.
  globalThis.reportError(failure)
  return new Failure('internal', 'This page has a defect.')
}
