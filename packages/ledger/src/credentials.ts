import { encodeBase64url, encodeHex, isInstant, sha256 } from '@breakglass/verify'
import { readText } from './config.ts'
import { entryBytesMax } from './entry.ts'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'

export const rights = ['append', 'read'] as const
export type Right = (typeof rights)[number]

/** Of all that one name appends; a minute's worth may come at once. */
export interface WriterLimits {
  entriesPerMinuteMax: number
  bytesPerMinuteMax: number
}

/** Who may ask what. Only the hash of the secret is kept. docs/formats/ledger.md "Credentials". */
export interface Credential {
  /** Who it is given to; while one is exchanged for another, two have the same. */
  name: string
  /** SHA-256 of the secret, 64 hex digits. A secret has 256 random bits, so it needs no slow hash. */
  hash: string
  may: Right[]
  /** Absent: made before this was written down. */
  createdAt?: string
  /** Refused from then on. */
  until?: string
  /** Refused, whatever the clock says. */
  endedAt?: string
  /** Default `limitsDefault`. */
  limits?: WriterLimits
}

export const credentialsMax = 256
/** Names that may append, so that each has a share of the queue that no other can use up. */
export const writersMax = 16
/** Far above what people do; it bounds what a stolen secret can do to the disk. */
export const limitsDefault: WriterLimits = { entriesPerMinuteMax: 600_000, bytesPerMinuteMax: 1024 * 1024 * 1024 }
/** So that the largest entry fits, with its line end. */
export const bytesPerMinuteMin: number = entryBytesMax + 1
const secretPrefix = 'bgl_'

/** `random` are 32 bytes nobody can guess. The prefix lets a scanner know a leaked one. */
export function formatSecret(random: Uint8Array): string {
  return `${secretPrefix}${encodeBase64url(random)}`
}

/** SHA-256, as `Credential.hash` has it in hex. */
export function hashSecret(secret: string): Uint8Array {
  return sha256(Buffer.from(secret, 'utf8'))
}

export function credentialFor(name: string, secret: string, may: Right[], createdAt: string): Credential {
  return { name, hash: encodeHex(hashSecret(secret)), may, createdAt }
}

/** What one credential is called where its secret must not be: it names the hash, which tells nothing of the secret. */
export function credentialId({ hash }: Credential): string {
  return `cr_${hash.slice(0, 12)}`
}

export function credentialState({ until, endedAt }: Credential, nowMs: number): 'active' | 'expired' | 'ended' {
  if (endedAt !== undefined) return 'ended'
  return until !== undefined && Date.parse(until) <= nowMs ? 'expired' : 'active'
}

/** Those who may append. */
export function writersOf(credentials: readonly Credential[]): Set<string> {
  return new Set(credentials.filter(({ may }) => may.includes('append')).map(({ name }) => name))
}

export function formatCredentials(credentials: readonly Credential[]): string {
  return `${JSON.stringify(credentials, null, 2)}\n`
}

/** Code: `config_damaged`. */
export function readCredentials(files: Files, path: string): Credential[] {
  const credentials = parseCredentials(readText(files, path) ?? '')
  if (credentials !== undefined) return credentials
  const expected = `at most ${credentialsMax} credentials, of at most ${writersMax} names that append`
  throw new LedgerError(
    'config_damaged',
    `expected ${expected} at ${path} (docs/formats/ledger.md), found something else`,
  )
}

/** `undefined`: anything about them is not as the format page says. */
export function parseCredentials(text: string): Credential[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Array.isArray(value) || value.length > credentialsMax) return undefined
  const credentials = value.map(parseCredential).filter(credential => credential !== undefined)
  const distinct = new Set(credentials.map(credentialId)).size === value.length
  return distinct && agree(credentials) && writersOf(credentials).size <= writersMax ? credentials : undefined
}

/** Two of one name are the same writer: what it may, and how much, is said once. */
function agree(credentials: readonly Credential[]): boolean {
  const first = new Map<string, string>()
  return credentials.every(({ name, may, limits }) => {
    const said = JSON.stringify([may.toSorted(), limits?.entriesPerMinuteMax, limits?.bytesPerMinuteMax])
    const before = first.get(name) ?? said
    first.set(name, before)
    return before === said
  })
}

export function isCredentialName(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,63}$/.test(text)
}

const optionalMembers = ['createdAt', 'until', 'endedAt', 'limits'] as const

function parseCredential(value: unknown): Credential | undefined {
  if (!hasOnly(value, ['name', 'hash', 'may', ...optionalMembers])) return undefined
  const { name, hash, may, limits } = value
  if (typeof name !== 'string' || !isCredentialName(name)) return undefined
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return undefined
  const known = parseRights(may)
  if (known === undefined) return undefined
  const credential: Credential = { name, hash, may: known }
  for (const member of ['createdAt', 'until', 'endedAt'] as const) {
    const instant = value[member]
    if (instant === undefined) continue
    if (typeof instant !== 'string' || !isInstant(instant)) return undefined
    credential[member] = instant
  }
  if (limits === undefined) return credential
  const parsed = parseLimits(limits)
  return parsed === undefined ? undefined : { ...credential, limits: parsed }
}

/** One or more of them, each once. */
export function parseRights(may: unknown): Right[] | undefined {
  if (!Array.isArray(may)) return undefined
  const known = rights.filter(right => may.includes(right))
  return known.length === may.length && known.length > 0 ? known : undefined
}

function parseLimits(value: unknown): WriterLimits | undefined {
  if (!hasOnly(value, ['entriesPerMinuteMax', 'bytesPerMinuteMax'])) return undefined
  const { entriesPerMinuteMax, bytesPerMinuteMax } = value
  if (!isCount(entriesPerMinuteMax, 1) || !isCount(bytesPerMinuteMax, bytesPerMinuteMin)) return undefined
  return { entriesPerMinuteMax, bytesPerMinuteMax }
}

function hasOnly(value: unknown, members: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.keys(value).every(key => members.includes(key))
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least
}
