import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as door from './index.ts'

/**
 * An auditor installs this package alone and reads it alone. Limits: imports are read with a pattern, so one that is
 * computed at run time would not be seen; the words below are looked for as text.
 */
const folder = new URL('./', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('../package.json', folder), 'utf8'))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('testing/'))
  .map(name => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)].map(match => match[1]!)
}

describe('the door of verify', () => {
  it('has no dependency of any kind', () => {
    const kinds = ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundledDependencies', 'devDependencies']
    expect(Object.keys(manifest).filter(key => kinds.includes(key))).toEqual([])
  })

  it('imports node:crypto and its own files, nothing else', () => {
    const foreign = files.flatMap(({ text }) => importsOf(text)).filter(from => !/^\.\.?\/[a-z0-9/-]+\.ts$/.test(from))
    expect([...new Set(foreign)]).toEqual(['node:crypto'])
  })

  it('never imports what is made for tests', () => {
    expect(
      files.filter(({ text }) => importsOf(text).some(from => from.includes('testing/'))).map(({ name }) => name),
    ).toEqual([])
  })

  it('reads no clock, environment, randomness, file or socket', () => {
    const forbidden =
      /Date\.now|new Date\(\)|Math\.random|randomBytes|process\.|performance\.|fetch\(|setTimeout|console\./
    expect(files.filter(({ text }) => forbidden.test(text)).map(({ name }) => name)).toEqual([])
  })

  it('lists every name one by one', () => {
    const index = files.find(({ name }) => name === 'index.ts')
    expect(index?.text).not.toMatch(/export \*|default/)
    expect(Object.keys(door).length).toBeGreaterThan(60)
  })

  it('would notice: the patterns find what they look for', () => {
    expect(importsOf(`import a from 'zod'\nconst b = await import('node:fs')\nexport { c } from "yaml"`)).toEqual([
      'zod',
      'node:fs',
      'yaml',
    ])
  })
})
