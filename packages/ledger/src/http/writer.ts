import type { WriterLimits } from '../credentials.ts'
import { LedgerError } from '../errors.ts'
import { TooMany } from './answer.ts'
import { type BodyBounds, BodyReader } from './body.ts'
import { Bucket } from './bucket.ts'

/** Of what all writers share, the part each has for itself; it changes with how many they are. */
export interface WriterShare extends BodyBounds {
  /** Entries taken and not yet answered. */
  entriesMax: number
}

/** Everyone who appends under one name: how much, how fast, and how much at once. */
export class Writer {
  readonly bodies: BodyReader
  readonly #name: string
  readonly #share: WriterShare
  readonly #entries: Bucket
  readonly #bytes: Bucket
  #underWay = 0

  constructor(name: string, limits: WriterLimits, share: WriterShare, nowMs: number) {
    this.#name = name
    this.#share = share
    this.bodies = new BodyReader(share)
    this.#entries = new Bucket(limits.entriesPerMinuteMax, nowMs)
    this.#bytes = new Bucket(limits.bytesPerMinuteMax, nowMs)
  }

  limit({ entriesPerMinuteMax, bytesPerMinuteMax }: WriterLimits): void {
    this.#entries.resize(entriesPerMinuteMax)
    this.#bytes.resize(bytesPerMinuteMax)
  }

  /** Whether so much would be taken now. Codes: `too_many` with when to try again, `too_large` when it never will. */
  require(entries: number, bytes: number, nowMs: number): void {
    const waitMs = Math.max(this.#entries.waitMs(entries, nowMs), this.#bytes.waitMs(bytes, nowMs))
    if (waitMs === 0) return
    const may = `${this.#entries.perMinuteMax} entries and ${this.#bytes.perMinuteMax} bytes a minute`
    if (waitMs === Number.POSITIVE_INFINITY) {
      throw new LedgerError('too_large', `${this.#name} may append ${may}, and this is more at once; send less`)
    }
    const seconds = Math.ceil(waitMs / 1000)
    throw new TooMany(`${this.#name} may append ${may}; try again in ${seconds} s`, seconds)
  }

  /** Counts them against the rate, whatever becomes of them, and against the share as long as `act` runs. Codes as `require`. */
  async append<T>(entries: number, bytes: number, nowMs: number, act: () => Promise<T>): Promise<T> {
    this.require(entries, bytes, nowMs)
    if (this.#underWay + entries > this.#share.entriesMax) {
      const message = `${this.#name} has ${this.#underWay} entries under way, of at most ${this.#share.entriesMax}`
      throw new TooMany(`${message}; try again when some are answered`, 1)
    }
    this.#entries.take(entries)
    this.#bytes.take(bytes)
    this.#underWay += entries
    try {
      return await act()
    } finally {
      this.#underWay -= entries
    }
  }
}
