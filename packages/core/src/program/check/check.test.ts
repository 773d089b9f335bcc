import { describe, expect, it } from 'vitest'
import { checkRules } from '../rules.ts'
import { loadCases, type ProgramCase, readExample, registry } from '../testdata/load.ts'
import { compileProgram } from './check.ts'

const cases = loadCases()

function remarksOf({ text, files }: Pick<ProgramCase, 'text' | 'files'>) {
  return compileProgram({ file: 'breakglass.yaml', text, files }, registry).remarks
}

describe('a program', () => {
  it.each(cases.map(row => [row.table, row.name, row] as const))('%s: %s', (_, __, row) => {
    const remarks = remarksOf(row)
    expect(remarks.map(({ rule, path }) => `${rule} ${path}`)).toEqual(
      row.expect.map(({ rule, path }) => `${rule} ${path}`),
    )
    for (const [i, { file = 'breakglass.yaml', at = '', remedy }] of row.expect.entries()) {
      const remark = remarks[i]!
      const text = file === 'breakglass.yaml' ? row.text : row.files[file]!
      expect(remark.file).toBe(file)
      const there = text.split('\n')[remark.line - 1]!.slice(remark.column - 1)
      expect(there.slice(0, at.length)).toBe(at)
      if (remedy !== undefined) expect(remark.remedy).toBe(remedy)
      expect(remark.reason).not.toBe('')
    }
  })

  it('has a case for every rule', () => {
    const seen = new Set(cases.flatMap(row => row.expect.map(({ rule }) => rule)))
    // Too long a program is made below, not written down.
    expect(Object.keys(checkRules).filter(rule => rule !== 'too_large' && !seen.has(rule))).toEqual([])
  })

  it('is refused when it is too long, alone or with what it includes', () => {
    const long = `# ${'x'.repeat(1_048_576)}`
    expect(remarksOf({ text: long, files: {} })).toMatchObject([{ rule: 'too_large', line: 1 }])
    const text = `include: [a.yaml, b.yaml]\n${cases[0]!.text}`
    const half = `# ${'x'.repeat(600_000)}\nteams: {}\n`
    expect(remarksOf({ text, files: { 'a.yaml': half, 'b.yaml': half } })).toMatchObject([
      { rule: 'too_large', file: 'b.yaml' },
    ])
  })

  it('of ours, in the examples, has nothing to remark', () => {
    const files = Object.fromEntries(
      ['gates/platform.yaml', 'calendars/de-be.yaml'].map(path => [path, readExample(path)]),
    )
    expect(remarksOf({ text: readExample('breakglass.yaml'), files })).toEqual([])
  })

  it('is published with advice, and not with an error', () => {
    const published = (row: ProgramCase) =>
      compileProgram({ file: 'breakglass.yaml', text: row.text, files: row.files }, registry).ok
    for (const row of cases) {
      const hasError = row.expect.some(({ rule }) => checkRules[rule as keyof typeof checkRules][0] === 'error')
      expect([row.name, published(row)]).toEqual([row.name, !hasError])
    }
  })
})
