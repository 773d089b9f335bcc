import {
  encodeHex,
  hashLeaf,
  msToInstant,
  type NoteSigner,
  openCheckpoint,
  parsePrivateNoteKey,
  parseTrustPolicy,
  sameBytes,
} from '@breakglass/verify'
import { formatConfig, ownPolicy } from '../config.ts'
import type { Right } from '../credentials.ts'
import { DurableFiles, type NewFile } from '../durable-files.ts'
import { makeEmptyDirectory } from '../empty-directory.ts'
import { EntryTail } from '../entry-tail.ts'
import { LedgerError } from '../errors.ts'
import type { Files } from '../files.ts'
import { firstCredentials } from '../first-credentials.ts'
import { type Layout, layoutOf } from '../layout.ts'
import { nodeFiles } from '../node-files.ts'
import { type FullTile, RightEdge } from '../right-edge.ts'
import { formatState } from '../state.ts'
import { partialFiles, treeFiles } from '../tree-files.ts'
import { nodeMirrorFiles } from './mirror-files.ts'
import { type MirrorContent, type ProvenCheckpoint, readMirror } from './read-mirror.ts'

export interface RestoreOptions {
  /** The mirror. */
  from: string
  /** The new ledger; absent or empty. */
  dir: string
  /** The text of `ledger.key`. */
  key: string
  /** What everyone has pinned: the key must be its other half. */
  vkey: string
  /** The text of a tlog-policy that the newest checkpoint must meet; becomes the ledger's. */
  policy?: string | undefined
  /** A note of this log found elsewhere, which may prove entries that no checkpoint in the mirror does. */
  checkpoint?: string | undefined
  /** Goes on without what nothing proves. Default: refuses. */
  leaveOutUnproven?: boolean
  /** Milliseconds since 1970. */
  now: () => number
  random: (bytes: number) => Uint8Array
}

export interface RestoredLedger {
  origin: string
  size: number
  root: string
  /** Entries in the mirror that are not in the new ledger. */
  leftOut: number
  credentials: { name: string; may: Right[]; secretPath: string }[]
}

const secretMode = 0o600
const publicMode = 0o644
/** Written and synced together. */
const entriesAtOnce = 4096

/**
 * A ledger that `serve` accepts, out of a mirror and the key: docs/formats/mirror.md "Restore". Signs nothing. Codes:
 * `bad_usage` (key, vkey, policy), `directory_not_empty`, `mirror_damaged`, `mirror_unproven`, `rolled_back`.
 */
export async function restoreLedger(options: RestoreOptions): Promise<RestoredLedger> {
  const { from, dir } = options
  const signer = readKey(options)
  const mirror = { files: nodeMirrorFiles, path: from, policy: ownPolicy(signer.vkey), origin: signer.name }
  const content = await readMirror({ ...mirror, extra: options.checkpoint })
  const head = headOf(content, options)
  requirePolicy(head, options, signer)
  const layout = layoutOf(dir)
  await makeEmptyDirectory(nodeFiles, dir, { during: 'restore' })
  const durable = new DurableFiles(nodeFiles, dir, layout.temporary)
  await durable.clean()
  const tree = new TreeCopy(layout, durable)
  // Read and verified again: what was looked at first may not be what lies there now.
  await readMirror({
    ...mirror,
    extra: options.checkpoint,
    visit: async (_, entries) => await tree.take(entries, head.size),
  })
  await tree.end(head)
  const credentials = await writeRest(options, { layout, durable, head, signer })
  return {
    origin: signer.name,
    size: head.size,
    root: encodeHex(head.root),
    leftOut: content.size - head.size,
    credentials,
  }
}

function readKey({ key: text, vkey }: RestoreOptions): NoteSigner {
  const key = parsePrivateNoteKey(text)
  if (!key.ok)
    throw new LedgerError('bad_usage', 'expected the private note key of the ledger (ledger.key), found another text')
  if (key.value.vkey === vkey) return key.value
  throw new LedgerError('bad_usage', `expected the key of ${vkey}, found the one of ${key.value.vkey}`)
}

