import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.ts'
import { codesOf, valueOf } from './testing/check.ts'

const json = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\0')),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 4 }), tie('value'), { maxKeys: 4 }),
  ),
})).value

describe('canonical JSON', () => {
  it('reads back what it wrote, and writes it the same', () => {
    fc.assert(
      fc.property(json, value => {
        const text = canonicalJson(value)
        expect(canonicalJson(valueOf(parseCanonicalJson(text)))).toBe(text)
      }),
    )
  })

  it('orders members by UTF-16 code units, not by code points', () => {
    expect(canonicalJson({ '\ufb33': 1, '😀': 2 })).toBe('{"😀":2,"\ufb33":1}')
  })

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a fraction', 0.5],
    ['an integer past 2^53 - 1', 2 ** 53],
    ['not a number', Number.NaN],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { '\udfff': 1 }],
    ['U+0000', 'a\0b'],
    ['a date', new Date(0)],
    ['a hole', Array.from<Json>({ length: 1 })],
  ])('throws TypeError on %s', (_, value) => {
    expect(() => canonicalJson(value as Json)).toThrow(TypeError)
    expect(() => canonicalJson({ inside: [value as Json] })).toThrow(TypeError)
  })

  it('takes 16 levels and refuses 17', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(codesOf(parseCanonicalJson(nested(16)))).toEqual([])
    expect(codesOf(parseCanonicalJson(nested(17)))).toEqual(['bad_json'])
    expect(codesOf(parseCanonicalJson(nested(100_000), { bytesMax: 1_000_000 }))).toEqual(['bad_json'])
    expect(codesOf(parseCanonicalJson('"[[[[[[[[[[[[[[[[[[[["'))).toEqual([])
  })

  it('bounds the bytes, not the characters', () => {
    expect(codesOf(parseCanonicalJson('"€"', { bytesMax: 5 }))).toEqual([])
    expect(codesOf(parseCanonicalJson('"€"', { bytesMax: 4 }))).toEqual(['too_large'])
  })
})
