import fs from 'node:fs'
import { join, resolve } from 'node:path'
import { LedgerError, messageOf } from '../errors.ts'
import { type Line, openLine } from '../http/line.ts'
import { readArgument } from './argument.ts'

/** Where a log is read: nothing that comes from it has been verified. */
export interface LogSource {
  where: string
  /** By its C2SP path, `checkpoint` or `tile/…`; `undefined` when there is none. Code: `unreachable`. */
  get(path: string): Promise<Uint8Array | undefined>
}

/** The largest thing a log serves: a full bundle of entries at C2SP's own limit. */
const bytesMax = 256 * (2 + 65_535)
const timeoutMs = 30_000

/** `log`: an http(s) address, a ledger's directory, or a copy of its `tree/`. The secret is a read credential. */
export function openSource(log: string, secret?: string): LogSource {
  return /^https?:\/\//.test(log) ? httpSource(log, secret) : directorySource(resolve(log))
}

/** One line of a file that holds a credential. Code: `bad_usage`. */
export function readSecret(path: string): string {
  const secret = readArgument(path).trim()
  if (!/^[\x21-\x7e]{1,256}$/.test(secret)) throw new LedgerError('bad_usage', `expected one secret in ${path}`)
  return secret
}

function directorySource(dir: string): LogSource {
  const tree = fs.existsSync(join(dir, 'tree')) ? join(dir, 'tree') : dir
  if (!fs.existsSync(tree)) throw new LedgerError('unreachable', `there is no directory ${tree}`)
  return {
    where: tree,
    async get(path) {
      const stat = fs.statSync(join(tree, path), { throwIfNoEntry: false })
      if (stat === undefined || !stat.isFile()) return undefined
      if (stat.size > bytesMax) throw new LedgerError('unreachable', `${path} is larger than ${bytesMax} bytes`)
      return new Uint8Array(await fs.promises.readFile(join(tree, path)))
    },
  }
}

function httpSource(address: string, secret: string | undefined): LogSource {
  const base = address.replace(/\/+$/, '')
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` }
  const line = openLine(addressOf(base), { replyBytesMax: bytesMax, headers })
  return { where: base, get: path => getBytes(line, base, `/${path}`) }
}

/** What one address answers; 404 is `undefined`. Codes: `unreachable`, `bad_usage`. */
export async function fetchBytes(url: string): Promise<Uint8Array | undefined> {
  const line = openLine(addressOf(url), { replyBytesMax: bytesMax })
  try {
    return await getBytes(line, url, '')
  } finally {
    line.close()
  }
}

async function getBytes(line: Line, base: string, path: string): Promise<Uint8Array | undefined> {
  const call = { method: 'GET' as const, path, signal: AbortSignal.timeout(timeoutMs) }
  const reply = await line.call(call).catch((cause: unknown) => {
    throw new LedgerError('unreachable', `GET ${base}${path}: ${messageOf(cause)}`, { cause })
  })
  if (reply.status === 404) return undefined
  if (reply.status === 200) return reply.body
  throw new LedgerError('unreachable', `GET ${base}${path}: expected status 200, found ${reply.status}`)
}

function addressOf(text: string): URL {
  const address = URL.parse(text)
  if (address !== null && address.search === '' && address.hash === '') return address
  throw new LedgerError('bad_usage', `expected an http or https address without a query, found ${text}`)
}
