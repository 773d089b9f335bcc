import {
  type Cosigner,
  checkConsistency,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVkey,
  sameBytes,
  type TrustPolicy,
  type VerifierKey,
} from '@breakglass/verify'
import { LedgerError, messageOf } from '../errors.ts'
import type { Files } from '../files.ts'
import { type Lock, takeLock } from '../lock.ts'
import { nodeFiles } from '../node-files.ts'
import { type Head, Heads } from './heads.ts'
import { readCosigner, type WitnessLayout, witnessLayoutOf } from './identity.ts'
import { type AddCheckpoint, parseAddCheckpoint } from './request.ts'

/** How far the clock may be behind the last time signed for an origin; beyond it nothing is signed for it. */
export const witnessClockBackSecondsMax = 60

export interface WitnessOptions {
  dir: string
  /** Milliseconds since 1970. */
  now: () => number
  /** Told once when signing has stopped for good; the process should end with exit status 70. */
  onFatal?: (error: LedgerError) => void
  files?: Files
  /** Between the checks and the commit: where a test lets another request overtake. */
  stall?: () => Promise<void>
}

type RefusalCode = 'bad_request' | 'unknown_log' | 'not_signed_by_log' | 'inconsistent' | 'clock_went_back'

/** docs/formats/witness.md "POST /add-checkpoint". */
export type Cosigning =
  | { outcome: 'cosigned'; line: string }
  | { outcome: 'conflict'; size: number }
  | { outcome: 'refused'; code: RefusalCode; message: string }

/** An open witness: this process holds its lock and its key. */
export interface Witness {
  readonly name: string
  readonly vkey: string
  /** Hostile bytes are refused, never thrown at. Codes thrown, all but the first fatal: `stopping`, `disk_failed`, `lock_lost`. */
  addCheckpoint(body: Uint8Array): Promise<Cosigning>
  /** The latest checkpoint with the signatures of log and witness, by the hex of SHA-256(origin). */
  latest(hash: string): string | undefined
  close(): void
}

/** Codes: `not_a_witness`, `config_damaged`, `witness_locked`, `state_damaged`. */
export function openWitness(options: WitnessOptions): Witness {
  const { dir, files = nodeFiles } = options
  const layout = witnessLayoutOf(dir)
  const cosigner = readCosigner(files, layout)
  const lock = lockWitness(layout, files)
  let heads: Heads | undefined
  try {
    heads = openHeads(layout, files)
    requireSoundHeads(heads, cosigner, layout)
    return new LockedWitness(options, cosigner, lock, heads)
  } catch (error) {
    heads?.close()
    lock.release()
    throw error
  }
}

/** Code: `state_damaged`. */
export function openHeads(layout: WitnessLayout, files: Files): Heads {
  // SQLite would make an empty one, and the witness would have forgotten what it signed.
  if (files.identify(layout.database) !== undefined) return Heads.open(layout.database)
  const message = `expected the witness's state at ${layout.database}, found none. It cannot be made again`
  throw new LedgerError('state_damaged', `${message}: set up a witness of another name and key in its place`)
}

class LockedWitness implements Witness {
  readonly name: string
  readonly vkey: string
  readonly #options: WitnessOptions
  readonly #cosigner: Cosigner
  readonly #lock: Lock
  readonly #heads: Heads
  #stopped: LedgerError | undefined

  constructor(options: WitnessOptions, cosigner: Cosigner, lock: Lock, heads: Heads) {
    this.name = cosigner.name
    this.vkey = cosigner.vkey
    this.#options = options
    this.#cosigner = cosigner
    this.#lock = lock
    this.#heads = heads
  }

  async addCheckpoint(body: Uint8Array): Promise<Cosigning> {
    const parsed = parseAddCheckpoint(body)
    if (!parsed.ok) return refused('bad_request', `expected ${parsed.expected}`)
    const request = parsed.value
    const { origin } = request.checkpoint
    const before = this.#reading(heads => ({ keys: heads.keysOf(origin), head: heads.headOf(origin) }))
    const { keys, head } = before
    if (keys.length === 0 || head === undefined) return refused('unknown_log', 'no key is known here for this origin')
    const remark = judge(request, keys, head)
    if (remark !== undefined) return remark
    const timeSeconds = soundTime(this.#options.now(), head)
    if (timeSeconds === undefined) return refused('clock_went_back', 'the clock is behind the last time signed; set it')
    // In memory only: it leaves this function when the row that remembers it is durable, and not otherwise.
    const { note, line } = this.#sign(request, keys, timeSeconds)
    await this.#options.stall?.()
    const { size, root } = request.checkpoint
    return this.#persist(origin, head, { size, root, timeSeconds, note }) ?? { outcome: 'cosigned', line }
  }

  latest(hash: string): string | undefined {
    const note = this.#reading(heads => heads.headByHash(hash))?.note
    return note === '' ? undefined : note
  }

  close(): void {
    this.#stopped ??= new LedgerError('stopping', 'this witness is stopping')
    this.#heads.close()
    this.#lock.release()
  }

  #sign(request: AddCheckpoint, keys: readonly VerifierKey[], timeSeconds: number): { note: string; line: string } {
    const signed = parseNote(request.note)
    if (!signed.ok) throw new TypeError('expected a note that was read before')
    const { text, signatures } = signed.value
    const line = this.#cosigner.cosign(text, timeSeconds)
    // Lines of keys nobody here knows are not passed on under our name.
    const known = signatures.filter(({ name, keyId }) => keys.some(key => key.name === name && key.keyId === keyId))
    const lines = new Set(known.map(signature => signature.line))
    return { note: `${text}\n${[...lines].join('')}${line}`, line }
  }

