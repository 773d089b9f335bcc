import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import {
  type Credential,
  credentialId,
  credentialState,
  hashSecret,
  limitsDefault,
  parseCredentials,
  type Right,
  readCredentials,
  writersOf,
} from '../credentials.ts'
import { LedgerError, messageOf } from '../errors.ts'
import type { Files } from '../files.ts'
import type { Log } from '../log.ts'
import { queueEntriesMax } from '../sequencer.ts'
import { Writer, type WriterShare } from './writer.ts'

/** How soon a change of credentials.json counts; a credential that was ended there lives no longer than this. */
export const reloadMs = 1000
/** Of one append: 256 entries of 16 KiB; a caller with larger ones sends fewer at once. */
export const bodyBytesMax: number = 4 * 1024 * 1024
/** All bodies of all writers at once; the least share, a sixteenth, is one body. */
const bodiesBytesMax = 64 * 1024 * 1024
/** A lone writer leaves room for one that is added while it is busy. */
const sharesMin = 2

/** Whoever sent a request. */
export interface Caller {
  name: string
  id: string
  may: readonly Right[]
  writer: Writer
}

interface Known {
  credential: Credential
  hash: Uint8Array
  caller: Caller
}

export interface AccessParts {
  files: Files
  /** Of credentials.json. */
  path: string
  now: () => number
  log: Log
}

/** Who may ask what, as credentials.json says now: it is read again when somebody asks, at most every `reloadMs`. */
export class Access {
  readonly #parts: AccessParts
  readonly #writers = new Map<string, Writer>()
  readonly #share: WriterShare = { bodyBytesMax, bodiesBytesMax, entriesMax: queueEntriesMax }
  #known: Known[] = []
  #bytes: Uint8Array | undefined
  #readAtMs: number
  #damaged = false

  /** Code: `config_damaged`. */
  constructor(parts: AccessParts) {
    this.#parts = parts
    this.#readAtMs = parts.now()
    this.#bytes = parts.files.read(parts.path)
    this.#use(readCredentials(parts.files, parts.path))
  }

  /** Whether the file, as it lies there now, is the one that counts. */
  get state(): 'current' | 'damaged' {
    this.#readAgain(this.#parts.now())
    return this.#damaged ? 'damaged' : 'current'
  }

  /** Whose credential the request carries. Code: `no_credential`. */
  callerOf(request: IncomingMessage): Caller {
    const nowMs = this.#parts.now()
    this.#readAgain(nowMs)
    const known = this.#recognize(secretOf(request))
    if (known === undefined) throw new LedgerError('no_credential', 'expected Authorization: Bearer <a known secret>')
    if (credentialState(known.credential, nowMs) !== 'active') {
      throw new LedgerError('no_credential', `the credential ${known.caller.id} of ${known.caller.name} has ended`)
    }
    return known.caller
  }

  /** Looks at every one, in the same time each, wherever the match is. */
  #recognize(secret: string | undefined): Known | undefined {
    if (secret === undefined) return undefined
    const hash = hashSecret(secret)
    let found: Known | undefined
    for (const known of this.#known) {
      if (timingSafeEqual(known.hash, hash)) found = known
    }
    return found
  }

  /**
   * By what the file holds and not by its times, which may be the same for two writes. One that cannot be understood
   * changes nothing: locking everybody out would keep glass from being broken. It is logged, and `/healthz` says so.
   */
  #readAgain(nowMs: number): void {
    // A clock that went back is no reason to wait for it.
    if (Math.abs(nowMs - this.#readAtMs) < reloadMs) return
    this.#readAtMs = nowMs
    const { files, path, log } = this.#parts
    try {
      const bytes = files.read(path)
      if (bytes !== undefined && this.#bytes !== undefined && Buffer.compare(bytes, this.#bytes) === 0) return
      this.#bytes = bytes
      const credentials = parseCredentials(Buffer.from(bytes ?? []).toString('utf8'))
      if (credentials === undefined) return this.#fail('it is not as docs/formats/ledger.md says')
      this.#use(credentials)
      log({ event: 'credentials_read', credentials: credentials.length })
    } catch (error) {
      this.#fail(messageOf(error))
    }
  }

  #fail(message: string): void {
    this.#bytes = undefined
    if (this.#damaged) return
    this.#damaged = true
    this.#parts.log({ event: 'credentials_damaged', message, remedy: 'the credentials read before still count' })
  }

  #use(credentials: readonly Credential[]): void {
    this.#damaged = false
    const nowMs = this.#parts.now()
    const shares = Math.max(sharesMin, writersOf(credentials).size)
    this.#share.entriesMax = Math.floor(queueEntriesMax / shares)
    this.#share.bodiesBytesMax = Math.floor(bodiesBytesMax / shares)
    this.#known = credentials.map(credential => {
      const { name, may } = credential
      const caller = { name, id: credentialId(credential), may, writer: this.#writerOf(credential, nowMs) }
      return { credential, hash: Buffer.from(credential.hash, 'hex'), caller }
    })
    const names = new Set(credentials.map(({ name }) => name))
    for (const name of this.#writers.keys()) {
      if (!names.has(name)) this.#writers.delete(name)
    }
  }

  /** The one there was, with what it has used of its rate. */
  #writerOf({ name, limits = limitsDefault }: Credential, nowMs: number): Writer {
    const before = this.#writers.get(name)
    before?.limit(limits)
    const writer = before ?? new Writer(name, limits, this.#share, nowMs)
    this.#writers.set(name, writer)
    return writer
  }
}

const bearer = /^Bearer ([\x21-\x7e]{1,256})$/i

function secretOf(request: IncomingMessage): string | undefined {
  return bearer.exec(request.headers.authorization ?? '')?.[1]
}
