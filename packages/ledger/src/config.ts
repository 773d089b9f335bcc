import { isInstant, type NoteSigner, parsePrivateNoteKey, parseTrustPolicy, type TrustPolicy } from '@breakglass/verify'
import { readObject } from './checked-json.ts'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import type { Layout } from './layout.ts'

/** What a ledger is, for good: written once by `init`. docs/formats/ledger.md "On disk". */
export interface LedgerConfig {
  origin: string
  createdAt: string
}

export function formatConfig({ origin, createdAt }: LedgerConfig): string {
  return `${JSON.stringify({ v: 1, origin, createdAt }, null, 2)}\n`
}

/** Reads `ledger.json` and the key that belongs to it. Codes: `not_a_ledger`, `config_damaged`. */
export function readIdentity(files: Files, layout: Layout): { config: LedgerConfig; signer: NoteSigner } {
  const text = readText(files, layout.config)
  if (text === undefined) {
    const message = `${layout.dir} is not a ledger: it has no ledger.json. Make one with: breakglass-ledger init --dir ${layout.dir}`
    throw new LedgerError('not_a_ledger', message)
  }
  const config = parseConfig(text)
  if (config === undefined) throw damaged(layout.config, '{"v": 1, "origin", "createdAt"} as init wrote it')
  const key = parsePrivateNoteKey(readText(files, layout.key) ?? '')
  if (!key.ok) throw damaged(layout.key, 'the private note key that init wrote')
  if (key.value.name !== config.origin) throw damaged(layout.key, `a key named ${config.origin}, as ledger.json says`)
  return { config, signer: key.value }
}

/**
 * Which witnesses cosign, where they are, and how many of them it takes: `policy`, written by the operator. Without the
 * file, none. Code: `config_damaged`.
 */
export function readLedgerPolicy(files: Files, layout: Layout, { vkey }: NoteSigner): TrustPolicy {
  const text = readText(files, layout.policy)
  if (text === undefined) return ownPolicy(vkey)
  const policy = parseTrustPolicy(text)
  if (!policy.ok) {
    const { at, expected, found } = policy.faults[0] ?? {
      at: 'policy',
      expected: 'a tlog-policy',
      found: 'another text',
    }
    throw new LedgerError('config_damaged', `${layout.policy}, ${at}: expected ${expected}, found ${found}`)
  }
  const [log, ...others] = policy.value.logs
  if (log === undefined || others.length > 0 || log.key.vkey !== vkey) {
    throw new LedgerError('config_damaged', `expected ${layout.policy} to name this log alone: log ${vkey}`)
  }
  return policy.value
}

/** The policy of whoever trusts this log alone. */
export function ownPolicy(vkey: string): TrustPolicy {
  const policy = parseTrustPolicy(`log ${vkey}\nquorum none\n`)
  if (!policy.ok) throw new TypeError(`expected a vkey that a policy can name, found ${vkey}`)
  return policy.value
}

const originBytesMax = 255

/** C2SP signed-note on names, tlog-checkpoint on origins: 1 to 255 bytes, no white space, no plus, no control character. */
export function isOrigin(text: string): boolean {
  if (text === '' || !text.isWellFormed() || Buffer.byteLength(text, 'utf8') > originBytesMax) return false
  return !/[\p{White_Space}\p{Cc}+]/u.test(text)
}

export function readText(files: Files, path: string): string | undefined {
  const bytes = files.read(path)
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
}

function parseConfig(text: string): LedgerConfig | undefined {
  const { origin, createdAt } = readObject(text) ?? {}
  if (typeof origin !== 'string' || !isOrigin(origin)) return undefined
  if (typeof createdAt !== 'string' || !isInstant(createdAt)) return undefined
  // Printing again refuses members nobody knows.
  return formatConfig({ origin, createdAt }) === text ? { origin, createdAt } : undefined
}

function damaged(path: string, expected: string): LedgerError {
  return new LedgerError('config_damaged', `expected ${expected} at ${path}, found something else (not shown)`)
}
