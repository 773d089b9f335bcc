/**
 * Text for a terminal. What other people wrote may hold control characters that move the cursor, hide words or turn the
 * reading direction; `cleanText` takes all of them out. Our own styling travels as noncharacters (U+FDD0…), which only
 * `renderStyles` turns into escape sequences: so there is one place that writes any.
 */
const marks = {
  plain: '\ufdd0',
  bold: '\ufdd1',
  dim: '\ufdd2',
  red: '\ufdd3',
  green: '\ufdd4',
  yellow: '\ufdd5',
} as const
const sequences: Readonly<Record<string, string>> = {
  [marks.plain]: '\u001b[0m',
  [marks.bold]: '\u001b[1m',
  [marks.dim]: '\u001b[2m',
  [marks.red]: '\u001b[31m',
  [marks.green]: '\u001b[32m',
  [marks.yellow]: '\u001b[33m',
}
const anyMark = /[\ufdd0-\ufdd5]/gu

const wrap = (mark: string) => (text: string) => `${mark}${text}${marks.plain}`
export const style = {
  bold: wrap(marks.bold),
  dim: wrap(marks.dim),
  red: wrap(marks.red),
  green: wrap(marks.green),
  yellow: wrap(marks.yellow),
} as const

/** Colour is never the only sign: without it the same words stand there. */
export function renderStyles(text: string, options: { colors: boolean }): string {
  return text.replaceAll(anyMark, mark => (options.colors ? (sequences[mark] ?? '') : ''))
}

// C0 without tab and newline, DEL and C1, bidirectional controls, zero-width characters, line and paragraph separators.
const unprintable =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu

/** One replacement character for each character that a terminal would act on. Newlines and tabs stay. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll(unprintable, '\ufffd')
}

/** The same on one line, for a cell of a table. */
export function oneLine(text: string): string {
  return cleanText(text).replaceAll(/\s+/gu, ' ').trim()
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u
const zero = /\p{Mn}|\p{Me}|\u200d|\ufe0f|[\ufdd0-\ufdd5]/u

/** Columns that a terminal gives the text: two for East Asian wide characters and emoji, none for marks. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += widthOf(character)
  return width
}

const widthOf = (character: string) => (zero.test(character) ? 0 : wide.test(character) ? 2 : 1)

/** At most `columns` wide, the end replaced by `…`; styling is closed. */
export function truncateText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  if (columns < 1) return ''
  let kept = ''
  let width = 0
  for (const character of text) {
    width += widthOf(character)
    if (width > columns - 1) break
    kept += character
  }
  return `${kept}…${anyMarkIn(kept) ? marks.plain : ''}`
}

const anyMarkIn = (text: string) => /[\ufdd0-\ufdd5]/u.test(text)
