import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64, decodeBase64url, decodeUtf8, encodeBase64, encodeBase64url, encodeUtf8 } from './bytes.ts'
import { parseDecimal } from './decimal.ts'
import { isCommit, isDigest } from './digest.ts'
import { show } from './fault.ts'
import { isId } from './id.ts'
import { instantToMs, isInstant, msToInstant } from './instant.ts'

describe('base64', () => {
  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
        expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes)
      }),
    )
  })

  it('has one spelling for each value: any other text of the same bytes is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgw-_+/= \n.'), maxLength: 12 }), text => {
        const url = decodeBase64url(text)
        const standard = decodeBase64(text)
        if (url !== undefined) expect(encodeBase64url(url)).toBe(text)
        if (standard !== undefined) expect(encodeBase64(standard)).toBe(text)
      }),
    )
  })

  it.each(['QQ==', 'QR', 'Q', 'QQ ', 'Q+Q', ' QQ', 'QQ\n'])('refuses %j as base64url', text => {
    expect(decodeBase64url(text)).toBeUndefined()
  })

  it.each(['QQ', 'QR==', 'QQ=', 'QQ==\n', 'Q-_Q', 'QQ==QQ=='])('refuses %j as base64', text => {
    expect(decodeBase64(text)).toBeUndefined()
  })
})

describe('small texts', () => {
  it('refuses bytes that are not UTF-8 and keeps a byte order mark', () => {
    expect(decodeUtf8(Uint8Array.of(0xff))).toBeUndefined()
    expect(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toBeUndefined()
    expect(decodeUtf8(encodeUtf8('\ufeffa'))).toBe('\ufeffa')
  })

  it.each(['', '00', '01', '-1', '+1', ' 1', '1 ', '1e3', '0x1', '1.0', '9007199254740992', '99999999999999999999'])(
    'refuses %j as a decimal',
    text => {
      expect(parseDecimal(text)).toBeUndefined()
    },
  )

  it('reads decimals to 2^53 - 1', () => {
    expect(parseDecimal('0')).toBe(0)
    expect(parseDecimal('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  })

  it.each([
    '2026-02-30T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
    '2026-01-01T00:00:60.000Z',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.000+00:00',
    '2026-01-01 00:00:00.000Z',
    '+002026-01-01T00:00:00.000Z',
    '2026-01-01T00:00:00.000Z\n',
  ])('refuses %j as an instant', text => {
    expect(isInstant(text)).toBe(false)
    expect(() => instantToMs(text)).toThrow(TypeError)
  })

  it('reads back instants it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), ms => {
        expect(instantToMs(msToInstant(ms))).toBe(ms)
      }),
    )
    expect(() => msToInstant(253_402_300_800_000)).toThrow(TypeError)
    expect(() => msToInstant(0.5)).toThrow(TypeError)
  })

  it('knows ids by their prefix, length and alphabet', () => {
    expect(isId(`p_${'7'.padEnd(26, 'z')}`, 'p')).toBe(true)
    expect(isId(`p_${'7'.padEnd(26, 'z')}`)).toBe(true)
    expect(isId(`p_${'7'.padEnd(26, 'z')}`, 'pt')).toBe(false)
    expect(isId(`p_${'8'.padEnd(26, 'z')}`, 'p')).toBe(false)
    for (const letter of 'iloUAZ_-') expect(isId(`p_${letter.padStart(26, '0')}`, 'p')).toBe(false)
    expect(isId(`p_${'0'.repeat(26)}\n`, 'p')).toBe(false)
  })

  it('knows digests and commits', () => {
    expect(isDigest(`sha256:${'0f'.repeat(32)}`)).toBe(true)
    expect(isDigest(`sha256:${'0F'.repeat(32)}`)).toBe(false)
    expect(isDigest(`sha256:${'0f'.repeat(32)}\n`)).toBe(false)
    expect(isCommit(`sha1:${'0f'.repeat(20)}`)).toBe(true)
    expect(isCommit(`sha1:${'0f'.repeat(32)}`)).toBe(false)
  })

  it('shows hostile text in a bounded and inert form', () => {
    const shown = show(`\u001b[31m\u202e\u009b${'x'.repeat(10_000)}`)
    expect(shown.length).toBeLessThan(150)
    expect(shown).toMatch(/^[\x20-\x7e…]*$/)
  })
})
