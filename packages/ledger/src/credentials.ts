import { timingSafeEqual } from 'node:crypto'
import { encodeBase64url, encodeHex, sha256 } from '@breakglass/verify'
import { readText } from './config.ts'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'

export const rights = ['append', 'read'] as const
export type Right = (typeof rights)[number]

/** Who may ask what. Only the hash of the secret is kept. docs/formats/ledger.md "credentials.json". */
export interface Credential {
  name: string
  /** SHA-256 of the secret, 64 hex digits. A secret has 256 random bits, so it needs no slow hash. */
  hash: string
  may: Right[]
}

const credentialsMax = 256
const secretPrefix = 'bgl_'

/** `random` are 32 bytes nobody can guess. The prefix lets a scanner know a leaked one. */
export function formatSecret(random: Uint8Array): string {
  return `${secretPrefix}${encodeBase64url(random)}`
}

export function credentialFor(name: string, secret: string, may: Right[]): Credential {
  return { name, hash: encodeHex(hashOf(secret)), may }
}

export function formatCredentials(credentials: readonly Credential[]): string {
  return `${JSON.stringify(credentials, null, 2)}\n`
}

/** Code: `config_damaged`. */
export function readCredentials(files: Files, path: string): Credential[] {
  const credentials = parseCredentials(readText(files, path) ?? '')
  if (credentials !== undefined) return credentials
  const expected = `a list of at most ${credentialsMax} {"name", "hash", "may": ["append" | "read"]}, each name once`
  throw new LedgerError('config_damaged', `expected ${expected} at ${path}, found something else`)
}

/** The credential this secret belongs to. Looks at every one, in the same time each, wherever the match is. */
export function recognize(credentials: readonly Credential[], secret: string): Credential | undefined {
  const hash = hashOf(secret)
  let found: Credential | undefined
  for (const credential of credentials) {
    if (timingSafeEqual(Buffer.from(credential.hash, 'hex'), hash)) found = credential
  }
  return found
}

function parseCredentials(text: string): Credential[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(value) || value.length > credentialsMax) return undefined
  const credentials = value.map(parseCredential)
  const sound = credentials.filter(credential => credential !== undefined)
  const names = new Set(sound.map(({ name }) => name))
  return names.size === value.length ? sound : undefined
}

function parseCredential(value: unknown): Credential | undefined {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return undefined
  const { name, hash, may }: { name?: unknown; hash?: unknown; may?: unknown } = value
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(name)) return undefined
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash) || !Array.isArray(may)) return undefined
  const known = may.filter(right => rights.some(known => known === right))
  return known.length === may.length ? { name, hash, may: known } : undefined
}

function hashOf(secret: string): Uint8Array {
  return sha256(Buffer.from(secret, 'utf8'))
}
