import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchName, formatBatch, parseBatch, parseBatchName, parseCheckpointName } from './batch-file.ts'

const batches = fc.record({
  origin: fc.stringMatching(/^[a-z./-]{1,40}$/),
  first: fc.nat(),
  entries: fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 12 }),
})

describe('a batch file', () => {
  it('reads as what was written', () => {
    fc.assert(fc.property(batches, batch => void expect(parseBatch(formatBatch(batch))).toEqual(batch)))
  })

  it('is refused with any byte changed', () => {
    fc.assert(
      fc.property(batches, fc.nat(), fc.integer({ min: 1, max: 255 }), (batch, at, change) => {
        const bytes = formatBatch(batch)
        const position = at % bytes.length
        bytes[position] = (bytes[position] ?? 0) ^ change
        expect(parseBatch(bytes)).toBeUndefined()
      }),
    )
  })

  it('is refused cut short or longer', () => {
    fc.assert(
      fc.property(batches, fc.nat(), (batch, cut) => {
        const bytes = formatBatch(batch)
        expect(parseBatch(bytes.subarray(0, cut % bytes.length))).toBeUndefined()
        expect(parseBatch(Buffer.concat([bytes, Buffer.from([0])]))).toBeUndefined()
      }),
    )
  })

  it('never throws on hostile bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), bytes => void expect(parseBatch(bytes)).toBeUndefined()))
  })
})

describe('names in a mirror', () => {
  it('say the range', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 4096 }), (first, count) => {
        expect(parseBatchName(batchName(first, count))).toEqual({ first, count })
      }),
    )
  })

  it.each(['', '1', '5-4', '01-2', '0-4096', '1-2-3', '../1-2', '0x1-2', '1-9007199254740993'])('refuse %j', name => {
    expect(parseBatchName(name)).toBeUndefined()
  })

  it.each(['0-' + 'a'.repeat(64), '1-' + 'A'.repeat(64), '1-' + 'a'.repeat(63), '1'])('refuse checkpoint %j', name => {
    expect(parseCheckpointName(name)).toBeUndefined()
  })
})
