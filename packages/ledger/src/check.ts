import { encodeHex, openCheckpoint, sameBytes } from '@breakglass/verify'
import { Faults, type LedgerFault } from './check-fault.ts'
import { checkTiles, readLeaves } from './check-tree.ts'
import { ownPolicy, readIdentity, readText } from './config.ts'
import { readCredentials } from './credentials.ts'
import { messageOf } from './errors.ts'
import type { Files } from './files.ts'
import { hashAt, hashBytes } from './hashing.ts'
import { readJournal } from './journal.ts'
import type { JournalRecord } from './journal-record.ts'
import { type Layout, layoutOf } from './layout.ts'
import { readLeafIndex } from './leaf-index.ts'
import { nodeFiles } from './node-files.ts'
import { parseState, type SignedState } from './state.ts'
import { SubtreeHashes } from './subtree-hashes.ts'

export interface CheckOptions {
  files?: Files
  /** A checkpoint kept from before: the log must still hold it. */
  previous?: { size: number; root: Uint8Array }
}

export interface LedgerReport {
  ok: boolean
  origin: string
  /** Entries verified: the settled tree and what the journal holds beyond it, which is what the ledger has committed. */
  size: number
  /** Of these, those whose bundles and tiles are on disk. */
  settled: number
  root: string
  /** At most `faultsMax`. */
  faults: LedgerFault[]
  /** Entries that lie in the bundles and not yet in the index: the next start catches up. */
  unindexed: number
}

/**
 * The whole ledger once more, from nothing but its bundles and its key: every leaf hash, tile, root, the signature, the
 * index, the journal. Reads only, takes no lock, and may run beside a ledger that is being served. Codes:
 * `not_a_ledger`, `config_damaged`; everything else is a fault in the report.
 */
export function checkLedger(dir: string, options: CheckOptions = {}): LedgerReport {
  const { files = nodeFiles, previous } = options
  const layout = layoutOf(dir)
  const faults = new Faults()
  const { config, signer } = readIdentity(files, layout)
  attempt(faults, 'credentials', layout.credentials, () => readCredentials(files, layout.credentials))
  // The checkpoint before the state: beside a running ledger both move, and the state is the one allowed to be ahead.
  const published = readCheckpoint(files, layout, signer.vkey, faults)
  const { state, records } = readCommitted(files, layout, faults)
  const settled = state?.size ?? published?.size ?? 0
  const leaves = Buffer.concat([
    readLeaves(files, layout.tree, settled, faults),
    ...records.flatMap(({ first, entries }) => (first < settled ? [] : entries.map(({ hash }) => hash))),
  ])
  const hashes = new SubtreeHashes(leaves)
  checkTiles(files, layout.tree, settled, hashes, faults)
  const { size } = hashes
  const heads = [state, published, previous, ...records.map(headOf)].filter(head => head !== undefined)
  for (const head of heads) checkHead(head, hashes, faults)
  if (state !== undefined && published !== undefined && published.size > state.size) {
    const message = `expected a settled tree of ${published.size} entries, found ${state.size}`
    faults.add('inconsistent', layout.state, `${message}: the checkpoint on disk is written after it`)
  }
  checkJournal(layout, records, settled, leaves, faults)
  const unindexed = checkIndex(files, layout, size, leaves, faults)
  const root = encodeHex(hashes.root(size))
  return { ok: faults.list.length === 0, origin: config.origin, size, settled, root, faults: faults.list, unindexed }
}

function readCheckpoint(
  files: Files,
  { checkpoint }: Layout,
  vkey: string,
  faults: Faults,
): { size: number; root: Uint8Array } | undefined {
  const note = readText(files, checkpoint)
  if (note === undefined) return undefined
  const opened = openCheckpoint(note, ownPolicy(vkey))
  if (opened.ok) return opened.value
  for (const { code, expected, found } of opened.faults) {
    faults.add('checkpoint', checkpoint, `${code}: expected ${expected}, found ${found}`)
  }
  return undefined
}

/** Beside a running ledger the journal may be pruned between the two readings. */
const readingsMax = 5

function readCommitted(
  files: Files,
  { state: path, journal }: Layout,
  faults: Faults,
): { state: SignedState | undefined; records: JournalRecord[] } {
  for (let reading = 1; ; reading++) {
    const text = readText(files, path) ?? ''
    const found = new Faults()
    const state = attempt(found, 'state', path, () => parseState(text, path))
    const content = attempt(found, 'journal', journal, () => readJournal(files, journal, state?.size ?? 0))
    const moved = readText(files, path) !== text
    if (moved && found.list.length > 0 && reading < readingsMax) continue
    for (const { code, at, message } of found.list) faults.add(code, at, message)
    return { state, records: content?.records ?? [] }
  }
}

/** What was signed, or was about to be, when the record was written. */
function headOf({ first, entries, root }: JournalRecord): { size: number; root: Uint8Array } {
  return { size: first + entries.length, root }
}

function checkHead(head: { size: number; root: Uint8Array }, hashes: SubtreeHashes, faults: Faults): void {
  const at = `size ${head.size}`
  if (head.size > hashes.size) {
    const message = 'expected the log to hold a tree of this size that was signed'
    return faults.add('inconsistent', at, `${message}, found ${hashes.size} entries`)
  }
  const found = hashes.root(head.size)
  if (sameBytes(found, head.root)) return
  faults.add('root', at, `expected root ${encodeHex(head.root)}, found ${encodeHex(found)} from the entries`)
}

/** The second copy of what is settled. */
function checkJournal(
  { journal }: Layout,
  records: readonly JournalRecord[],
  settled: number,
  leaves: Uint8Array,
  faults: Faults,
): void {
  for (const { first, entries } of records) {
    for (const [offset, { hash }] of entries.entries()) {
      const index = first + offset
      if (index >= settled || sameBytes(hash, hashAt(leaves, index))) continue
      faults.add('journal', journal, `expected entry ${index} to be the one in its bundle, found another`)
    }
  }
}

/** Each row must name the entry it hashes, and as many rows as entries: then no entry is there twice. */
function checkIndex(files: Files, layout: Layout, size: number, leaves: Buffer, faults: Faults): number {
  if (files.identify(layout.index) === undefined) return size
  const seen = new Uint8Array(size)
  let known = 0
  attempt(faults, 'index', layout.index, () => {
    for (const { hashes, positions } of readLeafIndex(layout.index)) {
      for (const [at, position] of positions.entries()) {
        // A running ledger may have gone on since the state was read.
        if (position >= size) continue
        if (!isHashAt(leaves, position, hashes, at)) {
          faults.add('index', layout.index, `row ${position} is another entry's`)
        }
        if (seen[position] === 0) known++
        seen[position] = 1
      }
    }
  })
  for (let position = 0; position < known; position++) {
    if (seen[position] === 0)
      faults.add('index', layout.index, `expected entry ${position}, which is missing between others`)
  }
  return size - known
}

function isHashAt(leaves: Buffer, position: number, hashes: Buffer, at: number): boolean {
  const [begin, from] = [position * hashBytes, at * hashBytes]
  return position >= 0 && hashes.compare(leaves, begin, begin + hashBytes, from, from + hashBytes) === 0
}

function attempt<T>(faults: Faults, code: LedgerFault['code'], at: string, act: () => T): T | undefined {
  try {
    return act()
  } catch (error) {
    faults.add(code, at, messageOf(error))
    return undefined
  }
}
