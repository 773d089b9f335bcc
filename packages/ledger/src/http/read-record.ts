import { join } from 'node:path'
import { msToInstant } from '@breakglass/verify'
import { messageOf } from '../errors.ts'
import type { Files, OpenFile } from '../files.ts'
import type { Log } from '../log.ts'

/** A file of the record is closed beyond this size, and the oldest is removed when there are more than so many. */
export const readsFileBytesMax: number = 16 * 1024 * 1024
export const readsFilesMax = 64
/** Of what was asked for; every address that shows something is shorter. */
const targetLengthMax = 256

const fileMode = 0o600
const directoryMode = 0o700

export interface RecordedRead {
  name: string
  credential: string
  target: string
  status: number
}

export interface ReadRecordParts {
  files: Files
  dir: string
  now: () => number
  log: Log
  /** Default `readsFileBytesMax`. */
  fileBytesMax?: number
}

/**
 * Who read what: JSON lines in numbered files, docs/formats/ledger.md "Recorded reads". A line is with the operating
 * system before the answer goes out, so a killed process loses none; a power cut may lose the last moments.
 */
export class ReadRecord {
  readonly #parts: ReadRecordParts
  readonly #fileBytesMax: number
  #open: ReadsFile | undefined
  #finishing: Promise<void> = Promise.resolve()
  #failing = false

  constructor(parts: ReadRecordParts) {
    this.#parts = parts
    this.#fileBytesMax = parts.fileBytesMax ?? readsFileBytesMax
  }

  get state(): 'recorded' | 'failing' {
    return this.#failing ? 'failing' : 'recorded'
  }

  /** False: it could not be written. The first time that is logged; each call tries again. */
  write({ name, credential, target, status }: RecordedRead): boolean {
    const { now, log } = this.#parts
    const line = { at: msToInstant(now()), name, credential, read: withoutSecrets(target), status }
    try {
      this.#append(`${JSON.stringify(line)}\n`)
    } catch (error) {
      if (!this.#failing) log({ event: 'reads_not_recorded', message: messageOf(error) })
      this.#failing = true
      return false
    }
    if (this.#failing) log({ event: 'reads_recorded_again' })
    this.#failing = false
    return true
  }

  async close(): Promise<void> {
    this.#finish()
    await this.#finishing
  }

  #append(line: string): void {
    if (this.#open !== undefined && this.#open.bytes + line.length > this.#fileBytesMax) this.#finish()
    const open = (this.#open ??= this.#next(line.length))
    // A line cut short by a full disk or a power cut stays by itself; in the same file, so that failures make no files.
    const bytes = Buffer.from(open.torn ? `\n${line}` : line, 'utf8')
    open.torn = true
    open.file.write(bytes)
    open.torn = false
    open.bytes += bytes.length
  }

  /** Its last lines reach the disk while reading goes on. */
  #finish(): void {
    const file = this.#open?.file
    this.#open = undefined
    if (file !== undefined) this.#finishing = Promise.all([this.#finishing, this.#sync(file)]).then(() => undefined)
  }

  async #sync(file: OpenFile): Promise<void> {
    try {
      await file.sync('all')
    } catch (error) {
      this.#parts.log({ event: 'reads_not_recorded', message: messageOf(error) })
    } finally {
      file.close()
    }
  }

  /** The newest file, when there is room in it, or one more. */
  #next(bytes: number): ReadsFile {
    const { files, dir, log } = this.#parts
    files.makeDir(dir, directoryMode)
    const numbers = files.list(dir).flatMap(numberOf)
    const newest = numbers.at(-1) ?? 0
    const held = newest === 0 ? undefined : files.read(pathOf(dir, newest))
    if (held !== undefined && held.length + bytes <= this.#fileBytesMax) {
      const torn = held.length > 0 && held.at(-1) !== lineEnd
      return { file: files.open(pathOf(dir, newest), 'append', fileMode), bytes: held.length, torn }
    }
    for (const number of numbers.slice(0, Math.max(0, numbers.length + 1 - readsFilesMax))) {
      files.remove(pathOf(dir, number))
      log({ event: 'reads_removed', file: nameOf(number) })
    }
    return { file: files.open(pathOf(dir, newest + 1), 'create', fileMode), bytes: 0, torn: false }
  }
}

interface ReadsFile {
  file: OpenFile
  bytes: number
  /** It does not end with a line end. */
  torn: boolean
}

const lineEnd = 0x0a

const nameOf = (number: number): string => `${String(number).padStart(8, '0')}.jsonl`
const pathOf = (dir: string, number: number): string => join(dir, nameOf(number))

function numberOf(name: string): number[] {
  const digits = /^([0-9]{8})\.jsonl$/.exec(name)?.[1]
  return digits === undefined ? [] : [Number(digits)]
}

/** Somebody may put a secret where an address belongs; it is not kept for that. */
function withoutSecrets(target: string): string {
  return target.replaceAll(/bgl_[\w-]*/g, 'bgl_…').slice(0, targetLengthMax)
}
