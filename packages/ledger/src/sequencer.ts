import { checkInclusion, type Digest, formatTlogProof, type HashReader, inclusionProof } from '@breakglass/verify'
import type { Committer, PublishedCheckpoint } from './committer.ts'
import { entriesMax, type HashedEntry } from './entry.ts'
import { asFatal, LedgerError } from './errors.ts'
import type { RecordedEntry } from './journal-record.ts'
import type { LeafIndex } from './leaf-index.ts'
import { proofTexts } from './proof-texts.ts'
import type { Sinks } from './sinks/sinks.ts'

/** Entries accepted and not yet answered. At 32 KiB each this bounds the memory they hold to 128 MiB. */
export const queueEntriesMax = 4096

/** An entry that is durable, with its proof under a published checkpoint. */
export interface LoggedEntry {
  index: number
  leaf: Digest
  /** C2SP tlog-proof text. */
  proof: string
}

/** An entry on its way. Whoever sends the same leaf meanwhile waits for the same answer. */
interface Slot {
  entry: { leaf: Digest; hash: Uint8Array }
  /** What is to be taken, or where it is in the log already and waits to be published. */
  what: { bytes: Uint8Array } | { index: number }
  answer: Promise<LoggedEntry>
  resolve: (logged: LoggedEntry) => void
  reject: (error: LedgerError) => void
}

export interface SequencerParts {
  committer: Committer
  index: LeafIndex
  read: HashReader
  /** Told once, when signing has stopped for good. */
  onFatal: (error: LedgerError) => void
  /** The second places, some of which must hold an entry before anybody is given its proof. */
  sinks?: Pick<Sinks, 'published' | 'held'> | undefined
  queueEntriesMax?: number | undefined
}

/**
 * Puts entries in order. Whatever waits when a commit ends goes into the next one together (group commit), so a lone
 * entry is never held back to wait for company.
 */
export class Sequencer {
  readonly #parts: SequencerParts
  readonly #queueEntriesMax: number
  readonly #slots = new Map<Digest, Slot>()
  #queue: Slot[] = []
  #running: Promise<void> | undefined
  #stopped: LedgerError | undefined
  #failed = false

  constructor(parts: SequencerParts) {
    this.#parts = parts
    this.#queueEntriesMax = parts.queueEntriesMax ?? queueEntriesMax
  }

  /**
   * Answers in the order given, once every entry is durable and published. The same leaf has the same index, however
   * often it is sent, here or in an earlier life. All entries are taken or none. Codes: `too_many`, `stopping`,
   * `tile_damaged`, and `no_quorum` and `sinks_behind` (they are in the log, and nothing should rest on them yet).
   */
  append(entries: readonly HashedEntry[]): Promise<LoggedEntry[]> {
    return this.#answering(() => {
      const fresh = this.#freshOf(entries)
      if (this.#slots.size + fresh.size > this.#queueEntriesMax) {
        throw new LedgerError(
          'too_many',
          `expected at most ${this.#queueEntriesMax} entries waiting; try again shortly`,
        )
      }
      for (const [entry, index] of fresh.values()) this.#enqueue(entry, index === undefined ? entry : { index })
      return Promise.all(entries.map(entry => this.#slots.get(entry.leaf)?.answer ?? this.#known(entry)))
    })
  }

