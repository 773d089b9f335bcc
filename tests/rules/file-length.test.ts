import { describe, expect, it } from 'vitest'
import { isCode, readTracked, type TextFile, trackedFiles } from './tracked.ts'

/* A file that one person reads in one go. Tests, test data and vectors may be as long as their cases. */
const linesMax = 330

const isJudged = (file: string) => isCode(file) && !/\.test\.ts$|(?:^|\/)testdata\/|^vectors\/|^tests\//.test(file)

const linesOf = (text: string) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)

function tooLong({ file, text }: TextFile): string[] {
  const lines = linesOf(text)
  return isJudged(file) && lines > linesMax ? [`${file} has ${lines} lines; at most ${linesMax}`] : []
}

describe('no source is longer than can be read in one go', () => {
  it('anywhere', () => {
    const sources = trackedFiles().filter(isCode).map(readTracked)
    expect(sources.length).toBeGreaterThan(100)
    expect(sources.flatMap(tooLong)).toEqual([])
  })

  it('and this test sees one line too many', () => {
    expect(tooLong({ file: 'packages/core/src/a.ts', text: 'a\n'.repeat(linesMax) })).toEqual([])
    expect(tooLong({ file: 'packages/core/src/a.ts', text: 'a\n'.repeat(linesMax + 1) })).toHaveLength(1)
  })
})
