import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText, oneLine, renderStyles, style, textWidth, truncateText } from './plain-text.ts'

describe('text of others', () => {
  it.each([
    ['\u001b[2Jgone', '\ufffd[2Jgone'],
    ['a\u202eb', 'a\ufffdb'],
    ['a\rb', 'a\ufffdb'],
    ['a\u009b31mb', 'a\ufffd31mb'],
    ['two\nlines\tkept', 'two\nlines\tkept'],
    ['\ud800', '\ufffd'],
  ])('%j becomes %j', (text, clean) => expect(cleanText(text)).toBe(clean))

  it('never reaches a terminal with an escape in it, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const shown = renderStyles(cleanText(text), { colors: false })
        expect([...shown].filter(isControl)).toEqual([])
      }),
    )
  })

  it('stands on one line in a cell', () => expect(oneLine('  a\n\n b ')).toBe('a b'))
})

describe('style', () => {
  it('is an escape sequence only where colours are wanted', () => {
    expect(renderStyles(style.red('NO'), { colors: true })).toBe('\u001b[31mNO\u001b[0m')
    expect(renderStyles(style.red('NO'), { colors: false })).toBe('NO')
  })
})

describe('width', () => {
  it('counts columns, not code units', () => {
    expect([textWidth('abc'), textWidth('日本'), textWidth('e\u0301'), textWidth(style.bold('ab'))]).toEqual([
      3, 4, 1, 2,
    ])
  })

  it('is never exceeded by truncated text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 40 }), (text, columns) => {
        expect(textWidth(truncateText(text, columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })
})

function isControl(character: string): boolean {
  const point = character.codePointAt(0) ?? 0
  const isSpace = character === '\n' || character === '\t'
  return !isSpace && (point < 0x20 || (point > 0x7e && point < 0xa0))
}
