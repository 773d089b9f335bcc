import {
  checkConsistency,
  consistencyProof,
  encodeHex,
  type NoteSigner,
  openCheckpoint,
  type TrustPolicy,
} from '@breakglass/verify'
import { readEntries } from './bundle-reader.ts'
import { Committer, type PublishedCheckpoint } from './committer.ts'
import type { Witnesses } from './cosigning/witnesses.ts'
import { ownPolicy, readText } from './config.ts'
import type { DurableFiles } from './durable-files.ts'
import { EntryTail } from './entry-tail.ts'
import { LedgerError, messageOf } from './errors.ts'
import type { Files } from './files.ts'
import { GrowingRoot } from './growing-root.ts'
import { hashAt, leafHashes } from './hashing.ts'
import { Journal, readJournal } from './journal.ts'
import type { Layout } from './layout.ts'
import { LeafIndex } from './leaf-index.ts'
import { loadEdge } from './load-edge.ts'
import type { Lock } from './lock.ts'
import type { Log } from './log.ts'
import type { RightEdge } from './right-edge.ts'
import { parseState, type SignedState } from './state.ts'
import { TileReader } from './tile-reader.ts'

export interface RecoveryParts {
  files: Files
  layout: Layout
  durable: DurableFiles
  lock: Lock
  signer: NoteSigner
  now: () => number
  log: Log
  /** Which cosignatures make a checkpoint one to publish. */
  policy: TrustPolicy
  /** Those that the policy names; absent when it needs none. */
  witnesses?: Witnesses | undefined
  segmentBytesMax?: number | undefined
  unsettledEntriesMax?: number | undefined
  onFatal: (error: LedgerError) => void
}

export interface Recovered {
  committer: Committer
  journal: Journal
  index: LeafIndex
  reader: TileReader
  tail: EntryTail
}

/**
 * From whatever a crash left to a ledger that may sign. The lock is held. Everything is read and compared before
 * anything is written; what does not fit is refused, because signing over it could not be taken back.
 *
 * Codes: `state_damaged`, `tree_damaged`, `journal_damaged`, `checkpoint_damaged`, `index_damaged`, `rolled_back`,
 * `clock_went_back`, and those of the write path.
 */
export async function recover(parts: RecoveryParts): Promise<Recovered> {
  const { files, layout, durable, log } = parts
  const state = readState(files, layout)
  const { edge, openEntries } = loadEdge(files, layout.tree, state)
  const reader = new TileReader(files, layout.tree, edge)
  const published = readPublished(parts, state, reader)
  const found = readJournal(files, layout.journal, state.size)
  const pending = found.records.filter(({ first, entries }) => first + entries.length > state.size)
  requireWholeRecords(pending[0]?.first, state, layout)
  const index = openIndex(parts, Math.max(state.size, found.next ?? 0))
  let journal: Journal | undefined
  try {
    catchUpIndex(parts, index, state.size)
    await durable.clean()
    if (found.tail.torn) log({ event: 'torn_tail_cut', validBytes: found.tail.validBytes })
    journal = await Journal.resume(
      { files, durable, path: layout.journal, segmentBytesMax: parts.segmentBytesMax },
      found,
    )
    const tail = new EntryTail(state.size, openEntries)
    const [received, settled] = [growingRootOf(edge), growingRootOf(edge)]
    // One from before the policy asked for witnesses is a prefix like any other, and not published any more.
    const stillPublished =
      published !== undefined && openCheckpoint(published.note, parts.policy).ok ? published : undefined
    const committer = new Committer(
      { ...parts, received, settled, journal, index, edge, tail, reader },
      state,
      stillPublished,
    )
    committer.requireSoundClock()
    for (const record of pending) {
      committer.retake(record)
      log({ event: 'record_retaken', first: record.first, entries: record.entries.length })
    }
    await requireWitnessesAgree(parts, committer.head, reader)
    committer.resign()
    await committer.publish()
    await committer.settleAll()
    return { committer, journal, index, reader, tail }
  } catch (error) {
    journal?.close()
    index.close()
    throw error
  }
}

function growingRootOf(edge: RightEdge): GrowingRoot {
  return new GrowingRoot(edge.size, edge.frontier().hashes())
}

/**
 * Asks each witness what it has cosigned. One that knows more than lies here, or something else, has seen this key sign
 * another history, and a signature now would prove it. Codes: `rolled_back`, `witness_disagrees`.
 */
