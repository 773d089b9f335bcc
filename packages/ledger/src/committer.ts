import {
  consistencyProof,
  emptyRoot,
  encodeHex,
  formatCheckpoint,
  type NoteSigner,
  sameBytes,
  signNote,
} from '@breakglass/verify'
import type { Cosigned, Witnesses } from './cosigning/witnesses.ts'
import { LedgerError } from './errors.ts'
import type { GrowingRoot } from './growing-root.ts'
import type { JournalRecord, RecordedEntry } from './journal-record.ts'
import type { LeafIndex } from './leaf-index.ts'
import type { Lock } from './lock.ts'
import type { Log } from './log.ts'
import { Settler, type SettlerParts } from './settler.ts'
import type { SignedState } from './state.ts'

/** How far a clock may step back (a correction by NTP); beyond it, time here says nothing any more. */
export const clockBackMsMax = 60_000

/** A signed tree head, as it is served. */
export interface PublishedCheckpoint {
  size: number
  root: Uint8Array
  note: string
}

export interface CommitterParts extends Omit<SettlerParts, 'frontier'> {
  lock: Lock
  index: LeafIndex
  /** Grown by the entries received, where the edge grows by those read back from the journal. */
  received: GrowingRoot
  /** Grown by those read back from the settled bundles. */
  settled: GrowingRoot
  signer: NoteSigner
  /** Absent: nobody needs to cosign. */
  witnesses?: Witnesses | undefined
  now: () => number
  log: Log
}

/**
 * Takes entries into the log, one commit at a time. Anything `take` throws is fatal: what is on disk is then in doubt, and
 * only a new start, which checks it, may go on.
 */
export class Committer {
  readonly #parts: CommitterParts
  readonly #settler: Settler
  #state: SignedState
  /** The log's own signature on the state. */
  #signed = ''
  #published: PublishedCheckpoint

