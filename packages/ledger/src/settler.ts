import { encodeHex, sameBytes } from '@breakglass/verify'
import type { DurableFiles, NewFile } from './durable-files.ts'
import type { EntryTail } from './entry-tail.ts'
import { asFatal, LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import type { GrowingRoot } from './growing-root.ts'
import type { Journal } from './journal.ts'
import type { Layout } from './layout.ts'
import type { FullTile, RightEdge } from './right-edge.ts'
import { formatState, type SignedState } from './state.ts'
import type { TileReader } from './tile-reader.ts'
import { partialFiles, type TreeFiles, treeFiles } from './tree-files.ts'

/** Long enough that a burst settles once, short enough that a copy of the tree is never far behind. */
export const settleDelayMs = 200
/** As many unsettled entries begin to settle at once. */
const settleEntries = 4096
/** Unsettled entries beyond which commits wait: with the journal, what a start has to read and write again. */
export const unsettledEntriesMax = 16_384

const stateMode = 0o600
const checkpointMode = 0o644

export interface SettlerParts {
  files: Files
  layout: Layout
  durable: DurableFiles
  journal: Journal
  edge: RightEdge
  tail: EntryTail
  reader: TileReader
  /** Of what is settled, built from what was read back from the bundles. */
  frontier: GrowingRoot
  /** Default `unsettledEntriesMax`; 0 settles each commit before it is answered. */
  unsettledEntriesMax?: number | undefined
  /** Told once, when settling has failed for good. */
  onFatal: (error: LedgerError) => void
}

/** What is signed, and what is published of it: the note of a tree no larger, empty before the first. */
export interface SignedHeads {
  signed: SignedState
  published: { size: number; note: string }
}

/**
 * Takes committed entries from the journal into the tree on disk, behind the commits' backs. Its crash story is told at
 * `#write`. What it throws is fatal, as it is for the committer.
 */
export class Settler {
  readonly #parts: SettlerParts
  readonly #heads: () => SignedHeads
  readonly #unsettledMax: number
  #settled: number
  /** The checkpoint on disk. */
  #noteOnDisk: string
  #completed: FullTile[] = []
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #stopped = false
  #failure: LedgerError | undefined

  /** `heads` are asked for when settling begins; they speak of all that is in memory then. */
  constructor(parts: SettlerParts, heads: () => SignedHeads, onDisk: { settled: number; note: string }) {
    this.#parts = parts
    this.#heads = heads
    this.#unsettledMax = parts.unsettledEntriesMax ?? unsettledEntriesMax
    this.#settled = onDisk.settled
    this.#noteOnDisk = onDisk.note
  }

  /** Tiles the edge gave up; readers find them in memory until they are on disk. */
  take(completed: readonly FullTile[]): void {
    for (const tile of completed) {
      this.#parts.reader.hold(tile)
      this.#completed.push(tile)
    }
  }

  /** To be called after each commit: settles soon. Resolves at once, unless too much is unsettled. */
  async afterCommit(): Promise<void> {
    const unsettled = this.#parts.edge.size - this.#settled
    if (unsettled > Math.min(settleEntries, this.#unsettledMax)) this.#begin()
    else this.#schedule()
    if (unsettled > this.#unsettledMax) await this.#running
    if (this.#failure !== undefined) throw this.#failure
  }

  /** All of it now, while no commit runs. Throws what stopped it, now or before. */
  async settleAll(): Promise<void> {
    await this.#running
    if (this.#failure === undefined) this.#begin()
    await this.#running
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Begins nothing more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #schedule(): void {
    if (this.#stopped || this.#failure !== undefined) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#begin()
    }, settleDelayMs)
  }

  #begin(): void {
    if (this.#running !== undefined || this.#failure !== undefined || this.#isSettled()) return
    this.#running = this.#write()
      .catch((error: unknown) => {
        this.#failure = asFatal(error)
        this.#parts.onFatal(this.#failure)
      })
      .finally(() => {
        this.#running = undefined
        if (!this.#isSettled()) this.#schedule()
      })
  }

  #isSettled(): boolean {
    const { signed, published } = this.#heads()
    return signed.size === this.#settled && published.note === this.#noteOnDisk
  }

  /** Each step says what a crash right after it leaves behind, and who mends it. */
  async #write(): Promise<void> {
    const { durable, journal, frontier, reader, tail, layout } = this.#parts
    // All of it is read from memory before anything is awaited: the next commit changes it.
    const { signed, published } = this.#heads()
    const completed = this.#completed
    this.#completed = []
    const tree = this.#treeFiles({ signed, published }, completed)

    // Crash inside or here: temporary files, which the next start removes. The state waits among them to save a sync.
    const [state, ...staged] = await durable.stage([stateFile(layout, signed), ...tree.files])

    // Crash inside or here: some or all of the new bundles and tiles, which no checkpoint on disk refers to. The next
    // start derives the same bytes again from the journal and finds them equal.
    await durable.link(staged)
    for (const hash of tree.readBack()) frontier.append(hash)
    requireSameRoot(signed, frontier)

    // Crash here: the tree on disk is ahead of its checkpoint. The next start publishes.
    if (state !== undefined) await durable.rename(state)
    this.#settled = signed.size
    reader.release(completed)
    tail.settled(signed.size)

    // Crash inside, or a power cut soon after: the old checkpoint or the new one, whole, and the tree holds both.
    const [checkpoint] = published.note === '' ? [] : await durable.stage([checkpointFile(layout, published.note)])
    if (checkpoint !== undefined) await durable.renameWithoutSync(checkpoint)
    this.#noteOnDisk = published.note

    // Crash here: more journal than is needed, which the next start reads and passes over.
    journal.prune(signed.size)
  }

  #treeFiles({ signed, published }: SignedHeads, completed: readonly FullTile[]): TreeFiles {
    const parts = { ...this.#parts, tree: this.#parts.layout.tree }
    const tree = treeFiles(parts, this.#settled, completed)
    if (published.size === signed.size || published.note === this.#noteOnDisk) return tree
    const known = new Set(tree.files.map(({ path }) => path))
    const partials = partialFiles(parts, published.size).filter(({ path }) => !known.has(path))
    return { ...tree, files: [...tree.files, ...partials] }
  }
}

function stateFile({ state: path }: Layout, state: SignedState): NewFile {
  return { path, bytes: Buffer.from(formatState(state), 'utf8'), mode: stateMode }
}

function checkpointFile({ checkpoint: path }: Layout, note: string): NewFile {
  return { path, bytes: Buffer.from(note, 'utf8'), mode: checkpointMode }
}

function requireSameRoot(signed: SignedState, frontier: GrowingRoot): void {
  const found = frontier.root()
  if (frontier.size === signed.size && sameBytes(found, signed.root)) return
  const message = `at size ${signed.size} the bundles on disk give root ${encodeHex(found)}, the signed one is ${encodeHex(signed.root)}`
  throw new LedgerError(
    'root_mismatch',
    `${message}; memory or disk has changed a bit. The journal still holds the entries`,
  )
}
