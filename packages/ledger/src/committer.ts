import { encodeHex, type Frontier, formatCheckpoint, type NoteSigner, sameBytes, signNote } from '@breakglass/verify'
import type { DurableFiles, NewFile } from './durable-files.ts'
import { LedgerError } from './errors.ts'
import type { Journal } from './journal.ts'
import type { JournalRecord } from './journal-record.ts'
import type { Layout } from './layout.ts'
import type { LeafIndex } from './leaf-index.ts'
import type { Lock } from './lock.ts'
import type { FullTile, RightEdge } from './right-edge.ts'
import { formatState, type SignedState } from './state.ts'
import type { TileReader } from './tile-reader.ts'
import type { TilesWriter } from './tiles-writer.ts'

/** How far a clock may step back (a correction by NTP); beyond it, time here says nothing any more. */
export const clockBackMsMax = 60_000

const stateMode = 0o600
const checkpointMode = 0o644

/** A signed tree head, as it is served. */
export interface PublishedCheckpoint {
  size: number
  root: Uint8Array
  note: string
}

/** An entry whose leaf hash is known. */
export interface CommittedEntry {
  bytes: Uint8Array
  hash: Uint8Array
}

export interface CommitterParts {
  layout: Layout
  durable: DurableFiles
  lock: Lock
  journal: Journal
  index: LeafIndex
  edge: RightEdge
  /** Built from what was read back from disk; must agree with the edge before anything is signed. */
  frontier: Frontier
  tiles: TilesWriter
  reader: TileReader
  signer: NoteSigner
  now: () => number
}

/**
 * Takes entries into the log, one commit at a time. Anything it throws is fatal: what is on disk is then in doubt, and
 * only a new start, which checks it, may go on.
 */
export class Committer {
  readonly #parts: CommitterParts
  #state: SignedState
  #published: PublishedCheckpoint

  constructor(parts: CommitterParts, state: SignedState, published: PublishedCheckpoint) {
    this.#parts = parts
    this.#state = state
    this.#published = published
  }

  get published(): PublishedCheckpoint {
    return this.#published
  }

  /** The write path. Each step says what a crash right after it leaves behind, and who mends it. */
  async commit(entries: readonly CommittedEntry[]): Promise<PublishedCheckpoint> {
    const record = { first: this.#state.size, entries: entries.map(({ bytes }) => bytes) }
    this.requireSoundClock()
    this.#parts.lock.assertHeld()

    // Crash inside: a torn record, never acknowledged. The next start cuts it off.
    await this.#parts.journal.append(record)
    // COMMIT POINT. Crash here: the entries are in the log at these indices though nobody was told; the next start
    // finishes with `finish`, and a caller who sends them again gets those indices.

    return await this.finish(
      record,
      entries.map(({ hash }) => hash),
    )
  }

  /** All that follows the commit point; also how a start finishes records that a crash left in the journal. */
  async finish(record: JournalRecord, hashes: readonly Uint8Array[]): Promise<PublishedCheckpoint> {
    const { durable, tiles, journal, index, edge, frontier } = this.#parts
    const tree = tiles.take(record.entries, this.#pushToEdge(hashes))
    // Never behind the last one: small steps back would add up to a large one that nobody notices.
    const signedAtMs = Math.max(this.requireSoundClock(), this.#state.signedAtMs)
    const next = { size: edge.size, root: edge.root(), signedAtMs }

    // Crash inside or here: temporary files, which the next start removes. The state waits among them to save a sync.
    const [state, ...staged] = await durable.stage([this.#stateFile(next), ...tree.files])

    // Crash inside or here: some or all of the new bundles and tiles, none of them referred to by anything signed. The
    // next start derives the same bytes again and finds them equal.
    await durable.link(staged)
    for (const hash of tree.readBack()) frontier.append(hash)
    this.#requireSameRoot()

    // Crash here: the state is ahead of the published checkpoint by one commit. The next start signs the same size and
    // root, which Ed25519 makes the same signature.
    if (state !== undefined) await durable.rename(state)
    this.#state = next

    const published = await this.publish()

    // Crash here: published, not answered. The index is behind and is caught up from the bundles; the caller sends
    // again and gets the same index.
    index.add(hashes)
    journal.prune(next.size)
    return published
  }

  /** Signs the state and makes it the checkpoint everyone sees. Nothing is signed that is not durable. */
  async publish(): Promise<PublishedCheckpoint> {
    const { layout, durable, lock, signer } = this.#parts
    const { size, root } = this.#state
    // Last look before an irrevocable signature: two writers would sign two histories.
    lock.assertHeld()
    const note = signNote(formatCheckpoint({ origin: signer.name, size, root }), signer)
    // Crash inside, or a power cut soon after: the old checkpoint or the new one, whole. The state before it is durable,
    // so the next start publishes this one again; waiting for the directory would protect nothing more.
    const bytes = Buffer.from(note, 'utf8')
    const [checkpoint] = await durable.stage([{ path: layout.checkpoint, bytes, mode: checkpointMode }])
    if (checkpoint !== undefined) await durable.renameWithoutSync(checkpoint)
    this.#published = { size, root, note }
    return this.#published
  }

  #stateFile(state: SignedState): NewFile {
    return { path: this.#parts.layout.state, bytes: Buffer.from(formatState(state), 'utf8'), mode: stateMode }
  }

  #pushToEdge(hashes: readonly Uint8Array[]): FullTile[] {
    const completed = hashes.flatMap(hash => this.#parts.edge.push(hash))
    for (const tile of completed) this.#parts.reader.remember(tile)
    return completed
  }

  #requireSameRoot(): void {
    const { edge, frontier } = this.#parts
    const [fromMemory, fromDisk] = [edge.root(), frontier.root()]
    if (edge.size === frontier.size && sameBytes(fromMemory, fromDisk)) return
    const message = `at size ${edge.size} the entries on disk give root ${encodeHex(fromDisk)}, those received ${encodeHex(fromMemory)}`
    throw new LedgerError('root_mismatch', `${message}; memory or disk has changed a bit. Nothing was signed`)
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
