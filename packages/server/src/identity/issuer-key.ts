import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { BreakglassError } from '@breakglass/core/errors'
import { decodeBase64url, encodeBase64url, type Signer, signerFromSeed } from '@breakglass/verify'

/** The issuer's Ed25519 seed, base64url, mode 0600. It signs statements; alone it opens nothing (invariant I4). */
const file = 'issuer.seed'

/**
 * Reads the issuer's key, or makes it at the first start. Throws `wrong_state` for a file that is no seed or that others
 * may read.
 */
export function loadIssuerKey(
  dir: string,
  randomBytes: (length: number) => Uint8Array,
): Signer & { publicKey: Uint8Array } {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, file)
  createOnce(path, `${encodeBase64url(randomBytes(32))}\n`)
  const seed = decodeBase64url(readFileSync(path, 'utf8').trimEnd())
  if (seed?.length !== 32) throw damaged(path, 'expected 32 bytes in base64url, found something else (not shown)')
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw damaged(path, 'others may read it; the key must be replaced, then kept with mode 0600')
  }
  return signerFromSeed(seed)
}

/** Durable before it is used, and whole or not there: a key that signed something and was lost could never sign again. */
function createOnce(path: string, text: string): void {
  if (existsSync(path)) return
  const whole = `${path}.${process.pid}.new`
  writeFileSync(whole, text, { flag: 'w', mode: 0o600, flush: true })
  try {
    linkSync(whole, path)
  } catch (error) {
    // Another server that shares the directory was faster; its key is the one.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(whole)
  }
  syncDirectory(dirname(path))
}

function syncDirectory(dir: string): void {
  const descriptor = openSync(dir, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const damaged = (path: string, what: string) => new BreakglassError('wrong_state', `The issuer's key ${path}: ${what}.`)
