import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fullRef, parseChangeRef, repositoryNamesOf } from './change-ref.ts'

const sha1 = '4f2a91c05e'.repeat(4)
const sha256 = '0123456789abcdef'.repeat(4)

describe('a change', () => {
  it.each([
    ['acme/payments', { kind: 'repository', repository: 'acme/payments' }],
    [`acme/payments@${sha1}`, { kind: 'commit', repository: 'acme/payments', commit: `sha1:${sha1}` }],
    [`acme/payments@${sha1.toUpperCase()}`, { kind: 'commit', repository: 'acme/payments', commit: `sha1:${sha1}` }],
    [`group/sub/name@sha256:${sha256}`, { kind: 'commit', repository: 'group/sub/name', commit: `sha256:${sha256}` }],
    ['acme/payments@4f2a91c', { kind: 'revision', repository: 'acme/payments', revision: '4f2a91c' }],
    ['payments@release/1.2', { kind: 'revision', repository: 'payments', revision: 'release/1.2' }],
    ['acme/payments#123', { kind: 'pull_request', repository: 'acme/payments', number: 123 }],
    [
      `https://github.com/acme/payments/commit/${sha1}`,
      { kind: 'commit', repository: 'acme/payments', commit: `sha1:${sha1}` },
    ],
    [
      'https://github.com/acme/payments/pull/123/files',
      { kind: 'pull_request', repository: 'acme/payments', number: 123 },
    ],
    [
      `https://gitlab.example/group/sub/name/-/commit/${sha1}?view=parallel`,
      { kind: 'commit', repository: 'group/sub/name', commit: `sha1:${sha1}` },
    ],
    [
      'https://gitlab.example/acme/payments/-/merge_requests/9',
      { kind: 'pull_request', repository: 'acme/payments', number: 9 },
    ],
  ])('%s', (text, parsed) => expect(parseChangeRef(text)).toEqual(parsed))

  it.each([
    '',
    '@',
    'acme/payments@',
    'acme/payments@-x',
    'acme/payments@a..b',
    'acme/../payments@main',
    '-acme/payments',
    'acme payments',
    'acme/payments.git',
    'acme/payments#x',
    'https://github.com/acme/payments',
    'https://github.com/acme/payments/pull/x',
    'ssh://git@host/acme/payments',
  ])('is not read from %j', text => expect(parseChangeRef(text).kind).toBe('unreadable'))

  it('is read from any repository and whole commit, spelled in every way', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,10}$/)
    const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'))
    const hex = fc.oneof(fc.stringMatching(/^[0-9a-f]{40}$/), fc.stringMatching(/^[0-9a-f]{64}$/))
    fc.assert(
      fc.property(name, hex, (repository, digits) => {
        const kind = digits.length === 40 ? 'sha1' : 'sha256'
        const expected = { kind: 'commit', repository, commit: `${kind}:${digits}` }
        expect(parseChangeRef(`${repository}@${digits}`)).toEqual(expected)
        expect(parseChangeRef(`${repository}@${kind}:${digits}`)).toEqual(expected)
      }),
    )
  })

  it('never throws, and never lets an option, a path outside or a control character through to git', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map(text => `a/b@${text}`),
        ),
        text => {
          const parsed = parseChangeRef(text)
          const words = Object.values(parsed).map(String)
          if (parsed.kind === 'unreadable') return
          for (const word of words) expect(word).not.toMatch(/^-|\.\.|[\s\p{Cc}]/u)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a remote', () => {
  it.each([
    ['git@github.com:acme/payments.git', ['acme/payments']],
    ['https://github.com/acme/payments.git', ['acme/payments']],
    ['https://github.com/acme/payments/', ['acme/payments']],
    ['ssh://git@git.acme.example:2222/group/sub/name.git', ['group/sub/name']],
    ['/srv/git/acme/payments.git', ['srv/git/acme/payments', 'git/acme/payments', 'acme/payments', 'payments']],
    ['../payments.git', ['payments']],
    ['', []],
  ])('%s may be %j', (remote, names) => expect(repositoryNamesOf(remote)).toEqual(names))

  it('of any spelling is read without throwing', () => {
    fc.assert(fc.property(fc.string(), remote => Array.isArray(repositoryNamesOf(remote))))
  })
})

it('a branch is spelled in full', () => {
  expect([fullRef('main'), fullRef('refs/tags/v1')]).toEqual(['refs/heads/main', 'refs/tags/v1'])
})
