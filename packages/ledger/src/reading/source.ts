import fs from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { join, resolve } from 'node:path'
import { LedgerError, messageOf } from '../errors.ts'
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
  return { where: base, get: path => fetchBytes(`${base}/${path}`, headers) }
}

/** 404 is `undefined`, all but 200 is `unreachable`; redirects are not followed. */
export function fetchBytes(url: string, headers: Record<string, string> = {}): Promise<Uint8Array | undefined> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest
  const fail = (why: string): LedgerError => new LedgerError('unreachable', `GET ${url}: ${why}`)
  return new Promise((done, reject) => {
    const sent = send(url, { headers, signal: AbortSignal.timeout(timeoutMs) }, response => {
      const chunks: Buffer[] = []
      let received = 0
      response.on('data', (chunk: Buffer) => {
        received += chunk.length
        if (received > bytesMax) response.destroy(new Error(`it sent more than ${bytesMax} bytes`))
        else chunks.push(chunk)
      })
      response.on('error', cause => reject(fail(messageOf(cause))))
      response.on('end', () => {
        if (response.statusCode === 200) done(new Uint8Array(Buffer.concat(chunks)))
        else if (response.statusCode === 404) done(undefined)
        else reject(fail(`expected status 200, found ${response.statusCode ?? 'none'}`))
      })
      response.on('close', () => reject(fail('the reply ended before its time')))
    })
    sent.on('error', cause => reject(fail(messageOf(cause))))
    sent.end()
  })
}
