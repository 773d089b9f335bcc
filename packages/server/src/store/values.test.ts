import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { boundValuesMax, checkBoundValues } from './values.ts'

it('lets through, unchanged, every value that both engines give back as it was', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\u0000')),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(number => !Number.isInteger(number)),
    fc.constant(null),
    fc.uint8Array(),
  )
  fc.assert(
    fc.property(fc.array(value, { maxLength: boundValuesMax }), values => {
      expect(checkBoundValues(values)).toEqual(values)
    }),
  )
})

it('refuses every text with U+0000 or a lone surrogate', () => {
  const bad = fc
    .tuple(fc.string(), fc.constantFrom('\u0000', '\ud800', '\udfff'), fc.string())
    .map(parts => parts.join(' '))
  fc.assert(
    fc.property(bad, text => {
      expect(() => checkBoundValues([text])).toThrow('U+0000 or a lone surrogate')
    }),
  )
})
