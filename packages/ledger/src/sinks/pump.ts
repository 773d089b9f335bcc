import { msToInstant } from '@breakglass/verify'
import { messageOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Cursor } from './cursor.ts'
import { gatherBatch } from './gather.ts'
import { type Sink, SinkError, type SinkPosition } from './sink.ts'
import type { SinkSource } from './sinks.ts'

/** After a batch, while nobody waits: what bounds the number of small files. docs/formats/mirror.md "Directory". */
const restMs = 500
const backOffMsMin = 1000
const backOffMsMax = 60_000
/** How long one batch or one look at what is there may take before it is shown as failing. */
const stalledMs = 30_000

export interface SinkStatus {
  name: string
  kind: 'directory' | 'syslog'
  /** `stopped`: a fault for a person; not tried again before the next start. */
  state: 'held' | 'behind' | 'failing' | 'stopped'
  /** Whether it is one of those that `needed` asks for. */
  counts: boolean
  /** Every entry below is held. */
  heldSize: number
  /** Published entries that it does not hold. */
  behind: number
  lastError?: string
  /** An instant. */
  lastErrorAt?: string
}

export interface PumpParts {
  sink: Sink
  cursor: Cursor
  source: SinkSource
  now: () => number
  log: Log
  /** Told each time the sink holds more. */
  progressed: () => void
}

type Poke = 'published' | 'wanted'

/** Brings one sink to what is published, and again after each failure, for ever. It keeps nothing but one batch. */
export class Pump {
  readonly #parts: PumpParts
  readonly #ended: Promise<void>
  /** `undefined`: to be asked of the sink, before the first batch and after each failure. */
  #position: SinkPosition | undefined
  #heldSize = 0
  #provenSize = 0
  #wanted = 0
  #busySinceMs: number | undefined
  #error: { message: string; at: string } | undefined
  #failures = 0
  #stopped = false
  #closing = false
  #waiting: { pokes: readonly Poke[]; end: () => void } | undefined

  constructor(parts: PumpParts) {
    this.#parts = parts
    this.#ended = this.#run()
  }

  /** All below is held, with a checkpoint beside the entries: without one they would prove nothing to who finds them. */
  get provenSize(): number {
    return this.#provenSize
  }

  get counts(): boolean {
    return this.#parts.sink.counts
  }

  published(): void {
    this.#poke('published')
  }

  /** Somebody waits for this size: no rest before it is reached. */
  want(size: number): void {
    this.#wanted = Math.max(this.#wanted, size)
    this.#poke('wanted')
  }

  status(): SinkStatus {
    const { sink, source, now } = this.#parts
    const { name, kind, counts } = sink
    const behind = Math.max(0, source.size() - this.#heldSize)
    const busyMs = this.#busySinceMs === undefined ? 0 : now() - this.#busySinceMs
    const stalled = busyMs > stalledMs ? `stalled: no answer for ${Math.round(busyMs / 1000)} s` : undefined
    const lastError = stalled ?? this.#error?.message
    const at = stalled === undefined ? this.#error?.at : msToInstant(now())
    const failing = this.#failures > 0 || stalled !== undefined
    const state = this.#stopped
      ? 'stopped'
      : failing
        ? 'failing'
        : behind > 0 || this.#provenSize < source.size()
          ? 'behind'
          : 'held'
    const error = lastError === undefined || at === undefined ? {} : { lastError, lastErrorAt: at }
    return { name, kind, state, counts, heldSize: this.#heldSize, behind, ...error }
  }

  /** Begins nothing more. Resolves when what runs has ended, which a disk that hangs may put off for ever. */
  async close(): Promise<void> {
    this.#closing = true
    this.#parts.sink.abort()
    this.#waiting?.end()
    await this.#ended
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    while (!this.#closing && !this.#stopped) {
      try {
        await this.#step()
      } catch (error) {
        await this.#failed(error)
      } finally {
        this.#busySinceMs = undefined
      }
    }
  }

  async #step(): Promise<void> {
    this.#busySinceMs = this.#parts.now()
    this.#position ??= await this.#resume()
    if (this.#isLevel(this.#position)) {
      this.#busySinceMs = undefined
      this.#recovered()
      await this.#wait(['published', 'wanted'])
      return
    }
    await this.#take(this.#position)
    this.#busySinceMs = undefined
    this.#recovered()
    const rests = this.#isLevel(this.#position) || this.#parts.source.size() === this.#heldSize
    if (!this.#closing && rests && this.#wanted <= this.#provenSize) await this.#wait(['wanted'], restMs)
  }

  async #resume(): Promise<SinkPosition> {
    const { sink, cursor } = this.#parts
    const position = await sink.resume((await cursor.read()) ?? { held: 0, checkpoint: 0 })
    this.#reached(position)
    return position
  }

  async #take(from: SinkPosition): Promise<void> {
    const { sink, cursor, source } = this.#parts
    const batch = await gatherBatch(source, from)
    await sink.take(batch)
    const reached = {
      held: batch.first + batch.entries.length,
      checkpoint: batch.checkpoint?.size ?? from.checkpoint,
    }
    // Crash before: the sink holds more than the cursor says, which costs a comparison or a second sending.
    await cursor.write(reached)
    this.#position = reached
    this.#reached(reached)
  }

  #reached({ held, checkpoint }: SinkPosition): void {
    this.#heldSize = held
    this.#provenSize = checkpoint
    this.#parts.progressed()
  }

  #isLevel({ held, checkpoint }: SinkPosition): boolean {
    const { size } = this.#parts.source.checkpoint()
    return held >= size && checkpoint >= size
  }

  #recovered(): void {
    if (this.#failures === 0) return
    this.#failures = 0
    this.#parts.log({ event: 'sink_recovered', sink: this.#parts.sink.name, held: this.#heldSize })
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#closing) return
    const { sink, now, log } = this.#parts
    const code = error instanceof SinkError ? `${error.code}: ` : ''
    this.#error = { message: `${code}${messageOf(error)}`, at: msToInstant(now()) }
    this.#stopped = error instanceof SinkError && error.permanent
    this.#position = undefined
    this.#busySinceMs = undefined
    const event = this.#stopped ? 'sink_stopped' : 'sink_failed'
    log({ event, sink: sink.name, message: this.#error.message, held: this.#heldSize })
    const waitMs = Math.min(backOffMsMax, backOffMsMin * 2 ** Math.min(this.#failures++, 10))
    if (!this.#stopped) await this.#wait([], waitMs)
  }

  /** Until one of the pokes, the time, or the end. */
  async #wait(pokes: readonly Poke[], ms?: number): Promise<void> {
    // The end came while something else was awaited, and pokes nobody any more.
    if (this.#closing) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting = { pokes, end: resolve }
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    await promise
    clearTimeout(timer)
    this.#waiting = undefined
  }

  #poke(poke: Poke): void {
    if (this.#waiting?.pokes.includes(poke) === true) this.#waiting.end()
  }
}
