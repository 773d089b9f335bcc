import { join } from 'node:path'
import type { DurableFiles } from './durable-files.ts'
import { LedgerError } from './errors.ts'
import type { Files, OpenFile } from './files.ts'
import { formatRecord, type JournalRecord, parseRecord } from './journal-record.ts'

/** A segment is closed once it is longer than this; reading two of them at start stays well under a second. */
export const segmentBytesMax = 16 * 1024 * 1024
/** Behind the open one. Their entries lie in durable bundles too; they are a second copy of the newest of them. */
const closedSegmentsKept = 1

const segmentMode = 0o600

export interface JournalOptions {
  files: Files
  durable: DurableFiles
  /** The directory of segments. */
  path: string
  segmentBytesMax?: number | undefined
}

/** The open end of the journal: a record is committed when `append` has resolved, and not before. */
export class Journal {
  readonly #options: JournalOptions
  readonly #segmentBytesMax: number
  #segments: number[]
  #open: { file: OpenFile; bytes: number } | undefined

  private constructor(options: JournalOptions, segments: number[]) {
    this.#options = options
    this.#segmentBytesMax = options.segmentBytesMax ?? segmentBytesMax
    this.#segments = segments
  }

  /** Continues after what `readJournal` found, cutting a torn tail off first. */
  static async resume(options: JournalOptions, found: JournalContent): Promise<Journal> {
    await options.durable.ensureDir(options.path)
    const journal = new Journal(options, [...found.segments])
    const last = found.segments.at(-1)
    if (last === undefined) return journal
    const file = options.files.open(segmentPath(options.path, last), 'append', segmentMode)
    journal.#open = { file, bytes: found.tail.validBytes }
    // Synced even when nothing is cut: a record may have reached the page cache and not the disk before the process died.
    if (found.tail.torn) file.truncate(found.tail.validBytes)
    await file.sync('data')
    return journal
  }

  /**
   * Resolves when the record is durable, with the record as it is read back from the file. After a rejection nothing
   * more may be appended. Code: `root_mismatch` when it does not read back as a record.
   */
  async append(record: JournalRecord): Promise<JournalRecord> {
    const segment = await this.#segmentFor(record.first)
    const bytes = formatRecord(record)
    const at = segment.bytes
    segment.file.write(bytes)
    segment.bytes += bytes.length
    await segment.file.sync('data')
    const durable = parseRecord(segment.file.readBack(at, bytes.length), 0)?.record
    if (durable?.first === record.first) return durable
    throw new LedgerError('root_mismatch', 'a record of the journal does not read back as it was written')
  }

  /** Removes closed segments whose entries all lie below `size`, which is settled: durable in bundles, the state past it. */
  prune(size: number): void {
    while (this.#segments.length > 1 + closedSegmentsKept) {
      const [oldest, next] = this.#segments
      // A segment ends where the next begins.
      if (oldest === undefined || next === undefined || next > size) return
      // The next segment's name was synced into this directory before: a crash brings the old one back at most.
      this.#options.files.remove(segmentPath(this.#options.path, oldest))
      this.#segments.shift()
    }
  }

  close(): void {
    this.#open?.file.close()
    this.#open = undefined
  }

  async #segmentFor(first: number): Promise<{ file: OpenFile; bytes: number }> {
    if (this.#open !== undefined && this.#open.bytes <= this.#segmentBytesMax) return this.#open
    this.close()
    // A crash after the link leaves an empty segment named by the next index, which is as good as none.
    const path = segmentPath(this.#options.path, first)
    await this.#options.durable.writeOnce([{ path, bytes: new Uint8Array(0), mode: segmentMode }])
    this.#open = { file: this.#options.files.open(path, 'append', segmentMode), bytes: 0 }
    this.#segments.push(first)
    return this.#open
  }
}

/** What lies in the journal directory, read and checked. */
export interface JournalContent {
  /** First indices, ascending. */
  segments: number[]
  records: JournalRecord[]
  /** The index after the last whole record; `undefined` for a journal without segments. */
  next: number | undefined
  /** Of the last segment. */
  tail: { validBytes: number; torn: boolean }
}

/**
 * Reads every segment. `signedSize` is what tells a torn tail from damage: a record below it was durable before it was
 * signed, so when it cannot be read the disk has changed it. Code: `journal_damaged`.
 */
export function readJournal(files: Files, path: string, signedSize: number): JournalContent {
  const segments = segmentsIn(files, path)
  const content: JournalContent = { segments, records: [], next: segments[0], tail: { validBytes: 0, torn: false } }
  for (const [position, first] of segments.entries()) {
    if (content.next !== first) throw damaged(segmentPath(path, first), `begin at index ${content.next}`)
    readSegment(files, segmentPath(path, first), content)
    const last = position === segments.length - 1
    if (content.tail.torn && !last) throw damaged(segmentPath(path, first), 'hold whole records up to the next segment')
  }
  const { next } = content
  if (next === undefined) return content
  if (next < signedSize) throw damaged(path, `reach index ${signedSize}, which has been signed; it ends at ${next}`)
  if ((segments[0] ?? 0) > signedSize) throw damaged(path, `begin at or below index ${signedSize}`)
  return content
}

function readSegment(files: Files, path: string, content: JournalContent): void {
  const bytes = files.read(path) ?? new Uint8Array(0)
  let at = 0
  for (;;) {
    const parsed = parseRecord(bytes, at)
    if (parsed === undefined) break
    if (parsed.record.first !== content.next) throw damaged(path, `go on at index ${content.next} at byte ${at}`)
    content.records.push(parsed.record)
    content.next += parsed.record.entries.length
    at = parsed.end
  }
  content.tail = { validBytes: at, torn: at < bytes.length }
}

function segmentsIn(files: Files, path: string): number[] {
  return files
    .list(path)
    .map(name => {
      if (/^(0|[1-9][0-9]{0,15})$/.test(name)) return Number(name)
      throw damaged(join(path, name), 'be named by an index')
    })
    .sort((a, b) => a - b)
}

function segmentPath(path: string, first: number): string {
  return join(path, String(first))
}

function damaged(path: string, expected: string): LedgerError {
  const remedy = 'Run fsck; when the tree is sound and only the journal is not, move the journal directory away'
  return new LedgerError('journal_damaged', `${path} was expected to ${expected}. ${remedy} and start again`)
}
