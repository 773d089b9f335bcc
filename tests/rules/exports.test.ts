import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isCode, readTracked, root, type TextFile, trackedFiles } from './tracked.ts'

interface Manifest {
  name: string
  license?: string
  exports?: Record<string, string>
  bin?: Record<string, string>
}

const manifestFiles = trackedFiles().filter(file => /^packages\/[^/]+\/package\.json$/.test(file))
const manifests = new Map(
  manifestFiles.map(file => [dirname(file), JSON.parse(readTracked(file).text) as Manifest] as const),
)

/** What a package promises and does not have, in words. */
function missingTargets(folder: string, { exports = {}, bin = {} }: Manifest, exists: (path: string) => boolean) {
  return [...Object.entries(exports), ...Object.entries(bin)].flatMap(([name, target]) =>
    exists(join(folder, target)) ? [] : [`${folder} promises ${name} at ${target}, which is not there`],
  )
}

/** Imports of our own packages by what their `exports` does not name, in words. */
function wrongSubpaths({ file, text }: TextFile, packages: Iterable<Manifest>): string[] {
  const known = new Set(
    [...packages].flatMap(({ name, exports = {} }) => Object.keys(exports).map(subpath => name + subpath.slice(1))),
  )
  const named = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](@breakglass\/[^'"]+)['"]/g)
  return [...named].flatMap(([, specifier = '']) =>
    known.has(specifier) ? [] : [`${file} imports ${specifier}, which no package exports`],
  )
}

const exists = (path: string) => existsSync(join(root, path))

describe('what packages promise', () => {
  it.each([...manifests])('%s has', (folder, manifest) => {
    expect(missingTargets(folder, manifest, exists)).toEqual([])
  })

  it('is all that others import', () => {
    const sources = trackedFiles().filter(file => isCode(file) && !file.startsWith('tests/rules/'))
    expect(sources.map(readTracked).flatMap(source => wrongSubpaths(source, manifests.values()))).toEqual([])
  })

  it('is read of every workspace', () => {
    expect([...manifests.values()].map(({ name }) => name).toSorted()).toEqual(
      ['cli', 'core', 'github', 'ledger', 'report', 'server', 'verify', 'web'].map(name => `@breakglass/${name}`),
    )
  })

  const core: Manifest = {
    name: '@breakglass/core',
    exports: { './ids': './src/ids.ts' },
    bin: { core: './bin/core.js' },
  }
  it('and this test sees a target that is not there', () => {
    expect(missingTargets('packages/core', core, () => true)).toEqual([])
    expect(missingTargets('packages/core', core, path => path === 'packages/core/src/ids.ts')).toHaveLength(1)
    expect(missingTargets('packages/core', core, path => path === 'packages/core/bin/core.js')).toHaveLength(1)
  })

  it.each([
    ["import { a } from '@breakglass/core/ids'", 0],
    ["import { a } from '@breakglass/core/src/ids.ts'", 1],
    ["import type {\n  A,\n} from '@breakglass/core'", 1],
    ["const a = await import('@breakglass/core/ids.ts')", 1],
    ["import '@breakglass/core/grant'", 1],
  ])('and this test judges %j', (text, wrong) => {
    expect(wrongSubpaths({ file: 'a.ts', text }, [core])).toHaveLength(wrong)
  })
})
