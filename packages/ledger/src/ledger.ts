import { type Digest, formatDigest } from '@breakglass/verify'
import type { PublishedCheckpoint } from './committer.ts'
import { readIdentity } from './config.ts'
import { type Credential, readCredentials } from './credentials.ts'
import { DurableFiles } from './durable-files.ts'
import { hashEntries } from './entry.ts'
import { LedgerError } from './errors.ts'
import type { Files } from './files.ts'
import { layoutOf } from './layout.ts'
import { takeLock } from './lock.ts'
import { type Log, silent } from './log.ts'
import { nodeFiles } from './node-files.ts'
import { type Recovered, recover } from './recovery.ts'
import { type LoggedEntry, Sequencer } from './sequencer.ts'
import { readServedFile } from './served-file.ts'

/** An open ledger: this process holds its lock and its key. */
export interface Ledger {
  readonly origin: string
  readonly vkey: string
  readonly credentials: readonly Credential[]
  /**
   * Answers in the order given, once all entries are durable and published; the same entry has the same index however
   * often it is sent. 1 to 256 entries of 1 to 32 768 bytes. The bytes must not be changed until then. Codes:
   * `bad_entry`, `too_large`, `too_many`, `stopping`, `tile_damaged`.
   */
  append(entries: readonly Uint8Array[]): Promise<LoggedEntry[]>
  /** By leaf hash, under the newest checkpoint; `undefined` when it is not in the log nor on its way into it. */
  proofFor(leaf: Digest): Promise<LoggedEntry | undefined>
  checkpoint(): PublishedCheckpoint
  /** A tile or bundle by its C2SP path, `tile/…`; `undefined` when there is none. */
  tile(path: string): Uint8Array | undefined
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
}

/** Codes: `not_a_ledger`, `config_damaged`, `ledger_locked`, and those of `recover`. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { dir, now, files = nodeFiles, log = silent, onFatal = () => undefined } = options
  const { queueEntriesMax, segmentBytesMax } = options
  const layout = layoutOf(dir)
  const { config, signer } = readIdentity(files, layout)
  const credentials = readCredentials(files, layout.credentials)
  const lock = takeLock(layout.lock, files)
  const durable = new DurableFiles(files, dir, layout.temporary)
  let recovered: Recovered
  try {
    recovered = await recover({ files, layout, durable, lock, signer, now, log, segmentBytesMax })
  } catch (error) {
    lock.release()
    throw error
  }
  const { committer, journal, index, reader } = recovered
  let failed = false
  const fail = (error: LedgerError): void => {
    failed = true
    onFatal(error)
  }
  const sequencer = new Sequencer({ committer, index, read: reader.read, onFatal: fail, queueEntriesMax })
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    try {
      await sequencer.stop()
      journal.close()
      // After a fatal error nothing more is written; the next start reads what is missing from the bundles.
      if (!failed) index.store()
    } finally {
      index.close()
      lock.release()
    }
  }
  return {
    origin: config.origin,
    vkey: signer.vkey,
    credentials,
    append: async entries => await sequencer.append(hashEntries(entries)),
    proofFor: async leaf => await sequencer.find({ leaf, hash: hashOf(leaf) }),
    checkpoint: () => committer.published,
    tile: path => readServedFile(files, layout.tree, path),
    close: () => (closed ??= close()),
  }
}

function hashOf(leaf: Digest): Uint8Array {
  const hash = new Uint8Array(Buffer.from(leaf.slice('sha256:'.length), 'hex'))
  if (formatDigest(hash) !== leaf) throw new LedgerError('bad_entry', 'expected a leaf hash sha256:<64 hex digits>')
  return hash
}