  /** Nothing when it is durable; the size there is when another request was quicker. */
  #persist(origin: string, from: Head, to: Head): Cosigning | undefined {
    return this.#fatally(() => {
      this.#lock.assertHeld()
      // COMMIT POINT. Crash before: nothing happened. Crash after: the log hears 409 and goes on from this size.
      if (this.#heads.advance(origin, from, to)) return undefined
      return { outcome: 'conflict', size: this.#heads.headOf(origin)?.size ?? 0 }
    })
  }

  #reading<T>(read: (heads: Heads) => T): T {
    return this.#fatally(() => read(this.#heads))
  }

  /** A database that fails once is not asked again: what it holds is looked at by the next start. */
  #fatally<T>(act: () => T): T {
    if (this.#stopped !== undefined) throw this.#stopped
    try {
      return act()
    } catch (cause) {
      const known = cause instanceof LedgerError && cause.fatal
      const message = `the database did not do what was asked: ${messageOf(cause)}`
      const fatal = known ? cause : new LedgerError('disk_failed', message, { cause })
      this.#stopped = fatal
      this.#options.onFatal?.(fatal)
      throw fatal
    }
  }
}

/** In the order of docs/formats/witness.md; nothing when it may be cosigned. */
function judge(request: AddCheckpoint, keys: readonly VerifierKey[], head: Head): Cosigning | undefined {
  const { oldSize, proof, checkpoint, note } = request
  const { size, root } = checkpoint
  const opened = openCheckpoint(note, policyOf(keys))
  // A wrong root of the empty tree is signed all the same: a lie about the tree, judged below.
  if (!opened.ok && opened.faults.some(({ code }) => code !== 'bad_checkpoint')) {
    return refused(
      'not_signed_by_log',
      'expected a signature of a known key of this origin, and none of one that fails',
    )
  }
  if (oldSize > size) return refused('bad_request', `expected an old size of at most ${size}, found ${oldSize}`)
  if (oldSize !== head.size) return { outcome: 'conflict', size: head.size }
  if (checkConsistency(oldSize, size, proof, head.root, root)) return undefined
  return refused(
    'inconsistent',
    `the proof does not lead from the tree of ${oldSize} cosigned here to this one of ${size}`,
  )
}

/** Unix seconds to sign: never 0, never behind the last. `undefined` when the clock cannot be believed. */
function soundTime(nowMs: number, head: Head): number | undefined {
  const nowSeconds = Math.floor(nowMs / 1000)
  const sound = Number.isSafeInteger(nowSeconds) && nowSeconds > 0
  if (!sound || head.timeSeconds - nowSeconds > witnessClockBackSecondsMax) return undefined
  return Math.max(nowSeconds, head.timeSeconds)
}

function policyOf(keys: readonly VerifierKey[]): TrustPolicy {
  return { logs: keys.map(key => ({ key })), witnesses: [], groups: [], quorum: 'none' }
}

function lockWitness({ lock }: WitnessLayout, files: Files): Lock {
  try {
    return takeLock(lock, files)
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause
    const message = `another process serves this witness (${lock} is locked); stop it first, there can be only one`
    throw new LedgerError('witness_locked', message, { cause })
  }
}

/** What is remembered must be what was signed: a row that was changed could lead to a second history. Code: `state_damaged`. */
function requireSoundHeads(heads: Heads, cosigner: Cosigner, { database }: WitnessLayout): void {
  for (const origin of heads.origins()) {
    const head = heads.headOf(origin)
    if (head !== undefined && isSoundHead(origin, head, heads.keysOf(origin), cosigner)) continue
    const message = `${database}: the row of ${origin} is not what this witness has signed. Nothing is signed over it`
    throw new LedgerError('state_damaged', message)
  }
}

function isSoundHead(origin: string, head: Head, keys: readonly VerifierKey[], { vkey }: Cosigner): boolean {
  const { size, root, timeSeconds, note } = head
  if (note === '') return size === 0 && timeSeconds === 0
  const text = parseNote(note)
  const checkpoint = text.ok ? parseCheckpoint(text.value.text) : text
  if (!checkpoint.ok || checkpoint.value.origin !== origin) return false
  if (checkpoint.value.size !== size || !sameBytes(checkpoint.value.root, root)) return false
  return cosignedAt(note, keys, vkey) === timeSeconds
}

function cosignedAt(note: string, keys: readonly VerifierKey[], vkey: string): number | undefined {
  const own = parseVkey(vkey)
  if (!own.ok) return undefined
  const opened = openCheckpoint(note, {
    ...policyOf(keys),
    witnesses: [{ name: 'own', key: own.value }],
    quorum: 'own',
  })
  return opened.ok ? opened.value.cosignatures[0]?.timeSeconds : undefined
}

function refused(code: RefusalCode, message: string): Cosigning {
  return { outcome: 'refused', code, message }
}
