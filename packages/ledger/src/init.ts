import { randomBytes } from 'node:crypto'
import { emptyRoot, formatPrivateNoteKey, msToInstant, parsePrivateNoteKey } from '@breakglass/verify'
import { formatConfig, isOrigin } from './config.ts'
import { DurableFiles, type NewFile } from './durable-files.ts'
import { makeEmptyDirectory } from './empty-directory.ts'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import { type FirstCredential, firstCredentials } from './first-credentials.ts'
import { layoutOf } from './layout.ts'
import { nodeFiles } from './node-files.ts'
import { formatState } from './state.ts'

export interface InitOptions {
  dir: string
  /** The log's name, in every checkpoint for good. Default: `breakglass.local/` and 12 random characters. */
  origin?: string
  /** Milliseconds since 1970. */
  now: () => number
  /** Default: the system's. */
  random?: (bytes: number) => Uint8Array
  files?: Files
}

export interface NewLedger {
  dir: string
  origin: string
  vkey: string
  /** The ledger itself keeps only the hashes of their secrets. */
  credentials: FirstCredential[]
}

const secretMode = 0o600
const publicMode = 0o644

/**
 * Makes a ledger: its key, its name, two credentials, an empty tree. `ledger.json` comes last, so that a directory with
 * one is complete. Codes: `already_a_ledger`, `directory_not_empty`, `bad_usage` (origin).
 */
export async function initLedger(options: InitOptions): Promise<NewLedger> {
  const { dir, now, random = randomBytes, files = nodeFiles } = options
  const origin = options.origin ?? `breakglass.local/${base32(random(12))}`
  if (!isOrigin(origin)) {
    throw new LedgerError('bad_usage', 'expected an origin of 1 to 255 bytes without white space or +')
  }
  const layout = layoutOf(dir)
  await makeEmptyDirectory(files, dir, {
    during: 'init',
    taken: { file: 'ledger.json', code: 'already_a_ledger', what: 'a ledger' },
  })
  const durable = new DurableFiles(files, dir, layout.temporary)
  await durable.clean()
  const key = formatPrivateNoteKey(origin, random(32))
  const nowMs = now()
  const { credentials, files: credentialFiles } = firstCredentials(layout, random, nowMs)
  const state = formatState({ size: 0, root: emptyRoot, signedAtMs: nowMs })
  await durable.writeOnce([
    newFile(layout.key, `${key}\n`, secretMode),
    newFile(layout.state, state, secretMode),
    ...credentialFiles,
  ])
  const config = formatConfig({ origin, createdAt: msToInstant(nowMs) })
  await durable.writeOnce([newFile(layout.config, config, publicMode)])
  return { dir, origin, vkey: vkeyOf(key), credentials }
}

function newFile(path: string, text: string, mode: number): NewFile {
  return { path, bytes: Buffer.from(text, 'utf8'), mode }
}

function vkeyOf(key: string): string {
  const signer = parsePrivateNoteKey(key)
  if (!signer.ok) throw new TypeError('expected the key just formatted to parse')
  return signer.value.vkey
}

const base32Alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** One character a byte, five of its bits: this is a name, not a code for the bytes. */
function base32(bytes: Uint8Array): string {
  return Array.from(bytes, byte => base32Alphabet[byte % 32]).join('')
}
