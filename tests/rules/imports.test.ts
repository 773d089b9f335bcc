import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/*
 * Which workspace may know which, and which may know nothing of the machine. The sources are read as text, so an import that
 * is put together at run time, or a clock reached through another name, is not seen. Tests and `testing/` folders are left
 * out: they may use anything.
 */
const root = resolve(import.meta.dirname, '../..')
const packages = ['verify', 'core', 'ledger', 'report', 'github', 'server', 'cli', 'web'] as const
type Workspace = (typeof packages)[number]

const mayImport: Record<Workspace, readonly string[]> = {
  verify: [],
  core: ['@breakglass/verify', 'zod', 'yaml'],
  ledger: ['@breakglass/verify'],
  report: ['@breakglass/core', 'd3-scale', 'd3-shape', 'preact', 'preact-render-to-string'],
  github: ['@breakglass/core', '@breakglass/verify', 'zod'],
  server: [
    '@breakglass/core',
    '@breakglass/github',
    '@breakglass/report',
    '@breakglass/verify',
    '@hono/node-server',
    'hono',
    'kysely',
    'pg',
    'zod',
  ],
  cli: ['@breakglass/core', '@breakglass/github', '@breakglass/report', '@breakglass/verify', 'zod'],
  web: ['@breakglass/core', '@breakglass/report', '@breakglass/verify'],
}

/** Folders of the server that may not know others: what decides and stores knows nothing of who calls it. */
const serverNeverImports: Record<string, readonly string[]> = {
  store: ['http', 'commands', 'identity', 'jobs'],
  jobs: ['http'],
  identity: ['http'],
  commands: ['http'],
}

const impure =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|(?<![/\w-])process\.|\bTemporal\.Now\b|\bperformance\.now\(|\brandomBytes\(|\brandomUUID\(|\bgetRandomValues\(/
const impureModule = /^node:(?!crypto$)/

interface Source {
  workspace: Workspace
  file: string
  text: string
}

function importsOf(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '')
  return [
    ...code.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'"]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|(?:^|\n)import\s*['"]([^'"]+)['"]/g,
    ),
  ].map(match => match[1] ?? match[2] ?? match[3] ?? '')
}

function packageNameOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}

/** Everything wrong with one source's imports, in words. */
function wrongImports({ workspace, file, text }: Source): string[] {
  return importsOf(text).flatMap(specifier => {
    if (specifier.startsWith('.')) return wrongRelative(workspace, file, specifier)
    if (specifier.startsWith('node:')) return []
    return mayImport[workspace].includes(packageNameOf(specifier)) ? [] : [`${file} imports ${specifier}`]
  })
}

function wrongRelative(workspace: Workspace, file: string, specifier: string): string[] {
  const target = relative(join('packages', workspace, 'src'), join(dirname(file), specifier))
  if (target.startsWith('..')) return [`${file} leaves its package by ${specifier}`]
  if (workspace !== 'server') return []
  const from = relative(join('packages', workspace, 'src'), file).split('/')[0] ?? ''
  const to = target.split('/')[0] ?? ''
  return serverNeverImports[from]?.includes(to) === true ? [`${file} imports ${specifier}`] : []
}

/** What one pure source reads of the machine, in words. */
function impurities({ file, text }: Source): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '')
  const modules = importsOf(text).filter(specifier => impureModule.test(specifier))
  const found = impure.exec(code)?.[0]
  return [
    ...modules.map(module => `${file} imports ${module}`),
    ...(found === undefined ? [] : [`${file} uses ${found}`]),
  ]
}

function sourcesOf(workspace: Workspace): Source[] {
  const folder = join(root, 'packages', workspace, 'src')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/(^|\/)(testing|testdata)\//.test(name))
    .map(name => ({
      workspace,
      file: join('packages', workspace, 'src', name),
      text: readFileSync(join(folder, name), 'utf8'),
    }))
}

describe('imports point one way', () => {
  it.each(packages)('in %s', workspace => {
    expect(sourcesOf(workspace).flatMap(wrongImports)).toEqual([])
  })

  it.each([
    ['a dependency in verify', 'verify', 'a.ts', "import { z } from 'zod'"],
    ['the server in the CLI', 'cli', 'a.ts', "import type { Store } from '@breakglass/server'"],
    ['core in the ledger', 'ledger', 'a.ts', "const core = await import('@breakglass/core/ids')"],
    ['a way around the package', 'cli', 'point/a.ts', "export { b } from '../../../core/src/b.ts'"],
    ['HTTP in the store', 'server', 'store/a.ts', "import { app } from '../http/app.ts'"],
    ['an import over several lines', 'core', 'a.ts', "import {\n  Hono,\n} from 'hono'"],
  ] as const)('and this test sees %s', (_, workspace, name, text) => {
    expect(wrongImports({ workspace, file: join('packages', workspace, 'src', name), text })).toHaveLength(1)
  })

  it('reads every package that has sources', () => {
    const read = packages.filter(workspace => sourcesOf(workspace).length > 0)
    expect(read).toEqual(['verify', 'core', 'ledger', 'report', 'github', 'server', 'cli'])
  })
})

describe('the rules are pure', () => {
  it.each(['verify', 'core'] as const)('%s reads no clock, environment, file, socket or randomness', workspace => {
    expect(sourcesOf(workspace).flatMap(impurities)).toEqual([])
  })

  it('and in github, all but its client reads none of them', () => {
    const rules = sourcesOf('github').filter(({ file }) => !file.includes('/src/api/'))
    expect(rules.length).toBeGreaterThan(40)
    expect(rules.flatMap(impurities)).toEqual([])
  })

  it.each([
    'const now = Date.now()',
    'const now = new Date()',
    'const home = process.env.HOME',
    'const lot = Math.random()',
    "import { readFileSync } from 'node:fs'",
  ])('and this test sees `%s`', text => {
    expect(impurities({ workspace: 'core', file: 'packages/core/src/a.ts', text })).toHaveLength(1)
  })
})

describe('dependencies', () => {
  const declared = (workspace: Workspace) => {
    const manifest: { dependencies?: Record<string, string> } = JSON.parse(
      readFileSync(join(root, 'packages', workspace, 'package.json'), 'utf8'),
    )
    return Object.keys(manifest.dependencies ?? {}).toSorted()
  }

  it('are none in verify, only verify in the ledger, and a schema library and a YAML parser in core', () => {
    expect(declared('verify')).toEqual([])
    expect(declared('ledger')).toEqual(['@breakglass/verify'])
    expect(declared('core')).toEqual(['@breakglass/verify', 'yaml', 'zod'])
  })
})
