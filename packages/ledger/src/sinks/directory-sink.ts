import { basename, join } from 'node:path'
import { decodeUtf8, encodeHex, noteBytesMax, parseCheckpoint, parseNote, sameBytes } from '@breakglass/verify'
import {
  batchFileBytesMax,
  batchName,
  checkpointName,
  formatBatch,
  parseBatch,
  parseBatchName,
  parseCheckpointName,
} from './batch-file.ts'
import type { MirrorFiles } from './mirror-files.ts'
import { type Sink, type SinkBatch, SinkError, type SinkPosition } from './sink.ts'
import type { SinkSource } from './sinks.ts'

const fileMode = 0o444

export interface DirectorySinkOptions {
  name: string
  /** Must exist: an absent one is most often a mount that is not there. */
  path: string
  source: SinkSource
  files: MirrorFiles
}

/** A directory meant for another machine, append-only by mode. docs/formats/mirror.md "Directory". */
export function directorySink({ name, path, source, files }: DirectorySinkOptions): Sink {
  const dirs = { entries: join(path, 'entries'), checkpoints: join(path, 'checkpoints'), temporary: join(path, 'tmp') }
  const mirror = { files, source, dirs }
  return {
    name,
    kind: 'directory',
    counts: true,
    async resume(known) {
      await files.syncDir(path, async () => {
        for (const dir of Object.values(dirs)) await files.makeDir(dir)
      })
      for (const name of await files.list(dirs.temporary)) await files.remove(join(dirs.temporary, name))
      // A crash may have come between a name and its sync; what is counted as held below must outlive the next one.
      for (const dir of [dirs.entries, dirs.checkpoints]) await files.syncDir(dir, async () => undefined)
      return await position(mirror, known)
    },
    async take(batch) {
      // Crash anywhere: an unfinished file, which the next resume removes, or files that the next resume finds. The
      // entries come before the checkpoint, so that no checkpoint is ever there without them.
      await putEntries(mirror, batch)
      await putCheckpoint(mirror, batch)
    },
    abort: () => undefined,
  }
}

interface Mirror {
  files: MirrorFiles
  source: SinkSource
  dirs: { entries: string; checkpoints: string; temporary: string }
}

async function putEntries(mirror: Mirror, { first, entries }: SinkBatch): Promise<void> {
  if (entries.length === 0) return
  const bytes = formatBatch({ origin: mirror.source.origin, first, entries })
  const path = join(mirror.dirs.entries, batchName(first, entries.length))
  await put(mirror, path, { bytes, isSame: found => sameBytes(found, bytes), bytesMax: batchFileBytesMax })
}

async function putCheckpoint(mirror: Mirror, { checkpoint }: SinkBatch): Promise<void> {
  if (checkpoint === undefined) return
  const { note, size } = checkpoint
  const text = textOf(note)
  const parsed = parseCheckpoint(text ?? '')
  if (!parsed.ok || parsed.value.size !== size) throw new TypeError(`expected a checkpoint of size ${size}`)
  const path = join(mirror.dirs.checkpoints, checkpointName(size, encodeHex(parsed.value.root)))
  // Cosignatures are made anew after a restart: the first ones stay.
  const isSame = (found: Uint8Array): boolean => textOf(decodeUtf8(found) ?? '') === text
  await put(mirror, path, { bytes: Buffer.from(note, 'utf8'), isSame, bytesMax: noteBytesMax })
}

interface Content {
  bytes: Uint8Array
  isSame(found: Uint8Array): boolean
  bytesMax: number
}

/** Written, synced, named and its name synced; what has the name already must be the same. Code: `mirror_differs`. */
async function put({ files, dirs }: Mirror, path: string, content: Content): Promise<void> {
  const temporary = join(dirs.temporary, basename(path))
  await files.create(temporary, content.bytes, fileMode)
  await files.syncDir(join(path, '..'), async () => {
    if (await files.link(temporary, path)) return
    const found = await files.read(path, content.bytesMax)
    if (found !== undefined && content.isSame(found)) return
    throw new SinkError('mirror_differs', `${path} never changes, and holds something else than what was published`)
  })
  await files.remove(temporary)
}

