import { checkInclusion, type Digest, formatTlogProof, type HashReader, inclusionProof } from '@breakglass/verify'
import type { Committer, PublishedCheckpoint } from './committer.ts'
import { entriesMax, type HashedEntry } from './entry.ts'
import { asFatal, LedgerError } from './errors.ts'
import type { RecordedEntry } from './journal-record.ts'
import { busyFrom, type LeafIndex } from './leaf-index.ts'
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
  /** What is to be taken; absent for one that is in the log already and waits to be published. */
  bytes: Uint8Array | undefined
  /** Where it is in the log; absent until it is taken. */
  index: number | undefined
  waiters: Waiter[]
}

/** One place in the answer to an append. */
interface Waiter {
  answer: Answer
  at: number
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
  async append(entries: readonly HashedEntry[]): Promise<LoggedEntry[]> {
    this.#requireRunning()
    const places = entries.map(({ hash }) => this.#parts.index.find(hash))
    this.#requireRoom(entries, places)
    const answer = new Answer(entries.length)
    for (const [at, entry] of entries.entries()) this.#await(entry, places[at], { answer, at })
    return await answer.whole
  }

  /**
   * Under the newest checkpoint. `undefined` means: not in the log and not on its way into it. Codes: `stopping`,
   * `tile_damaged`, `no_quorum`, `sinks_behind`.
   */
  async find(entry: { leaf: Digest; hash: Uint8Array }): Promise<LoggedEntry | undefined> {
    this.#requireRunning()
    const index = this.#parts.index.find(entry.hash)
    if (index === undefined && !this.#slots.has(entry.leaf)) return undefined
    const answer = new Answer(1)
    this.#await(entry, index, { answer, at: 0 })
    const [logged] = await answer.whole
    return logged
  }

  /** Takes nothing more; resolves when what was taken has been answered. */
  async stop(): Promise<void> {
    this.#stopped ??= new LedgerError('stopping', 'the ledger is stopping and takes no more entries')
    await this.#running
  }

  get failed(): boolean {
    return this.#failed
  }

  #requireRunning(): void {
    if (this.#stopped !== undefined) throw this.#stopped
  }

  /** An entry that was sent twice in one append is counted twice. */
  #requireRoom(entries: readonly HashedEntry[], places: readonly (number | undefined)[]): void {
    if (this.#slots.size + entries.length <= this.#queueEntriesMax) return
    let fresh = 0
    for (const [at, { leaf }] of entries.entries()) {
      if (!this.#isPublished(places[at]) && !this.#slots.has(leaf)) fresh++
    }
    if (this.#slots.size + fresh <= this.#queueEntriesMax) return
    const message = `expected at most ${this.#queueEntriesMax} entries waiting; try again shortly`
    throw new LedgerError('too_many', message)
  }

  /** `index` is where it is in the log already. */
  #await(entry: Slot['entry'] | HashedEntry, index: number | undefined, waiter: Waiter): void {
    const { answer, at } = waiter
    const slot = this.#slots.get(entry.leaf)
    if (slot !== undefined) slot.waiters.push(waiter)
    else if (index !== undefined && this.#isPublished(index)) {
      this.#provenAt(index, entry).then(
        logged => answer.give(at, logged),
        error => answer.refuse(error),
      )
    } else this.#enqueue({ entry, bytes: 'bytes' in entry ? entry.bytes : undefined, index, waiters: [waiter] })
  }

  /** Otherwise too few witnesses have cosigned a tree that holds it. */
  #isPublished(index: number | undefined): boolean {
    return index !== undefined && index < this.#parts.committer.published.size
  }

  #enqueue(slot: Slot): void {
    this.#slots.set(slot.entry.leaf, slot)
    this.#queue.push(slot)
    this.#running ??= this.#run()
  }

  /**
   * A batch is answered while the next one is being written: making proofs takes the processor, a sync only waits. One
   * caller alone is answered at once.
   */
  async #run(): Promise<void> {
    let answer = (): void => undefined
    try {
      // Looked at with nothing awaited before `#running` is given up: what is enqueued in between would wait for ever.
      while (this.#queue.length > 0) {
        const batch = await this.#nextBatch()
        await Promise.all([this.#take(batch), this.#meanwhile(answer, batch.length)])
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

  /** What takes the processor, while the disk has the next batch. */
  async #meanwhile(answer: () => void, entries: number): Promise<void> {
    answer()
    // Twice as fast as they come, so that it is done before as many more have come.
    if (entries >= busyFrom) this.#parts.index.storeSome(2 * entries)
  }

  /** One turn of the event loop first: those who were just answered and send again come along. */
  async #nextBatch(): Promise<Slot[]> {
    await new Promise(resolve => setImmediate(resolve))
    return this.#queue.splice(0, entriesMax)
  }

  async #take(batch: readonly Slot[]): Promise<void> {
    const { committer } = this.#parts
    let next = committer.head.size
    const fresh: RecordedEntry[] = []
    for (const slot of batch) {
      if (slot.index !== undefined || slot.bytes === undefined) continue
      fresh.push({ bytes: slot.bytes, hash: slot.entry.hash })
      slot.index = next++
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
      for (const { entry, index, waiters } of batch) {
        const proof = index === undefined ? undefined : proofs.get(index)
        for (const { answer, at } of waiters) {
          if (proof === undefined || index === undefined) answer.refuse(refusal ?? noQuorum())
          else answer.give(at, { index, leaf: entry.leaf, proof })
        }
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
    for (const { waiters } of this.#slots.values()) {
      for (const { answer } of waiters) answer.refuse(this.#stopped)
    }
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

/** The answer to one append: whole when each of its entries has been given. One promise for all, as there may be 256 of them. */
class Answer {
  readonly whole: Promise<LoggedEntry[]>
  readonly #entries: LoggedEntry[] = []
  #missing: number
  readonly #resolve: (entries: LoggedEntry[]) => void
  /** The first refusal counts. */
  readonly refuse: (error: unknown) => void

  constructor(length: number) {
    const { promise, resolve, reject } = Promise.withResolvers<LoggedEntry[]>()
    this.whole = promise
    this.#resolve = resolve
    this.refuse = reject
    this.#missing = length
  }

  give(at: number, entry: LoggedEntry): void {
    this.#entries[at] = entry
    this.#missing--
    if (this.#missing === 0) this.#resolve(this.#entries)
  }
}

const none: ReadonlyMap<number, string> = new Map()

function indicesOf(batch: readonly Slot[]): number[] {
  const indices = new Set<number>()
  for (const { index } of batch) {
    if (index !== undefined) indices.add(index)
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
