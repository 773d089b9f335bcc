import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTracked, root, trackedFiles } from './tracked.ts'

/*
 * What may be installed beside us: permissive licences, and MPL-2.0, which asks something only of who changes its files. The
 * lock file says where everything lies; the licence is read from the package itself where it is installed.
 */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MPL-2.0',
])
const ours = 'Apache-2.0'

/** An SPDX expression of `OR`s needs one that is allowed, one of `AND`s needs all. */
function isAllowed(licence: string): boolean {
  const words = licence.replaceAll(/[()]/g, ' ')
  return words.split(/\sOR\s/).some(choice => choice.split(/\sAND\s/).every(name => allowed.has(name.trim())))
}

interface Installed {
  path: string
  licence: unknown
}

const wrongLicence = ({ path, licence }: Installed): string[] =>
  typeof licence === 'string' && isAllowed(licence) ? [] : [`${path}: ${JSON.stringify(licence) ?? 'no licence'}`]

function installed(): Installed[] {
  const lock: { packages: Record<string, { link?: boolean }> } = JSON.parse(readTracked('package-lock.json').text)
  return Object.entries(lock.packages).flatMap(([path, { link }]) => {
    const manifest = join(root, path, 'package.json')
    if (link === true || !path.includes('node_modules/') || !existsSync(manifest)) return []
    return [{ path, licence: JSON.parse(readFileSync(manifest, 'utf8')).license }]
  })
}

describe('licences', () => {
  it('of everything installed are on the list', () => {
    expect(installed().length).toBeGreaterThan(30)
    expect(installed().flatMap(wrongLicence)).toEqual([])
  })

  it('of our own packages are one', () => {
    const manifests = trackedFiles().filter(file => /^(?:packages\/[^/]+\/)?package\.json$/.test(file))
    expect(manifests).toHaveLength(9)
    expect(manifests.filter(file => JSON.parse(readTracked(file).text).license !== ours)).toEqual([])
  })

  it.each([
    ['MIT', 0],
    ['(MIT OR GPL-3.0-only)', 0],
    ['MIT AND GPL-3.0-only', 1],
    ['AGPL-3.0-only', 1],
    ['SEE LICENSE IN LICENSE', 1],
    [undefined, 1],
  ])('and this test judges %s', (licence, wrong) => {
    expect(wrongLicence({ path: 'node_modules/a', licence })).toHaveLength(wrong)
  })
})
