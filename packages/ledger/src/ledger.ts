import { type Digest, formatDigest, policyHasWitnesses, type TrustPolicy } from '@breakglass/verify'
import { type ClosingEntry, closingEntryOf } from './closing-entry.ts'
import type { Committer, PublishedCheckpoint } from './committer.ts'
import { readIdentity, readLedgerPolicy } from './config.ts'
import { askWitnesses, type Witnesses } from './cosigning/witnesses.ts'
import { keepCosigned } from './cosigning/recosigning.ts'
import { type ConsistencyProof, proveConsistency } from './consistency.ts'
import { DurableFiles } from './durable-files.ts'
import { hashEntries } from './entry.ts'
import { asFatal, LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import { layoutOf } from './layout.ts'
import type { LeafIndex } from './leaf-index.ts'
import { takeLock } from './lock.ts'
import { type Log, silent } from './log.ts'
import { nodeFiles } from './node-files.ts'
import { recover } from './recovery.ts'
import { type LoggedEntry, Sequencer } from './sequencer.ts'
import { readCommittedEntries, readServedTile, type ServedTreeParts } from './served-tree.ts'
import type { SinkStatus } from './sinks/pump.ts'
import { openSinks, type SinkSource } from './sinks/sinks.ts'

/** An open ledger: this process holds its lock and its key. */
export interface Ledger {
  readonly origin: string
  readonly vkey: string
  readonly dir: string
  /** How it is closed, since before it was opened: then it takes nothing more. */
  readonly closing: ClosingEntry | undefined
  /**
   * Answers in the order given, once all entries are durable and published; the same entry has the same index however
   * often it is sent. 1 to 256 entries of 1 to 32 768 bytes. The bytes must not be changed until then. Codes:
   * `bad_entry`, `too_large`, `too_many`, `closed`, and those of `Sequencer.append`.
   */
  append(entries: readonly Uint8Array[]): Promise<LoggedEntry[]>
  /** By leaf hash, under the newest checkpoint; `undefined` when it is not in the log nor on its way into it. */
  proofFor(leaf: Digest): Promise<LoggedEntry | undefined>
  checkpoint(): PublishedCheckpoint
  /** That the published tree, or the one of `to` entries, begins with the one of `from`. Codes: `bad_range`, `tile_damaged`. */
  consistency(from: number, to?: number): ConsistencyProof
  /** A tile or bundle by its C2SP path, `tile/…`; `undefined` when there is none. */
  tile(path: string): Uint8Array | undefined
  /** How the second places stand: docs/formats/mirror.md. */
  sinks(): SinkStatus[]
  /** Takes nothing more, finishes what was taken, gives the lock back. */
  close(): Promise<void>
}

export interface LedgerOptions {
  dir: string
  /** Milliseconds since 1970. */
  now: () => number
  /** Told once when signing has stopped for good; the process should end with exit status 70. Default: nobody. */
  onFatal?: (error: LedgerError) => void
  log?: Log
  files?: Files
  /** Entries accepted and not yet answered. Default `queueEntriesMax`. */
  queueEntriesMax?: number
  /** When a journal segment is closed. Default `segmentBytesMax`. */
  segmentBytesMax?: number
  /** Beyond which appends wait for the tree on disk. Default `unsettledEntriesMax`; 0: each waits for its own. */
  unsettledEntriesMax?: number
  /** How long a checkpoint may lie before it is cosigned again. Default `recosignMs`. */
  recosignMs?: number
}

/** Codes: `not_a_ledger`, `config_damaged`, `ledger_locked`, and those of `recover`. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { dir, files = nodeFiles, log = silent, onFatal = () => undefined } = options
  const layout = layoutOf(dir)
  const { config, signer } = readIdentity(files, layout)
  // What was opened, to be let go in the opposite order: when the ledger closes, or at once when it cannot open.
  const opened: (() => Promise<void> | void)[] = []
  const release = async (): Promise<void> => {
    for (const letGo of opened.splice(0).reverse()) await letGo()
  }
  try {
    const lock = takeLock(layout.lock, files)
    opened.push(() => lock.release())
    const policy = readLedgerPolicy(files, layout, signer)
    const witnesses = witnessesOf(policy, config.origin, { ...options, log })
    opened.push(async () => await witnesses?.close())
    const settling = Promise.withResolvers<LedgerError>()
    const durable = new DurableFiles(files, dir, layout.temporary)
    const parts = { ...options, files, layout, durable, lock, signer, log, policy, witnesses }
    const { committer, journal, index, reader, tail } = await recover({ ...parts, onFatal: settling.resolve })
    opened.push(
      () => index.close(),
      () => journal.close(),
    )
    const tree = { files, tree: layout.tree, tail, reader }
    const sinks = await openSinks({ dir, now: options.now, log, source: sourceOf(config.origin, committer, tree) })
    opened.push(async () => await sinks.close())
    const { queueEntriesMax } = options
    const sequencer = new Sequencer({ committer, index, read: reader.read, sinks, onFatal, queueEntriesMax })
    void settling.promise.then(error => sequencer.fail(error))
    const onAsked = (error: unknown) => sequencer.fail(asFatal(error))
    if (witnesses !== undefined) opened.push(keepCosigned({ committer, everyMs: options.recosignMs, onFatal: onAsked }))
    let closed: Promise<void> | undefined
    const last = tree.tail.size === 0 ? undefined : readCommittedEntries(tree, tree.tail.size - 1, tree.tail.size)[0]
    const closing = last === undefined ? undefined : closingEntryOf(last, signer.vkey)
    return {
      origin: config.origin,
      vkey: signer.vkey,
      dir,
      closing,
      append: async entries => {
        if (closing !== undefined)
          throw new LedgerError('closed', `this log is closed; go on with ${closing.successor}`)
        return await sequencer.append(hashEntries(entries))
      },
      proofFor: async leaf => await sequencer.find({ leaf, hash: hashOf(leaf) }),
      checkpoint: () => committer.published,
      consistency: (from, to) => proveConsistency({ from, to }, committer.published, reader.read),
      tile: path => readServedTile(tree, committer.published.size, path),
      sinks: () => sinks.status(),
      close: () => (closed ??= finish({ sequencer, committer, index }).finally(release)),
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** After a fatal error nothing more is written; the next start reads what is missing from the journal. */
async function finish(parts: { sequencer: Sequencer; committer: Committer; index: LeafIndex }): Promise<void> {
  const { sequencer, committer, index } = parts
  await sequencer.stop()
  try {
    if (!sequencer.failed) await committer.settleAll()
  } finally {
    await committer.stop()
  }
  if (!sequencer.failed) index.store()
}

function sourceOf(origin: string, committer: Committer, tree: ServedTreeParts): SinkSource {
  return {
    origin,
    size: () => committer.published.size,
    checkpoint: () => committer.published,
    entries: (from, until) => readCommittedEntries(tree, from, until),
  }
}

function witnessesOf(
  policy: TrustPolicy,
  origin: string,
  { now, log }: { now: () => number; log: Log },
): Witnesses | undefined {
  return policyHasWitnesses(policy) ? askWitnesses({ policy, origin, now, log }) : undefined
}

function hashOf(leaf: Digest): Uint8Array {
  const hash = new Uint8Array(Buffer.from(leaf.slice('sha256:'.length), 'hex'))
  if (formatDigest(hash) !== leaf) throw new LedgerError('bad_entry', 'expected a leaf hash sha256:<64 hex digits>')
  return hash
}