  /**
   * Under the newest checkpoint. `undefined` means: not in the log and not on its way into it. Codes: `stopping`,
   * `tile_damaged`, `no_quorum`, `sinks_behind`.
   */
  find(entry: { leaf: Digest; hash: Uint8Array }): Promise<LoggedEntry | undefined> {
    return this.#answering(async () => {
      const slot = this.#slots.get(entry.leaf)
      if (slot !== undefined) return await slot.answer
      const index = this.#parts.index.find(entry.hash)
      if (index === undefined) return undefined
      return this.#isPublished(index)
        ? await this.#provenAt(index, entry)
        : await this.#enqueue(entry, { index }).answer
    })
  }

  /** Takes nothing more; resolves when what was taken has been answered. */
  async stop(): Promise<void> {
    this.#stopped ??= new LedgerError('stopping', 'the ledger is stopping and takes no more entries')
    await this.#running
  }

  get failed(): boolean {
    return this.#failed
  }

  /** A thrown refusal becomes a rejection, so that callers have one way to look. */
  async #answering<T>(act: () => Promise<T>): Promise<T> {
    if (this.#stopped !== undefined) throw this.#stopped
    return await act()
  }

  /** Those that need a place in the queue, each with its index when it has one: not in the log, or not published. */
  #freshOf(entries: readonly HashedEntry[]): Map<Digest, [HashedEntry, number | undefined]> {
    const fresh = new Map<Digest, [HashedEntry, number | undefined]>()
    for (const entry of entries) {
      if (this.#slots.has(entry.leaf)) continue
      const index = this.#parts.index.find(entry.hash)
      if (index === undefined || !this.#isPublished(index)) fresh.set(entry.leaf, [entry, index])
    }
    return fresh
  }

  /** Otherwise too few witnesses have cosigned a tree that holds it. */
  #isPublished(index: number): boolean {
    return index < this.#parts.committer.published.size
  }

  #enqueue(entry: Slot['entry'], what: Slot['what']): Slot {
    const { promise, resolve, reject } = Promise.withResolvers<LoggedEntry>()
    // Whoever asked waits through `Promise.all`, which looks at one rejection only; the others are not unhandled.
    promise.catch(() => undefined)
    const slot = { entry, what, answer: promise, resolve, reject }
    this.#slots.set(entry.leaf, slot)
    this.#queue.push(slot)
    this.#running ??= this.#run()
    return slot
  }

  #known(entry: HashedEntry): Promise<LoggedEntry> {
    const index = this.#parts.index.find(entry.hash)
    if (index === undefined) throw new TypeError(`expected ${entry.leaf} in the index: it was there just now`)
    return this.#provenAt(index, entry)
  }

  /**
   * A batch is answered while the next one is being written: making proofs takes the processor, a sync only waits. One
   * caller alone is answered at once.
   */
  async #run(): Promise<void> {
    let answer = (): void => undefined
    try {
      for (let batch = await this.#nextBatch(); batch.length > 0; batch = await this.#nextBatch()) {
        const taken = this.#take(batch)
        answer()
        await taken
        answer = await this.#publish(batch)
        if (this.#queue.length === 0) answer()
        await this.#parts.committer.afterCommit()
      }
    } catch (error) {
      this.fail(asFatal(error))
    } finally {
      // What was published before the failure is still so.
      answer()
      this.#running = undefined
    }
  }

  /** One turn of the event loop first: those who were just answered and send again come along. */
  async #nextBatch(): Promise<Slot[]> {
    if (this.#queue.length > 0) await new Promise(resolve => setImmediate(resolve))
    return this.#queue.splice(0, entriesMax)
  }

  async #take(batch: readonly Slot[]): Promise<void> {
    const { committer } = this.#parts
    let next = committer.head.size
    const fresh: RecordedEntry[] = []
    for (const slot of batch) {
      if ('index' in slot.what) continue
      fresh.push({ bytes: slot.what.bytes, hash: slot.entry.hash })
      slot.what = { index: next++ }
    }
    if (fresh.length > 0) await committer.take(fresh)
  }

  /** Answers with what is left to do: to tell each who waits. */
  async #publish(batch: readonly Slot[]): Promise<() => void> {
    const { committer } = this.#parts
    const refusal = (await committer.publish()) ? await this.#unlessHeld(committer.published.size) : noQuorum()
    const { published } = committer
    for (const { entry } of batch) this.#slots.delete(entry.leaf)
    let told = false
    return () => {
      if (told) return
      told = true
      const proofs = refusal === undefined ? proofTexts(indicesOf(batch), published, this.#parts.read) : none
      for (const { entry, what, resolve, reject } of batch) {
        const proof = 'index' in what ? proofs.get(what.index) : undefined
        if (proof === undefined || !('index' in what)) reject(refusal ?? noQuorum())
        else resolve({ index: what.index, leaf: entry.leaf, proof })
      }
    }
  }

  /** Why nobody may be given a proof of what lies below `size` yet; `undefined`: they may. */
  async #unlessHeld(size: number): Promise<LedgerError | undefined> {
    const { sinks } = this.#parts
    sinks?.published()
    return sinks === undefined || (await sinks.held(size)) ? undefined : sinksBehind()
  }

  /** Signing stops. Nobody is told that an entry is logged; some may be, and will be found so when sent again. */
  fail(error: LedgerError): void {
    if (this.#failed) return
    this.#failed = true
    this.#stopped = new LedgerError('stopping', 'the ledger has stopped on a fatal error; send the entries again later')
    for (const slot of this.#slots.values()) slot.reject(this.#stopped)
    this.#slots.clear()
    this.#queue = []
    this.#parts.onFatal(error)
  }

  /**
   * For an entry of the past: its hashes come from tiles that may have lain on a disk for years, so the proof is checked
   * before it is given out.
   */
  async #provenAt(index: number, { leaf, hash }: Slot['entry']): Promise<LoggedEntry> {
    const refusal = await this.#unlessHeld(index + 1)
    if (refusal !== undefined) throw refusal
    const { published } = this.#parts.committer
    const { path, text } = this.#proofOf(index, published)
    if (checkInclusion(index, published.size, hash, path, published.root)) return { index, leaf, proof: text }
    throw new LedgerError(
      'tile_damaged',
      `the tiles on disk do not prove entry ${index} under the published root; run fsck`,
    )
  }

  #proofOf(index: number, { size, note }: PublishedCheckpoint): { path: Uint8Array[]; text: string } {
    const path = inclusionProof(index, size, this.#parts.read)
    return { path, text: formatTlogProof({ index, path, checkpoint: note }) }
  }
}

const none: ReadonlyMap<number, string> = new Map()

function indicesOf(batch: readonly Slot[]): number[] {
  const indices = new Set<number>()
  for (const { what } of batch) {
    if ('index' in what) indices.add(what.index)
  }
  return [...indices].sort((a, b) => a - b)
}

function noQuorum(): LedgerError {
  const message =
    'the entries are in the log, and too few witnesses have cosigned it; nothing rests on them until they do'
  return new LedgerError('no_quorum', `${message}. Send them again, or ask for their proof, shortly`)
}

function sinksBehind(): LedgerError {
  const message = 'the entries are in the log, and fewer sinks than sinks.json asks for hold them yet'
  return new LedgerError('sinks_behind', `${message}. See what /healthz says of them; send the entries again shortly`)
}
