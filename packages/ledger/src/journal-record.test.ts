import { hashLeaf } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatRecord, parseRecord } from './journal-record.ts'

const recorded = (bytes: Uint8Array) => ({ bytes, hash: hashLeaf(bytes) })
const recordedTexts = (...texts: string[]) => texts.map(text => recorded(Buffer.from(text)))
const root = new Uint8Array(32).fill(0xab)
const at = { signedAtMs: 1_767_225_600_000, root }

const records = fc.record({
  first: fc.maxSafeNat(),
  signedAtMs: fc.maxSafeNat(),
  root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  entries: fc.array(fc.uint8Array({ minLength: 1, maxLength: 80 }).map(recorded), { minLength: 1, maxLength: 20 }),
})

describe('a journal record', () => {
  it('has the bytes of docs/formats/ledger.md', () => {
    const bytes = formatRecord({ first: 258, ...at, entries: recordedTexts('ab', 'c') })
    const head = [
      '00000059',
      '0000000000000102',
      '0000019b76daa800',
      'ab'.repeat(32),
      '0002',
      '0002',
      '6162',
      '0001',
      '63',
    ].join('')
    expect(Buffer.from(bytes).toString('hex').slice(0, head.length)).toBe(head)
    expect(bytes.length).toBe(head.length / 2 + 32)
  })

  it('reads back as it was written, wherever it lies', () => {
    fc.assert(
      fc.property(records, fc.uint8Array({ maxLength: 40 }), (record, before) => {
        const bytes = Buffer.concat([before, formatRecord(record), Buffer.from('next')])
        expect(parseRecord(bytes, before.length)).toEqual({ record, end: bytes.length - 4 })
      }),
    )
  })

  it('is not read when it is torn anywhere', () => {
    const bytes = formatRecord({ first: 7, ...at, entries: recordedTexts('hello', 'world') })
    for (let length = 0; length < bytes.length; length++)
      expect(parseRecord(bytes.subarray(0, length), 0)).toBeUndefined()
  })

  it('is not read when any bit is flipped', () => {
    const bytes = formatRecord({ first: 7, ...at, entries: recordedTexts('hello', 'world') })
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Uint8Array.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(parseRecord(flipped, 0)).toBeUndefined()
    }
  })

  it('never throws on bytes of any kind', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(220), (bytes, at) => void parseRecord(bytes, at)))
  })
})
