import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isCode, readTracked, root, type TextFile, trackedFiles } from './tracked.ts'

/*
 * Nothing of one person's machine, no secret, and nothing half done may be in the repository. This file has to name what it
 * looks for, and is the only one that is not judged.
 */
const self = 'tests/rules/machine.test.ts'
const registry = 'https://registry.npmjs.org/'
const textMax = 2_000_000

/** Absolute places of a workplace. `/srv/git` and the like in an example are nobody's. */
const places = /(?<![\w.$}-])\/(?:work|root|tmp\/plan|Users|workspaces)\//
const privateKeys = /PRIVATE\+KEY\+[^<\s]+\+[0-9a-f]{8}\+|-----BEGIN [A-Z ]*PRIVATE KEY-----/
const halfDone =
  /\b(?:TODO|FIXME|XXX)\b|\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf)\b|\.(?:only|skip)\(/

/** Known keys that sign nothing outside tests. */
const mayHoldKeys = (file: string) => /^vectors\/|(?:^|\/)test(?:ing|data|s)\/|\.test\.ts$/.test(file)

/** Everything in one file that does not belong into a repository, in words. */
function strayIn({ file, text }: TextFile): string[] {
  const found = (pattern: RegExp, what: string) => {
    const match = pattern.exec(text)
    if (!match) return []
    return [`${file}:${text.slice(0, match.index).split('\n').length} ${what}`]
  }
  return [
    ...found(places, 'names a place on one machine'),
    ...(mayHoldKeys(file) ? [] : found(privateKeys, 'holds a private key')),
    ...(isCode(file) ? found(halfDone, 'is half done, or leaves tests out') : []),
  ]
}

/** A seed or secret by its name, or by a mode that nobody gives a file that everybody may have. */
function secretFile(file: string, mode: number): string[] {
  const isSecret = /(?:^|\/)(?:issuer\.seed|ledger\.key|\.env)$|\.(?:seed|secret|pem|p12)$/.test(file)
  if (mayHoldKeys(file) || !(isSecret || (mode & 0o044) === 0)) return []
  return [`${file} (mode ${(mode & 0o777).toString(8)}) looks like a secret`]
}

interface Lock {
  packages: Record<string, { resolved?: string; link?: boolean; optional?: boolean; integrity?: string }>
}

/**
 * What the lock file would take from elsewhere than the public registry, or without its hash. It may leave the address out;
 * npm writes no hash for an optional package of another platform than the one that made the file.
 */
const wrongSources = ({ packages }: Lock): string[] =>
  Object.entries(packages).flatMap(([path, { resolved, link, optional, integrity }]) => {
    if (link === true || !path.includes('node_modules/')) return []
    if (resolved !== undefined && !resolved.startsWith(registry)) return [`${path} comes from ${resolved}`]
    return integrity === undefined && (resolved !== undefined || optional !== true) ? [`${path} has no hash`] : []
  })

const files = trackedFiles()
const judged = files.filter(file => file !== self && statSync(join(root, file)).size <= textMax)

describe('the repository', () => {
  it('names no place of one machine, holds no private key, and leaves nothing half done', () => {
    expect(judged.length).toBeGreaterThan(300)
    expect(judged.map(readTracked).flatMap(strayIn)).toEqual([])
  })

  it('holds no secret by name or mode', () => {
    expect(files.flatMap(file => secretFile(file, statSync(join(root, file)).mode))).toEqual([])
  })

  it('takes packages from the public registry alone, by their hash', () => {
    expect(wrongSources(JSON.parse(readTracked('package-lock.json').text))).toEqual([])
  })

  it.each([
    ['a place', 'docs/a.md', 'see /work/main/a'],
    ['a home', 'packages/core/src/a.ts', "const at = '/root/.cache'"],
    ['a note key', 'docs/a.md', 'PRIVATE+KEY+log.example+1a2b3c4d+AQ'],
    ['a PEM key', 'packages/core/src/a.ts', '-----BEGIN PRIVATE KEY-----'],
    ['a test alone', 'packages/core/src/a.test.ts', "it.only('works', () => {})"],
    ['a test left out', 'packages/core/src/a.test.ts', "describe.skip('works', () => {})"],
    ['something for later', 'packages/core/src/a.ts', '// TODO: later'],
  ])('and this test sees %s', (_, file, text) => {
    expect(strayIn({ file, text })).toHaveLength(1)
  })

  it('and this test lets a format and a test key be', () => {
    expect(strayIn({ file: 'docs/a.md', text: 'PRIVATE+KEY+<name>+<hash>+<base64>, /home/git/a.git' })).toEqual([])
    expect(strayIn({ file: 'vectors/made/a.json', text: 'PRIVATE+KEY+log.example+1a2b3c4d+AQ' })).toEqual([])
  })

  it.each([
    ['a seed', 'packages/server/issuer.seed', 0o644, 1],
    ['a file for one person alone', 'a.txt', 0o600, 1],
    ['an ordinary file', 'a.txt', 0o644, 0],
    ['a seed of the vectors', 'vectors/a.seed', 0o600, 0],
  ])('and this test judges %s', (_, file, mode, wrong) => {
    expect(secretFile(file, mode)).toHaveLength(wrong)
  })

  it('and this test sees another registry and a missing hash', () => {
    const a = { resolved: `${registry}a/-/a-1.0.0.tgz`, integrity: 'sha512-AA' }
    expect(wrongSources({ packages: { 'node_modules/a': a } })).toEqual([])
    expect(wrongSources({ packages: { 'node_modules/a': { ...a, resolved: 'http://localhost/a.tgz' } } })).toHaveLength(
      1,
    )
    expect(wrongSources({ packages: { 'node_modules/a': { resolved: a.resolved } } })).toHaveLength(1)
    expect(wrongSources({ packages: { 'node_modules/a': {} } })).toHaveLength(1)
  })
})