function textOf(note: string): string | undefined {
  const parsed = parseNote(note)
  return parsed.ok ? parsed.value.text : undefined
}

/** What lies there, as far as it can be relied on. Codes: `mirror_damaged`, `mirror_differs`, `mirror_lost`, `mirror_ahead`. */
async function position(mirror: Mirror, known: SinkPosition): Promise<SinkPosition> {
  const batches = await listBatches(mirror.files, mirror.dirs.entries)
  const last = batches.at(-1)
  const held = last === undefined ? 0 : last.first + last.count
  const checkpoints = (await mirror.files.list(mirror.dirs.checkpoints)).map(
    name => parseCheckpointName(name)?.size ?? 0,
  )
  const checkpoint = checkpoints.reduce((largest, size) => Math.max(largest, size), 0)
  if (held < known.held || checkpoint < known.checkpoint) {
    const found = `it holds ${held} entries and a checkpoint of ${checkpoint}`
    const wanted = `it has held ${known.held} entries and a checkpoint of ${known.checkpoint}`
    throw new SinkError('mirror_lost', `${mirror.dirs.entries}: ${wanted}, now ${found}. Is the disk mounted?`)
  }
  if (held > mirror.source.size()) {
    const message = `the mirror holds ${held} entries, the ledger has published ${mirror.source.size()}`
    throw new SinkError('mirror_ahead', `${message}. Is the ledger an old copy?`)
  }
  for (const batch of batches) {
    // The cursor vouches for what lies below it; the last one is looked at in any case.
    if (batch === last || batch.first + batch.count > known.held) await requireSame(mirror, batch)
  }
  return { held, checkpoint }
}

/** In order, each where the one before ends. Code: `mirror_damaged`. */
export async function listBatches(files: MirrorFiles, dir: string): Promise<{ first: number; count: number }[]> {
  const batches = (await files.list(dir)).map(name => {
    const batch = parseBatchName(name)
    if (batch === undefined) throw new SinkError('mirror_damaged', `${join(dir, name)} is not the name of a batch`)
    return batch
  })
  batches.sort((a, b) => a.first - b.first)
  let next = 0
  for (const { first, count } of batches) {
    if (first !== next) {
      throw new SinkError(
        'mirror_damaged',
        `${dir}: expected a batch from entry ${next} on, the next one begins at ${first}`,
      )
    }
    next += count
  }
  return batches
}

/** Code: `mirror_damaged`. Other errors are the disk's. */
export async function readBatch(
  files: MirrorFiles,
  dir: string,
  { origin, first, count }: { origin: string; first: number; count: number },
): Promise<Uint8Array[]> {
  const path = join(dir, batchName(first, count))
  const bytes = await files.read(path, batchFileBytesMax)
  const batch = bytes === undefined ? undefined : parseBatch(bytes)
  if (batch?.origin === origin && batch.first === first && batch.entries.length === count) return batch.entries
  const found =
    batch === undefined
      ? 'it does not parse, or its sum is wrong'
      : `it is ${batchName(batch.first, batch.entries.length)} of another log or range`
  throw new SinkError('mirror_damaged', `expected ${path} to be a batch of ${origin}: ${found}`)
}

async function requireSame({ files, source, dirs }: Mirror, batch: { first: number; count: number }): Promise<void> {
  const { first, count } = batch
  const found = await readBatch(files, dirs.entries, { origin: source.origin, ...batch })
  const own = source.entries(first, first + count)
  const differs = found.findIndex((entry, offset) => !sameBytes(entry, own[offset] ?? new Uint8Array(0)))
  if (differs === -1) return
  const path = join(dirs.entries, batchName(first, count))
  throw new SinkError('mirror_differs', `entry ${first + differs} in ${path} is not the ledger's`)
}
