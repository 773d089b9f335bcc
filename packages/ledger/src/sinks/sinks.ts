import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { cursorAt } from './cursor.ts'
import { directorySink } from './directory-sink.ts'
import { type MirrorFiles, nodeMirrorFiles } from './mirror-files.ts'
import { Pump, type SinkStatus } from './pump.ts'
import type { Sink } from './sink.ts'
import { readSinksConfig, type SinkConfig } from './sinks-config.ts'
import { syslogSink } from './syslog-sink.ts'

/** What is published, and nothing else of the ledger. */
export interface SinkSource {
  origin: string
  /** Of the published tree. */
  size(): number
  checkpoint(): { size: number; note: string }
  /** Those with index `from` up to `until`, at most 4 096 of them, all published. */
  entries(from: number, until: number): Uint8Array[]
}

/** The second places for what is published: docs/formats/mirror.md. */
export interface Sinks {
  /** New entries are published: wakes the pumps. Never throws, never waits. */
  published(): void
  /** True when at least `needed` counting sinks hold everything below `size` and a checkpoint of it, false after `waitMs`. None needed: true at once. */
  held(size: number): Promise<boolean>
  status(): SinkStatus[]
  /** Begins nothing more. Waits for what runs, and not for a disk that hangs. */
  close(): Promise<void>
}

export interface SinksOptions {
  /** The ledger's. */
  dir: string
  source: SinkSource
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
  /** Default: the system's. */
  files?: MirrorFiles
}

/** A sink in the middle of a batch is given as long to finish it when the ledger ends. */
const closeMsMax = 5000

/** Without `sinks.json` there are none. Waits for no sink. Code: `config_damaged`. */
export async function openSinks(options: SinksOptions): Promise<Sinks> {
  const { dir, source, now, log, files = nodeMirrorFiles } = options
  const config = await readSinksConfig(nodeMirrorFiles, join(dir, 'sinks.json'))
  const waiters = new Set<{ size: number; resolve: (held: boolean) => void }>()
  const isHeld = (size: number): boolean =>
    pumps.filter(({ counts, provenSize }) => counts && provenSize >= size).length >= config.needed
  const progressed = (): void => {
    for (const waiter of waiters) if (isHeld(waiter.size)) waiter.resolve(true)
  }
  const pumps: Pump[] = []
  for (const each of config.sinks) {
    const sink = sinkFor(each, { source, files, now })
    const cursor = cursorAt(nodeMirrorFiles, join(dir, 'sinks', `${each.name}.json`), source.origin)
    pumps.push(new Pump({ sink, cursor, source, now, log, progressed }))
  }
  return {
    published: () => {
      for (const pump of pumps) pump.published()
    },
    held: async size => {
      if (isHeld(size)) return true
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const waiter = { size, resolve }
      waiters.add(waiter)
      const timer = setTimeout(resolve, config.waitMs, false)
      for (const pump of pumps) if (pump.counts) pump.want(size)
      const held = await promise
      clearTimeout(timer)
      waiters.delete(waiter)
      return held
    },
    status: () => pumps.map(pump => pump.status()),
    close: async () => {
      for (const waiter of waiters) waiter.resolve(false)
      const patience = new AbortController()
      const closed = Promise.all(pumps.map(async pump => await pump.close()))
      await Promise.race([closed, delay(closeMsMax, undefined, { signal: patience.signal }).catch(() => undefined)])
      patience.abort()
    },
  }
}

function sinkFor(
  config: SinkConfig,
  { source, files, now }: { source: SinkSource; files: MirrorFiles; now: () => number },
): Sink {
  if (config.kind === 'directory') return directorySink({ name: config.name, path: config.path, source, files })
  return syslogSink({ ...config, origin: source.origin, now })
}
