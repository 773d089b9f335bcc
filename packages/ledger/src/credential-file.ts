import { join } from 'node:path'
import { msToInstant } from '@breakglass/verify'
import {
  type Credential,
  credentialFor,
  credentialId,
  credentialState,
  credentialsMax,
  formatCredentials,
  formatSecret,
  parseCredentials,
  type Right,
  readCredentials,
  type WriterLimits,
  writersMax,
} from './credentials.ts'
import { DurableFiles } from './durable-files.ts'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import { type Layout, layoutOf } from './layout.ts'
import { takeLock } from './lock.ts'

/** credentials.json may be changed beside a serving ledger, which reads it again by itself. */
export interface CredentialFileOptions {
  dir: string
  now: () => number
  random: (bytes: number) => Uint8Array
  files: Files
}

/** `secretPath` holds the secret, mode 0600; the ledger keeps only its hash. */
export interface NewCredential {
  credential: Credential
  secretPath: string
}

export interface AddedCredential {
  name: string
  may: Right[]
  until?: string
  limits?: WriterLimits
}

const secretMode = 0o600

/** Codes: `not_a_ledger`, `config_damaged`, `ledger_locked`, `bad_usage` (the name has one already, or there are too many). */
export async function addCredential(options: CredentialFileOptions, added: AddedCredential): Promise<NewCredential> {
  const { name, may, until, limits } = added
  const secret = formatSecret(options.random(32))
  const nowMs = options.now()
  const credential: Credential = {
    ...credentialFor(name, secret, may, msToInstant(nowMs)),
    ...(until !== undefined && { until }),
    ...(limits !== undefined && { limits }),
  }
  await change(options, credentials => {
    if (credentials.some(one => one.name === name && credentialState(one, nowMs) === 'active')) {
      const remedy = 'to exchange its secret: breakglass-ledger credential rotate'
      throw new LedgerError('bad_usage', `${name} has a credential already; ${remedy}`)
    }
    // What was ended under this name might disagree with what it may now.
    return [...credentials.filter(one => one.name !== name), credential]
  })
  return { credential, secretPath: await handOut(options, name, secret) }
}

/** A new secret for `name`; the ones it had still count for `graceSeconds`. Codes: those of `addCredential`, and `unknown_credential`. */
export async function rotateCredential(
  options: CredentialFileOptions,
  name: string,
  graceSeconds: number,
): Promise<NewCredential> {
  const secret = formatSecret(options.random(32))
  const nowMs = options.now()
  const isOld = (one: Credential): boolean => one.name === name && credentialState(one, nowMs) === 'active'
  const credentials = await change(options, before => {
    const old = before.find(isOld)
    if (old === undefined) throw unknown(`an active credential named ${name}`)
    const fresh: Credential = {
      ...credentialFor(name, secret, old.may, msToInstant(nowMs)),
      ...(old.limits !== undefined && { limits: old.limits }),
    }
    return [...before.map(one => (isOld(one) ? leave(one, nowMs, graceSeconds) : one)), fresh]
  })
  const credential = credentials.at(-1)
  if (credential === undefined) throw new TypeError('expected the credential just added')
  return { credential, secretPath: await handOut(options, name, secret) }
}

/** Ends one by its id, or all of a name, and answers with what is left in the file. Codes as `rotateCredential`. */
export async function endCredential(options: CredentialFileOptions, which: string): Promise<Credential[]> {
  const nowMs = options.now()
  const isMeant = (one: Credential): boolean =>
    one.endedAt === undefined && (one.name === which || credentialId(one) === which)
  return await change(options, credentials => {
    if (!credentials.some(isMeant)) throw unknown(`a credential with the name or id ${which} that has not ended`)
    return credentials.map(one => (isMeant(one) ? leave(one, nowMs, 0) : one))
  })
}

/** Codes: `not_a_ledger`, `config_damaged`. */
export function listCredentials({ dir, files }: CredentialFileOptions): Credential[] {
  return readCredentials(files, existing(dir, files).credentials)
}

function leave(credential: Credential, nowMs: number, graceSeconds: number): Credential {
  if (graceSeconds === 0) return { ...credential, endedAt: msToInstant(nowMs) }
  const until = msToInstant(nowMs + graceSeconds * 1000)
  // Never longer than it was to live anyway.
  return credential.until !== undefined && credential.until < until ? credential : { ...credential, until }
}

function unknown(expected: string): LedgerError {
  return new LedgerError('unknown_credential', `expected ${expected}; see: breakglass-ledger credential list`)
}

/** Reads, alters and replaces the file, one command at a time. */
async function change(
  { dir, files }: CredentialFileOptions,
  alter: (credentials: Credential[]) => Credential[],
): Promise<Credential[]> {
  const layout = existing(dir, files)
  const durable = durableIn(layout, files)
  await durable.ensureDir(layout.secrets)
  const lock = takeLock(join(layout.secrets, 'lock.db'), files)
  try {
    await durable.clean()
    const credentials = withinBounds(alter(readCredentials(files, layout.credentials)))
    const text = formatCredentials(credentials)
    // What the serving ledger could not read would end nothing, so it never gets there.
    if (parseCredentials(text) === undefined) {
      throw new LedgerError('bad_usage', `expected at most ${writersMax} names that append; end one first`)
    }
    await replace(durable, layout.credentials, text)
    return credentials
  } finally {
    lock.release()
  }
}

/** Those that ended first make room. */
function withinBounds(credentials: Credential[]): Credential[] {
  const over = credentials.length - credentialsMax
  if (over <= 0) return credentials
  const ended = credentials.filter(({ endedAt }) => endedAt !== undefined)
  if (ended.length < over) {
    throw new LedgerError('bad_usage', `expected at most ${credentialsMax} credentials; end one first`)
  }
  // Instants of one spelling sort as texts; among equal ones the file's order stays.
  const oldestFirst = ended.toSorted(({ endedAt: a = '' }, { endedAt: b = '' }) => (a < b ? -1 : a > b ? 1 : 0))
  const going = new Set(oldestFirst.slice(0, over))
  return credentials.filter(one => !going.has(one))
}

/**
 * After its hash is in credentials.json: a crash between the two leaves a hash whose secret nobody has, which opens
 * nothing, and never a secret in the place of a working one that does not work.
 */
async function handOut({ dir, files }: CredentialFileOptions, name: string, secret: string): Promise<string> {
  const layout = layoutOf(dir)
  const secretPath = join(layout.secrets, `${name}.secret`)
  await replace(durableIn(layout, files), secretPath, `${secret}\n`)
  return secretPath
}

async function replace(durable: DurableFiles, path: string, text: string): Promise<void> {
  for (const staged of await durable.stage([{ path, bytes: Buffer.from(text, 'utf8'), mode: secretMode }])) {
    await durable.rename(staged)
  }
}

/** Unfinished files apart from those of the serving ledger, which has numbered its own. */
function durableIn({ dir, secrets }: Layout, files: Files): DurableFiles {
  return new DurableFiles(files, dir, join(secrets, 'tmp'))
}

function existing(dir: string, files: Files): Layout {
  const layout = layoutOf(dir)
  if (files.read(layout.config) !== undefined) return layout
  throw new LedgerError('not_a_ledger', `${dir} is not a ledger: it has no ledger.json`)
}
