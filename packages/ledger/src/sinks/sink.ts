/** What a sink is given at a time. Its entries follow what it holds; `checkpoint` ends exactly where they do. */
export interface SinkBatch {
  first: number
  entries: Uint8Array[]
  checkpoint?: { size: number; note: string }
}

/** Every entry below `held`, and the checkpoint of size `checkpoint`; 0: none. */
export interface SinkPosition {
  held: number
  checkpoint: number
}

/** A second place for what is published. One call at a time; both throw what went wrong, a `SinkError` where it has a code. */
export interface Sink {
  readonly name: string
  readonly kind: 'directory' | 'syslog'
  /** Whether it is one of those a caller may wait for. */
  readonly counts: boolean
  /** Where to go on, as far as the sink can tell: before the first batch, and again after each failure. */
  resume(known: SinkPosition): Promise<SinkPosition>
  /** Resolves when the sink holds all of it, for what "holds" means to it. Taking it twice does no harm. */
  take(batch: SinkBatch): Promise<void>
  /** Ends what waits on a network. A disk cannot be told to answer. */
  abort(): void
}

/** docs/formats/mirror.md "Directory": a `permanent` one is not tried again before the next start. */
export class SinkError extends Error {
  readonly code: 'mirror_damaged' | 'mirror_differs' | 'mirror_lost' | 'mirror_ahead' | 'receiver_left'
  readonly permanent: boolean

  constructor(code: SinkError['code'], message: string) {
    super(message)
    this.name = 'SinkError'
    this.code = code
    this.permanent = code === 'mirror_damaged' || code === 'mirror_differs'
  }
}
