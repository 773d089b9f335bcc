import { emptyRoot } from '@breakglass/verify'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LedgerError } from './errors.ts'
import { formatState, parseState } from './state.ts'

describe('the signed state', () => {
  it('reads back as it was written', () => {
    const states = fc.record({
      size: fc.maxSafeNat(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      signedAtMs: fc.nat(253_402_300_799_999),
    })
    fc.assert(
      fc.property(states, state => {
        expect(parseState(formatState(state), 'state.json')).toEqual(state)
      }),
    )
  })

  it('is refused when any bit is flipped, or when it is cut', () => {
    const text = formatState({ size: 300, root: emptyRoot, signedAtMs: 1_767_225_600_000 })
    const bytes = Buffer.from(text)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => parseState(flipped.toString('utf8'), 'state.json')).toThrow(LedgerError)
    }
    for (let length = 0; length < text.length; length++) {
      expect(() => parseState(text.slice(0, length), 'state.json')).toThrow(LedgerError)
    }
  })

  it('is refused, with its code, for any other text', () => {
    for (const text of ['', 'null', '[]', '{}', '{"size":0}', '1']) {
      expect(() => parseState(text, 'state.json')).toThrow(expect.objectContaining({ code: 'state_damaged' }))
    }
    fc.assert(
      fc.property(fc.json(), text => {
        expect(() => parseState(text, 'x')).toThrow(LedgerError)
      }),
    )
  })
})