function headOf({ size, proven }: MirrorContent, { from, leaveOutUnproven }: RestoreOptions): ProvenCheckpoint {
  const unproven = size - (proven?.size ?? 0)
  if (unproven > 0 && leaveOutUnproven !== true) {
    const message = `${unproven} of ${size} entries in ${from} lie above its newest checkpoint and nothing proves them`
    const remedy = 'Give --checkpoint with a note of this log that covers them, as each proof holds one'
    throw new LedgerError(
      'mirror_unproven',
      `${message}. ${remedy}, or --leave-out-unproven when nobody can have seen them`,
    )
  }
  if (proven !== undefined) return proven
  throw new LedgerError('mirror_unproven', `there is no checkpoint of the log in ${from}: nothing to restore`)
}

function requirePolicy({ note }: ProvenCheckpoint, { policy: text }: RestoreOptions, { vkey }: NoteSigner): void {
  if (text === undefined) return
  const policy = parseTrustPolicy(text)
  if (!policy.ok || policy.value.logs.length !== 1 || policy.value.logs[0]?.key.vkey !== vkey) {
    throw new LedgerError('bad_usage', `expected a tlog-policy that names this log alone: log ${vkey}`)
  }
  const opened = openCheckpoint(note, policy.value)
  if (opened.ok) return
  const found = opened.faults.map(fault => `${fault.code}: ${fault.found}`).join('; ')
  throw new LedgerError('mirror_unproven', `the newest checkpoint does not meet the policy: ${found}`)
}

/** The tree of a ledger, grown by the parts that grow it when it is served. */
class TreeCopy {
  readonly #durable: DurableFiles
  readonly #layout: Layout
  readonly #edge = new RightEdge()
  readonly #tail = new EntryTail()
  #written = 0
  #completed: FullTile[] = []

  constructor(layout: Layout, durable: DurableFiles) {
    this.#layout = layout
    this.#durable = durable
  }

  /** The next entries, those from index `until` on left out. */
  async take(entries: readonly Uint8Array[], until: number): Promise<void> {
    for (const entry of entries.slice(0, Math.max(0, until - this.#edge.size))) {
      // Memory of its own: a piece of the batch's file would keep all of it alive.
      const bytes = new Uint8Array(entry)
      this.#completed.push(...this.#edge.push(hashLeaf(bytes)))
      this.#tail.push([bytes])
      if (this.#edge.size - this.#written === entriesAtOnce) await this.#write()
    }
  }

  /** Code: `mirror_damaged` when the mirror has changed under our eyes. */
  async end({ size, root }: ProvenCheckpoint): Promise<void> {
    if (this.#edge.size !== size || !sameBytes(this.#edge.root(), root)) {
      throw new LedgerError(
        'mirror_damaged',
        'the mirror has changed while it was read. Empty the new directory and run it again',
      )
    }
    await this.#write()
    await this.#durable.writeOnce(partialFiles(this.#parts(), size))
  }

  /** Full bundles and tiles. A partial one between would never be asked for. */
  async #write(): Promise<void> {
    const { files } = treeFiles(this.#parts(), this.#written, this.#completed)
    const full = files.filter(({ path }) => !path.includes('.p/'))
    await this.#durable.writeOnce(full)
    this.#written = this.#edge.size
    this.#completed = []
    this.#tail.settled(this.#edge.size)
  }

  #parts(): { files: Files; tree: string; edge: RightEdge; tail: EntryTail } {
    return { files: nodeFiles, tree: this.#layout.tree, edge: this.#edge, tail: this.#tail }
  }
}

interface Rest {
  layout: Layout
  durable: DurableFiles
  head: ProvenCheckpoint
  signer: NoteSigner
}

/** `ledger.json` comes last, so that a directory with one is complete. */
async function writeRest(
  options: RestoreOptions,
  { layout, durable, head, signer }: Rest,
): Promise<RestoredLedger['credentials']> {
  const nowMs = options.now()
  const createdAt = msToInstant(nowMs)
  const { credentials, files } = firstCredentials(layout, options.random, nowMs)
  const { size, root, note } = head
  await durable.writeOnce([
    file(layout.key, options.key, secretMode),
    file(layout.state, formatState({ size, root, signedAtMs: nowMs }), secretMode),
    file(layout.checkpoint, note, publicMode),
    ...(options.policy === undefined ? [] : [file(layout.policy, options.policy, publicMode)]),
    ...files,
  ])
  await durable.writeOnce([file(layout.config, formatConfig({ origin: signer.name, createdAt }), publicMode)])
  return credentials.map(({ name, may, secretPath }) => ({ name, may, secretPath }))
}

function file(path: string, text: string, mode: number): NewFile {
  return { path, bytes: Buffer.from(text, 'utf8'), mode }
}