async function requireWitnessesAgree(
  { witnesses, log }: RecoveryParts,
  head: { size: number; root: Uint8Array },
  reader: TileReader,
): Promise<void> {
  for (const view of witnesses === undefined ? [] : await witnesses.latest()) {
    if (view.state === 'unreachable')
      log({ event: 'witness_unreachable', witness: view.witness, message: view.message })
    if (view.state !== 'knows') continue
    if (view.size > head.size) {
      const message = `the witness ${view.witness} has cosigned a tree of size ${view.size}, and what is on disk ends at ${head.size}`
      throw rolledBack(message)
    }
    const proof = consistencyProof(view.size, head.size, reader.read)
    if (checkConsistency(view.size, head.size, proof, view.root, head.root)) continue
    const message = `the witness ${view.witness} has cosigned a tree of size ${view.size} that is not a prefix of this one`
    throw new LedgerError(
      'witness_disagrees',
      `${message}. Does another process sign with this key? Nothing was signed`,
    )
  }
}

function readState(files: Files, layout: Layout): SignedState {
  const text = readText(files, layout.state)
  // Never taken for an empty log: a lost state must not lead to a second history under the same key.
  if (text === undefined)
    throw new LedgerError('state_damaged', `expected the last signed state at ${layout.state}, found none`)
  return parseState(text, layout.state)
}

/** The checkpoint readers have seen, which must be a prefix of what the state says. `undefined` before the first. */
function readPublished(parts: RecoveryParts, state: SignedState, reader: TileReader): PublishedCheckpoint | undefined {
  const path = parts.layout.checkpoint
  const note = readText(parts.files, path)
  if (note === undefined) return undefined
  const opened = openCheckpoint(note, ownPolicy(parts.signer.vkey))
  if (!opened.ok) {
    const found = opened.faults.map(({ code, found }) => `${code}: ${found}`).join('; ')
    throw new LedgerError('checkpoint_damaged', `expected a checkpoint of this ledger at ${path}, found ${found}`)
  }
  const { size, root } = opened.value
  if (size > state.size) {
    throw rolledBack(
      `a checkpoint of size ${size} has been published, but what is settled on disk ends at ${state.size}`,
    )
  }
  const proof = consistencyProof(size, state.size, reader.read)
  if (checkConsistency(size, state.size, proof, root, state.root)) return { size, root, note }
  const message = `the published checkpoint of size ${size} (root ${encodeHex(root)}) is not a prefix of what is on disk`
  throw new LedgerError('checkpoint_damaged', `${message}; run fsck`)
}

/** The state moves by whole records, so none may lie across it. */
function requireWholeRecords(first: number | undefined, state: SignedState, { journal }: Layout): void {
  if (first === undefined || first === state.size) return
  const message = `a record in ${journal} begins at ${first}, and the signed state lies at ${state.size} inside it`
  throw new LedgerError('journal_damaged', `${message}; run fsck`)
}

/** A file that is no database any more is as good as none: all of it lies in the bundles. */
function openIndex({ files, layout, log }: RecoveryParts, size: number): LeafIndex {
  try {
    return requireNotAhead(new LeafIndex(layout.index), size, layout)
  } catch (error) {
    if (error instanceof LedgerError) throw error
    log({ event: 'index_rebuilt', reason: messageOf(error) })
    for (const path of [layout.index, `${layout.index}-wal`, `${layout.index}-shm`]) {
      if (files.identify(path) !== undefined) files.remove(path)
    }
    return new LeafIndex(layout.index)
  }
}

/** Entries enter the index after they are durable: knowing more than the log means that the log has lost some. */
function requireNotAhead(index: LeafIndex, size: number, layout: Layout): LeafIndex {
  if (index.size <= size) return index
  index.close()
  throw rolledBack(`${layout.index} knows ${index.size} entries, but what is on disk ends at ${size}`)
}

function rolledBack(message: string): LedgerError {
  const remedy = 'Was an old backup restored? Restore the newest, or nothing may be signed'
  return new LedgerError('rolled_back', `${message}. ${remedy}`)
}

const indexedAtOnce = 4096

function catchUpIndex({ files, layout, log }: RecoveryParts, index: LeafIndex, size: number): void {
  const from = index.size
  if (from >= size) return
  let hashes: Uint8Array[] = []
  try {
    for (const entry of readEntries(files, layout.tree, { from, until: size, size })) {
      hashes.push(hashAt(leafHashes([entry]), 0))
      if (hashes.length < indexedAtOnce) continue
      index.add(hashes)
      hashes = []
    }
    index.add(hashes)
    index.store()
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause
    const message = `${layout.index} could not take the entries from ${from} on (${messageOf(cause)})`
    throw new LedgerError('index_damaged', `${message}; run fsck, and when only the index is wrong, remove it`, {
      cause,
    })
  }
  log({ event: 'index_caught_up', from, size })
}