  /** `published` is what lies on disk. */
  constructor(parts: CommitterParts, state: SignedState, published: PublishedCheckpoint | undefined) {
    this.#parts = parts
    this.#state = state
    this.#published = published ?? { size: 0, root: emptyRoot, note: '' }
    const heads = () => ({ signed: this.#state, published: this.#published })
    const onDisk = { settled: state.size, note: this.#published.note }
    this.#settler = new Settler({ ...parts, frontier: parts.settled }, heads, onDisk)
  }

  /** Its note is empty as long as nothing was ever published. */
  get published(): PublishedCheckpoint {
    return this.#published
  }

  /** What is committed; what is published may be less. */
  get head(): SignedState {
    return this.#state
  }

  /** The write path up to the log's signature. Each step says what a crash right after it leaves behind, and who mends it. */
  async take(entries: readonly RecordedEntry[]): Promise<void> {
    const { journal, lock, received } = this.#parts
    const first = this.#state.size
    // Never behind the last one: small steps back would add up to a large one that nobody notices.
    const signedAtMs = Math.max(this.requireSoundClock(), this.#state.signedAtMs)
    lock.assertHeld()
    for (const { hash } of entries) received.append(hash)
    const record = { first, signedAtMs, root: received.root(), entries: [...entries] }

    // Crash inside: a torn record, never acknowledged. The next start cuts it off.
    const durable = await journal.append(record)

    // COMMIT POINT. Crash here, or anywhere below: the entries are in the log at these indices though nobody was told;
    // the next start takes the record from the journal, and a caller who sends them again gets those indices.
    this.#grow(durable)
    this.#sign()
  }

  /** A start's way to take what a crash left in the journal: as durable as it was when it was written. */
  retake(record: JournalRecord): void {
    for (const { hash } of record.entries) this.#parts.received.append(hash)
    this.#grow(record)
  }

  /** Signs the state anew: for a start, after the last `retake`. */
  resign(): void {
    this.requireSoundClock()
    this.#sign()
  }

  /**
   * Makes what is signed what everyone sees, with as many cosignatures as the policy wants. False when they are not to be
   * had now: nothing is published then, and it may be tried again. Codes, both fatal: `witness_disagrees`, `lock_lost`.
   */
  async publish(): Promise<boolean> {
    const { size, root } = this.#state
    if (this.#published.size === size && this.#published.note !== '') return true
    const note = await this.#cosigned(size)
    if (note === undefined) return false
    this.#published = { size, root, note }
    return true
  }

  /**
   * Newer cosignatures on what is published, which stays as it is when too few are to be had, or a larger tree comes
   * first. May run beside all else. Code, fatal: `witness_disagrees`.
   */
  async cosignAgain(): Promise<void> {
    const { size, root } = this.#published
    if (this.#parts.witnesses === undefined || this.#published.note === '' || this.#state.size !== size) return
    const note = await this.#cosigned(size)
    if (note === undefined || this.#published.size !== size) return
    this.#published = { size, root, note }
    await this.#settler.afterCommit()
  }

  /** To be called when the callers are answered: begins to settle, and waits only when too much is unsettled. */
  async afterCommit(): Promise<void> {
    await this.#settler.afterCommit()
  }

  async settleAll(): Promise<void> {
    await this.#settler.settleAll()
  }

  /** Settles nothing more. */
  async stop(): Promise<void> {
    await this.#settler.stop()
  }

  /** The tree grows by what the disk holds, and must come out as what was received. */
  #grow({ first, root, signedAtMs, entries }: JournalRecord): void {
    const { edge, index, tail } = this.#parts
    const hashes = entries.map(({ hash }) => hash)
    this.#settler.take(hashes.flatMap(hash => edge.push(hash)))
    const found = edge.root()
    if (edge.size !== first + entries.length || !sameBytes(found, root)) {
      const message = `at size ${edge.size} the entries in the journal give root ${encodeHex(found)}, those received ${encodeHex(root)}`
      throw new LedgerError('root_mismatch', `${message}; memory or disk has changed a bit. Nothing was signed`)
    }
    tail.push(entries.map(({ bytes }) => bytes))
    if (index.size < edge.size) index.add(hashes.slice(index.size - first))
    this.#state = { size: edge.size, root: found, signedAtMs }
  }

  #sign(): void {
    const { lock, signer } = this.#parts
    // Last look before an irrevocable signature: two writers would sign two histories.
    lock.assertHeld()
    const { size, root } = this.#state
    this.#signed = signNote(formatCheckpoint({ origin: signer.name, size, root }), signer)
  }

  async #cosigned(size: number): Promise<string | undefined> {
    const { witnesses, reader, log } = this.#parts
    const note = this.#signed
    if (witnesses === undefined) return note
    const cosigned = await witnesses.cosign({ size, note }, from => consistencyProof(from, size, reader.read))
    requireAgreement(cosigned)
    if (cosigned.met) return note + cosigned.lines.join('')
    const faults = cosigned.faults.map(({ witness, code, message }) => `${witness}: ${code}: ${message}`)
    log({ event: 'no_quorum', size, faults: faults.join('; ') })
    return undefined
  }

  /** Answers with the time. Code: `clock_went_back`. */
  requireSoundClock(): number {
    const now = this.#parts.now()
    const behindMs = this.#state.signedAtMs - now
    if (behindMs <= clockBackMsMax) return now
    const found = `the clock is ${Math.round(behindMs / 1000)} s behind the last signature`
    throw new LedgerError('clock_went_back', `${found}, at most ${clockBackMsMax / 1000} s are allowed; set the clock`)
  }
}

/** A witness that has honestly cosigned something else has seen another history under this key. */
function requireAgreement({ faults }: Cosigned): void {
  const fault = faults.find(({ code }) => code === 'witness_ahead' || code === 'witness_conflict')
  if (fault === undefined) return
  const remedy = 'Was an old backup restored, or does another process sign with this key? Restore the newest'
  throw new LedgerError('witness_disagrees', `${fault.witness}: ${fault.message}. ${remedy}, or nothing may be signed`)
}
