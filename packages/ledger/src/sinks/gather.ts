import { setImmediate } from 'node:timers/promises'
import { tileWidth } from '@breakglass/verify'
import { fitsBatch } from './batch-file.ts'
import type { SinkBatch, SinkPosition } from './sink.ts'
import type { SinkSource } from './sinks.ts'

/**
 * The next batch from there on: what is published now, up to the bounds of a batch. Entries are read bundle by bundle with
 * a breath between, so that catching up on a long outage does not hold up those who append.
 */
export async function gatherBatch(source: SinkSource, from: SinkPosition): Promise<SinkBatch> {
  const target = source.checkpoint()
  const entries: Uint8Array[] = []
  let bytes = 0
  for (let at = from.held; at < target.size; ) {
    const until = Math.min(at - (at % tileWidth) + tileWidth, target.size)
    for (const entry of source.entries(at, until)) {
      if (!fitsBatch({ entries: entries.length, bytes }, entry)) return { first: from.held, entries }
      entries.push(entry)
      bytes += 2 + entry.length
    }
    at = until
    await setImmediate()
  }
  return { first: from.held, entries, checkpoint: target }
}
