import { readFileSync } from 'node:fs'
import { checkRules, formatResolved, parseProgram, programJsonSchema, resolveProgram } from '@breakglass/core/program'
import { describe, expect, it } from 'vitest'
import { checkOffline } from './check-offline.ts'

/* docs/program.md against what it describes. Its command lines are parsed in command-lines.test.ts. */

const page = readFileSync(new URL('../../../../docs/program.md', import.meta.url), 'utf8')

/** The text below a heading, up to the next one of the same level or above. */
function sectionOf(heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0
  const lines = page.split('\n')
  const from = lines.indexOf(heading)
  if (from === -1) throw new Error(`docs/program.md has no heading ${heading}`)
  const length = lines.slice(from + 1).findIndex(line => new RegExp(`^#{1,${level}} `).test(line))
  return lines.slice(from + 1, length === -1 ? undefined : from + 1 + length).join('\n')
}

const rowsOf = (section: string): string[][] =>
  [...section.matchAll(/^\| (.*) \|$/gm)].slice(2).map(([, row = '']) => row.split(' | '))

const programsIn = (section: string): string[] =>
  [...section.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(match => match[1] ?? '')

function spelt(text: string): string {
  const read = parseProgram({ file: 'breakglass.yaml', text })
  if (!read.ok) throw new Error(read.remarks[0]?.reason)
  const repository = {
    id: { forge: 'git', host: 'git.acme.example', id: 'r_1' },
    name: 'acme/payments',
    properties: {},
  }
  const resolution = resolveProgram(read.source, { repositories: [repository] })
  if (!resolution.ok) throw new Error(resolution.remarks[0]?.reason)
  return formatResolved(resolution.resolved)
}

/** Keys of every mapping with fixed keys, wherever it lies. */
function keysIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(keysIn)
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, inner]) =>
    name === 'properties'
      ? [...Object.keys(inner as object), ...Object.values(inner as object).flatMap(keysIn)]
      : keysIn(inner),
  )
}

describe('docs/program.md', () => {
  it('lists every rule of the check with its level and words, in order, each with a remedy, and no other', () => {
    const rows = rowsOf(sectionOf('## Check rules'))
    expect(rows.map(([rule, level, words]) => [rule, level, words])).toEqual(
      Object.entries(checkRules).map(([rule, [level, words]]) => [`\`${rule}\``, level, words]),
    )
    for (const [rule, , , remedy] of rows) expect([rule, remedy]).toEqual([rule, expect.stringMatching(/\w{3}/)])
  })

  it('names every key that a program may have', () => {
    const keys = [...new Set(keysIn(programJsonSchema()))]
    expect(keys.length).toBeGreaterThan(50)
    const before = page.slice(0, page.indexOf('\n## Defaults'))
    expect(keys.filter(key => !new RegExp(`\`(?:[^\`\n]*[^\\w\`])?${key}\\b[^\`\n]*\``).test(before))).toEqual([])
  })

  it('shows programs that have no error', () => {
    const programs = programsIn(page)
    expect(programs.length).toBeGreaterThanOrEqual(4)
    for (const text of programs) {
      const { remarks } = checkOffline({ file: 'breakglass.yaml', text, files: {} })
      expect(remarks.filter(({ level }) => level === 'error')).toEqual([])
    }
  })

  it('begins with a program that the check has nothing to say of', () => {
    const [first = ''] = programsIn(page)
    expect(checkOffline({ file: 'breakglass.yaml', text: first, files: {} }).remarks).toEqual([])
  })

  it('gives the defaults that hold: what is left out and what is written out resolve to the same bytes', () => {
    const [short = '', long = '', ...others] = programsIn(sectionOf('## Defaults'))
    expect(others).toEqual([])
    expect(spelt(short)).toBe(spelt(long))
    // The long one writes each row of the table out.
    const keys = rowsOf(sectionOf('## Defaults')).flatMap(([key = '']) =>
      [...key.matchAll(/`([^`]+)`/g)].map(m => m[1]),
    )
    expect(keys.length).toBeGreaterThan(20)
    for (const key of keys) expect(long).toMatch(new RegExp(`\\b${key?.split('.').at(-1)}:`))
  })

  it.each(['## Defaults', '## Widening and narrowing'])('has the heading %s that the code cites', heading => {
    expect(sectionOf(heading).trim()).not.toBe('')
  })
})
