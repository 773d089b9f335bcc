import { join } from 'node:path'
import {
  decodeUtf8,
  encodeHex,
  Frontier,
  hashLeaf,
  noteBytesMax,
  openCheckpoint,
  sameBytes,
  type TrustPolicy,
} from '@breakglass/verify'
import { LedgerError, messageOf } from '../errors.ts'
import { parseCheckpointName } from './batch-file.ts'
import { listBatches, readBatch } from './directory-sink.ts'
import type { MirrorFiles } from './mirror-files.ts'
import { SinkError } from './sink.ts'

/** A checkpoint whose signature holds and whose root the entries below it give. */
export interface ProvenCheckpoint {
  size: number
  root: Uint8Array
  note: string
}

export interface MirrorContent {
  /** Entries that lie there; those from `proven.size` on are not proven by anything. */
  size: number
  /** The largest checkpoint; `undefined` when there is none. */
  proven: ProvenCheckpoint | undefined
}

export interface ReadMirrorOptions {
  files: MirrorFiles
  path: string
  /** The one log whose mirror it is. */
  policy: TrustPolicy
  origin: string
  /** A note found elsewhere, which counts as one that lies there. */
  extra?: string | undefined
  /** Handed each batch in order, after it was verified as far as a batch can be alone. */
  visit?: (first: number, entries: readonly Uint8Array[]) => Promise<void>
}

/**
 * Reads all of a mirror and believes nothing of it but the log's key: docs/formats/mirror.md "Verified on read". Codes:
 * `mirror_damaged`, and `rolled_back` when `extra` speaks of more entries than there are.
 */
export async function readMirror(options: ReadMirrorOptions): Promise<MirrorContent> {
  const { files, path, origin, visit } = options
  const entriesDir = join(path, 'entries')
  const batches = await inMirror(async () => await listBatches(files, entriesDir))
  const checkpoints = await readCheckpoints(options)
  const last = batches.at(-1)
  const size = last === undefined ? 0 : last.first + last.count
  requireEntries(options, checkpoints, size)
  const frontier = new Frontier()
  let proven: ProvenCheckpoint | undefined
  for (const batch of batches) {
    const entries = await inMirror(async () => await readBatch(files, entriesDir, { origin, ...batch }))
    for (const entry of entries) {
      frontier.append(hashLeaf(entry))
      const checkpoint = checkpoints.get(frontier.size)
      if (checkpoint === undefined) continue
      requireRoot(checkpoint, frontier.root())
      proven = checkpoint
    }
    await visit?.(batch.first, entries)
  }
  return { size, proven }
}

/** By size, each with the log's signature verified. */
async function readCheckpoints({
  files,
  path,
  policy,
  extra,
}: ReadMirrorOptions): Promise<Map<number, ProvenCheckpoint>> {
  const dir = join(path, 'checkpoints')
  const found = new Map<number, ProvenCheckpoint>()
  for (const name of await inMirror(async () => await files.list(dir))) {
    const at = join(dir, name)
    const said = parseCheckpointName(name)
    if (said === undefined) throw damaged(`${at} is not the name of a checkpoint`)
    const bytes = await inMirror(async () => await files.read(at, noteBytesMax))
    const checkpoint = openNote(decodeUtf8(bytes ?? new Uint8Array(0)) ?? '', policy, at)
    if (checkpoint.size !== said.size || encodeHex(checkpoint.root) !== said.root) {
      throw damaged(`${at} holds a checkpoint of size ${checkpoint.size}, root ${encodeHex(checkpoint.root)}`)
    }
    keep(found, checkpoint)
  }
  if (extra !== undefined) keep(found, openNote(extra, policy, 'the checkpoint given'))
  return found
}

/** Two signed roots of one size are the log's own proof that it signed two histories. */
function keep(found: Map<number, ProvenCheckpoint>, checkpoint: ProvenCheckpoint): void {
  const other = found.get(checkpoint.size)
  if (other !== undefined && !sameBytes(other.root, checkpoint.root)) {
    throw damaged(`the log has signed two trees of size ${checkpoint.size}: two histories`)
  }
  if (other === undefined) found.set(checkpoint.size, checkpoint)
}

function openNote(note: string, policy: TrustPolicy, at: string): ProvenCheckpoint {
  const opened = openCheckpoint(note, policy)
  if (opened.ok) return { size: opened.value.size, root: opened.value.root, note }
  throw damaged(`${at}: ${opened.faults.map(({ code, found }) => `${code}: ${found}`).join('; ')}`)
}

function requireEntries(
  { extra, policy }: ReadMirrorOptions,
  checkpoints: ReadonlyMap<number, unknown>,
  size: number,
): void {
  const given = extra === undefined ? 0 : openNote(extra, policy, 'the checkpoint given').size
  if (given > size) {
    const message = `the checkpoint given is of ${given} entries, the mirror holds ${size}`
    throw new LedgerError('rolled_back', `${message}: it is behind what was published. Find a copy that holds them all`)
  }
  const beyond = [...checkpoints.keys()].find(each => each > size)
  if (beyond !== undefined) throw damaged(`a checkpoint commits to ${beyond} entries, ${size} are there`)
}

function requireRoot({ size, root }: ProvenCheckpoint, found: Uint8Array): void {
  if (sameBytes(root, found)) return
  throw damaged(
    `the entries give root ${encodeHex(found)} at size ${size}, the log has signed ${encodeHex(root)}: an entry was altered`,
  )
}

async function inMirror<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof SinkError) throw damaged(cause.message, cause)
    throw damaged(`it cannot be read: ${messageOf(cause)}`, cause)
  }
}

function damaged(message: string, cause?: unknown): LedgerError {
  return new LedgerError('mirror_damaged', `${message}. Nothing was restored from it`, { cause })
}
