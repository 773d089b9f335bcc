import { exitCodes } from '@breakglass/core/errors'
import { describe, expect, it } from 'vitest'
import { readTracked, trackedFiles } from './tracked.ts'

/* What docs/operations.md lists, the code has; and the other way round. */
const page = readTracked('docs/operations.md').text

/** The text below a heading of the second level, up to the next. */
function sectionOf(text: string, heading: string): string {
  const [, rest = ''] = text.split(`\n## ${heading}\n`)
  return rest.split('\n## ')[0] ?? ''
}

/** The first cells of a table's rows and the ones after them, without the head. */
const rowsOf = (section: string): string[][] =>
  [...section.matchAll(/^\| (.+) \|$/gm)].map(([, row = '']) => row.split(' | ')).slice(1)

const codeName = (cell: string | undefined) => /^`([^`\s]+)/.exec(cell ?? '')?.[1] ?? ''

const sources = trackedFiles()
  .filter(file => /^packages\/server\/src\/.*\.ts$/.test(file) && !/\.test\.ts$|\/testing\//.test(file))
  .map(file => readTracked(file).text)

/** The kinds a source raises: written out, or by a constant that one of the sources sets. */
function kindsRaised(texts: readonly string[]): string[] {
  const all = texts.join('\n')
  const raised = [...all.matchAll(/raiseAlarm\(\s*\w+,\s*\{\s*kind:\s*(?:'(\w+)'|(\w+))/g)]
  const kinds = raised.map(([, kind, name]) => kind ?? new RegExp(`\\b${name} = '(\\w+)'`).exec(all)?.[1] ?? `?${name}`)
  return [...new Set(kinds)].toSorted()
}

describe('docs/operations.md', () => {
  it('lists every exit status in the words of the program', () => {
    const listed = rowsOf(sectionOf(page, 'Exit statuses')).filter(([status = '']) => /^\d+$/.test(status))
    expect(Object.fromEntries(listed)).toEqual(exitCodes)
  })

  it('lists every kind of alarm that the server raises', () => {
    const listed = rowsOf(sectionOf(page, 'Alarms')).map(([kind]) => codeName(kind))
    expect(listed.filter(kind => kind !== '')).toEqual(kindsRaised(sources))
  })

  it('lists every flag of the server', () => {
    const config = readTracked('packages/server/src/config.ts').text
    const [, options = ''] = /^const options = \{\n([\s\S]*?)^\} as const/m.exec(config) ?? []
    const flags = [...options.matchAll(/^ {2}'?([\w-]+)'?:/gm)].map(([, name = '']) => `--${name}`)
    const listed = rowsOf(sectionOf(page, 'Starting the server')).map(([flag]) => codeName(flag))
    expect(listed.filter(flag => flag !== '').toSorted()).toEqual(flags.filter(flag => flag !== '--help').toSorted())
  })

  it('and this test sees an alarm by its name and by its constant', () => {
    const texts = [
      "export const k = 'a_b'",
      "await raiseAlarm(run, { kind: k, key })\nraiseAlarm(run, { kind: 'c', key })",
    ]
    expect(kindsRaised(texts)).toEqual(['a_b', 'c'])
    expect(kindsRaised(['raiseAlarm(run, { kind: elsewhere, key })'])).toEqual(['?elsewhere'])
  })

  it('and this test reads the rows of one section alone', () => {
    const text = '# A\n\n## B\n\n| k | v |\n| --- | --- |\n| `a` | one |\n\n## C\n\n| `d` | two |\n'
    expect(rowsOf(sectionOf(text, 'B'))).toContainEqual(['`a`', 'one'])
    expect(rowsOf(sectionOf(text, 'B'))).not.toContainEqual(['`d`', 'two'])
  })
})
