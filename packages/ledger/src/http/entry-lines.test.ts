import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitLines } from './entry-lines.ts'

describe('entries one a line', () => {
  it('are the bytes between the line ends, whatever they are', () => {
    const entries = fc.array(
      fc.uint8Array({ minLength: 1, maxLength: 30 }).map(bytes => bytes.map(byte => (byte === 10 ? 11 : byte))),
      { minLength: 1, maxLength: 10 },
    )
    fc.assert(
      fc.property(entries, fc.boolean(), (entries, ended) => {
        const body = Buffer.concat(
          entries.flatMap((entry, index) => [...(index > 0 ? [Buffer.from('\n')] : []), entry]),
        )
        const split = splitLines(ended ? Buffer.concat([body, Buffer.from('\n')]) : body)
        expect(split.map(line => Buffer.from(line))).toEqual(entries.map(entry => Buffer.from(entry)))
      }),
    )
  })

  it('are none in an empty body, and refused with an empty line', () => {
    expect(splitLines(new Uint8Array(0))).toEqual([])
    for (const text of ['\n', 'a\n\n', '\na', 'a\n\nb']) {
      expect(() => splitLines(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'bad_entry' }))
    }
  })
})
