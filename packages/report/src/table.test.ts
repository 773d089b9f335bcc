import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderStyles, textWidth } from './plain-text.ts'
import { type Column, facts, table } from './table.ts'

interface Row {
  gate: string
  uses: number | undefined
  why: string
}
const columns: Column<Row>[] = [
  { title: 'gate', of: row => row.gate },
  { title: 'uses', of: row => row.uses },
  { title: 'why', of: row => row.why, flexible: true },
]
const rows: Row[] = [
  { gate: 'payments/smoke', uses: 3, why: 'the check hangs since the runner was replaced' },
  { gate: 'lint', uses: undefined, why: 'x' },
]
const plain = (lines: string[]) => lines.map(line => renderStyles(line, { colors: false }))

describe('a table', () => {
  it('aligns text to the left and numbers to the right, and leaves what is unknown empty', () => {
    expect(plain(table(columns, rows))).toEqual([
      'gate            uses  why',
      'payments/smoke     3  the check hangs since the runner was replaced',
      'lint                  x',
    ])
  })

  it('gives up flexible columns first when the terminal is narrow', () => {
    expect(plain(table(columns, rows, { width: 40 }))).toEqual([
      'gate            uses  why',
      'payments/smoke     3  the check hangs s…',
      'lint                  x',
    ])
  })

  it('without rows is no table', () => expect(table(columns, [])).toEqual([]))

  it('never is wider than the terminal, and lets no line break into a cell', () => {
    const row = fc.record({ gate: fc.string(), uses: fc.option(fc.nat(), { nil: undefined }), why: fc.string() })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (drawn, width) => {
        const lines = table(columns, drawn, { width })
        expect(lines).toHaveLength(drawn.length + 1)
        for (const line of lines) {
          expect(textWidth(line)).toBeLessThanOrEqual(width)
          expect(line).not.toContain('\n')
        }
      }),
    )
  })
})

describe('facts', () => {
  it('align their names, leave out what is absent and indent further lines', () => {
    expect(
      facts([
        ['gate', 'smoke'],
        ['incident', undefined],
        ['told', 'ana\nkofi'],
      ]),
    ).toEqual(['gate  smoke', 'told  ana', '      kofi'])
  })
})
