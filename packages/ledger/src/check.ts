import { encodeHex, hashLeaf, openCheckpoint, sameBytes } from '@breakglass/verify'
import { Faults, type LedgerFault } from './check-fault.ts'
import { type CheckedTree, checkTree, hashAt } from './check-tree.ts'
import { ownPolicy, readIdentity, readText } from './config.ts'
import { readCredentials } from './credentials.ts'
import { messageOf } from './errors.ts'
import type { Files } from './files.ts'
import { readJournal } from './journal.ts'
import { type Layout, layoutOf } from './layout.ts'
import { readLeafIndex } from './leaf-index.ts'
import { nodeFiles } from './node-files.ts'
import { parseState, type SignedState } from './state.ts'

export interface CheckOptions {
  files?: Files
  /** A checkpoint kept from before: the log must still hold it. */
  previous?: { size: number; root: Uint8Array }
}

export interface LedgerReport {
  ok: boolean
  origin: string
  /** Entries verified: the signed state, which is the published size or one commit ahead of it. */
  size: number
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
  const state = readState(files, layout, faults)
  const size = state?.size ?? published?.size ?? 0
  const heads = [state, published, previous].filter(head => head !== undefined)
  const sizes = heads.map(head => head.size).filter(at => at <= size)
  const tree = checkTree(files, layout.tree, size, sizes, faults)
  for (const head of heads) checkHead(head, tree, size, faults)
  checkJournal(files, layout, size, tree, faults)
  const unindexed = checkIndex(files, layout, size, tree, faults)
  const root = encodeHex(tree.roots.get(size) ?? new Uint8Array(0))
  return { ok: faults.list.length === 0, origin: config.origin, size, root, faults: faults.list, unindexed }
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

function readState(files: Files, { state: path }: Layout, faults: Faults): SignedState | undefined {
  return attempt(faults, 'state', path, () => parseState(readText(files, path) ?? '', path))
}

function checkHead(head: { size: number; root: Uint8Array }, tree: CheckedTree, size: number, faults: Faults): void {
  const found = tree.roots.get(head.size)
  const at = `size ${head.size}`
  if (found === undefined) {
    faults.add(
      'inconsistent',
      at,
      `expected the log to hold a tree of this size that was signed, found ${size} entries`,
    )
  } else if (!sameBytes(found, head.root)) {
    faults.add('root', at, `expected root ${encodeHex(head.root)}, found ${encodeHex(found)} from the bundles`)
  }
}

function checkJournal(files: Files, layout: Layout, size: number, tree: CheckedTree, faults: Faults): void {
  const [leaves = new Uint8Array(0)] = tree.levels
  attempt(faults, 'journal', layout.journal, () => {
    for (const { first, entries } of readJournal(files, layout.journal, size).records) {
      for (const [offset, entry] of entries.entries()) {
        const index = first + offset
        if (index < size && !sameBytes(hashLeaf(entry), hashAt(leaves, index))) {
          faults.add('journal', layout.journal, `expected entry ${index} to be the one in its bundle, found another`)
        }
      }
    }
  })
}

/** Each row must name the entry it hashes, and as many rows as entries: then no entry is there twice. */
function checkIndex(files: Files, layout: Layout, size: number, tree: CheckedTree, faults: Faults): number {
  if (files.identify(layout.index) === undefined) return size
  const [leaves = new Uint8Array(0)] = tree.levels
  const seen = new Uint8Array(size)
  let known = 0
  attempt(faults, 'index', layout.index, () => {
    for (const { hash, position } of readLeafIndex(layout.index)) {
      // A running ledger may have gone on since the state was read.
      if (position >= size) continue
      if (!sameBytes(hash, hashAt(leaves, position)))
        faults.add('index', layout.index, `row ${position} is another entry's`)
      if (seen[position] === 0) known++
      seen[position] = 1
    }
  })
  for (let position = 0; position < known; position++) {
    if (seen[position] === 0)
      faults.add('index', layout.index, `expected entry ${position}, which is missing between others`)
  }
  return size - known
}

function attempt<T>(faults: Faults, code: LedgerFault['code'], at: string, act: () => T): T | undefined {
  try {
    return act()
  } catch (error) {
    faults.add(code, at, messageOf(error))
    return undefined
  }
}
