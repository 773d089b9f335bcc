import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchMatches, fullRef } from './branches.ts'

const cases: [pattern: string, branch: string, matches: boolean][] = [
  ['main', 'main', true],
  ['main', 'mainline', false],
  ['main', 'Main', false],
  ['*', 'main', true],
  ['*', 'release/1', false],
  ['**', 'release/1', true],
  ['release/*', 'release/1', true],
  ['release/*', 'release/', true],
  ['release/*', 'release', false],
  ['release/*', 'release/1/a', false],
  ['release/**', 'release/1/a', true],
  ['*/hotfix', 'eu/hotfix', true],
  ['v*.*', 'v1.2', true],
  ['v*.*', 'v12', false],
  ['a**b', 'a/x/b', true],
  // A dot is a dot, not any character.
  ['v1.0', 'v1x0', false],
  ['(a+)+$', 'aaaa', false],
  ['***', 'a/b', true],
]

describe('branch patterns', () => {
  it.each(cases)('%s and %s: %s', (pattern, branch, matches) => {
    expect(branchMatches(pattern, `refs/heads/${branch}`)).toBe(matches)
  })

  it('cover branches only', () => {
    for (const ref of ['main', 'refs/tags/main', 'refs/heads/', 'refs/heads', 'refs/remotes/origin/main']) {
      expect(branchMatches('**', ref)).toBe(false)
    }
  })

  it('agree with a regular expression on small alphabets', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 6 })
    const branch = fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(pattern, branch, (pattern, branch) => {
        const source = pattern.replaceAll(/\*\*|\*/g, star => (star === '**' ? '.*' : '[^/]*'))
        expect(branchMatches(pattern, `refs/heads/${branch}`)).toBe(new RegExp(`^(?:${source})$`).test(branch))
      }),
      { numRuns: 2000 },
    )
  })

  it('is written short or full', () => {
    expect(fullRef('main')).toBe('refs/heads/main')
    expect(fullRef('refs/heads/main')).toBe('refs/heads/main')
  })
})
