import { openLedger } from '../ledger.ts'
import { entriesFrom } from './temporary-entries.ts'

/**
 * A process that appends until it is stopped, and says on each line of its output what it was answered: `<number> <index>`.
 * Small segments and batches of changing size, so that a moment falls into every kind of step.
 */
const [dir = '', first = '0'] = process.argv.slice(2)
const ledger = await openLedger({ dir, now: Date.now, segmentBytesMax: 4096, unsettledEntriesMax: 40 })
for (let number = Number(first), round = 0; ; round++) {
  const count = 1 + (round % 7)
  const answers = await ledger.append(entriesFrom(number, count))
  process.stdout.write(answers.map(({ index }, offset) => `${number + offset} ${index}\n`).join(''))
  number += count
}
