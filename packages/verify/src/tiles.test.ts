import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeUtf8 } from './bytes.ts'
import { codesOf, valueOf } from './testing/check.ts'
import { formatBundle, parseBundle, parseTilePath, tilePath } from './tiles.ts'

describe('tile paths', () => {
  it.each([
    [tilePath(0, 0), 'tile/0/000'],
    [tilePath(0, 1234067), 'tile/0/x001/x234/067'],
    [tilePath(0, 1234, 12), 'tile/0/x001/234.p/12'],
    [tilePath('entries', 999, 255), 'tile/entries/999.p/255'],
    [tilePath(63, 1000), 'tile/63/x001/000'],
  ])('writes %s', (written, expected) => {
    expect(written).toBe(expected)
  })

  it('reads back what it wrote', () => {
    const level = fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const))
    fc.assert(
      fc.property(level, fc.maxSafeNat(), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(valueOf(parseTilePath(tilePath(level, index, width)))).toEqual({ level, index, width })
      }),
    )
  })

  it.each([
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/000',
    'tile/0/x001/x234',
    'tile/0/001/234',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/012',
    'tile/0/000.p',
    'tile/0/000/',
    '/tile/0/000',
    'tile/data/000',
    'tile/0/../000',
    'tile/0/x999/x999/x999/x999/x999/x999/999',
  ])('refuses %s', path => {
    expect(codesOf(parseTilePath(path))).toEqual(['bad_tile_path'])
  })

  it.each([() => tilePath(64, 0), () => tilePath(0, -1), () => tilePath(0, 0, 0), () => tilePath(0, 0, 257)])(
    'throws TypeError on misuse',
    misuse => {
      expect(misuse).toThrow(TypeError)
    },
  )
})

describe('entry bundles', () => {
  it('reads back what it wrote, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 }), entries => {
        const bytes = formatBundle(entries)
        const read = valueOf(parseBundle(bytes))
        expect(read).toEqual(entries)
        expect(formatBundle(read)).toEqual(bytes)
      }),
      { numRuns: 30 },
    )
  })

  it('takes the longest entry and the most entries, and no more', () => {
    const long = new Uint8Array(65_535)
    expect(valueOf(parseBundle(formatBundle([long])))).toHaveLength(1)
    expect(() => formatBundle([new Uint8Array(65_536)])).toThrow(TypeError)
    expect(() => formatBundle(Array.from({ length: 257 }, () => new Uint8Array(1)))).toThrow(TypeError)
    expect(codesOf(parseBundle(new Uint8Array(257 * 2)))).toEqual(['bad_bundle'])
  })

  it.each([
    ['half a length', Uint8Array.of(0)],
    ['a length without bytes', Uint8Array.of(0, 5, 1)],
    ['a trailing byte', Uint8Array.of(0, 1, 65, 0)],
  ])('refuses %s', (_, bytes) => {
    expect(codesOf(parseBundle(bytes))).toEqual(['bad_bundle'])
  })

  it('reads a view into a larger buffer', () => {
    const whole = new Uint8Array([9, 9, ...formatBundle([encodeUtf8('ab')]), 9])
    expect(valueOf(parseBundle(whole.subarray(2, 6)))).toEqual([encodeUtf8('ab')])
  })
})
