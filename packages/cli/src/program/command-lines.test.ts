import { readFileSync } from 'node:fs'
import { decide } from '@breakglass/core/decide'
import { type PublishedProgram, compileProgram } from '@breakglass/core/program'
import { renderRunbook } from '@breakglass/core/runbook'
import { describe, expect, it } from 'vitest'
import { base, loadCases, published } from '../../../core/src/decide/testdata/load.ts'
import { parseChangeRef } from '../change-ref.ts'
import { entries } from '../commands/registry.ts'
import { findCommand, parseArgs } from '../framework/parse.ts'

/*
 * The words that people are told to type at three in the morning are parsed here as the command line will parse them.
 */

/** Every `breakglass …` in a text: up to a comma, semicolon or closing bracket, or to the end of its paragraph. */
function commandLines(text: string): string[] {
  const paragraphs = text.split(/\n\s*\n/).map(part => part.replaceAll(/ \\\n/g, ' ').replaceAll(/\s+/g, ' '))
  return paragraphs.flatMap(part =>
    [...part.matchAll(/\bbreakglass ((?:"[^"]*"|[^",;)`])+)/g)].map(match =>
      (match[1] ?? '').trim().replace(/\.$/, ''),
    ),
  )
}

/** As a shell splits words: quotes keep spaces. A placeholder in angle brackets is one word. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|((?:<[^>]*>|[^\s"])+)/g)].map(match => match[1] ?? match[2] ?? '')

/** Throws what the command line would say of it; answers which command it is. */
async function parsed(line: string): Promise<string> {
  // Where a shell sends what is printed is not ours.
  const [typed = ''] = line.split(' > ')
  const found = findCommand(wordsOf(typed), entries)
  if (found.kind !== 'command') return found.kind
  const { args } = parseArgs(await found.entry.load(), found.entry.name, found.tail)
  const [change] = args.positionals
  if (found.entry.name === 'open' && change !== undefined) {
    const filledIn = change.replace('<repository>', 'acme/payments').replace('<commit>', 'a'.repeat(40))
    expect(parseChangeRef(filledIn), line).toMatchObject({ kind: 'commit' })
  }
  return found.entry.name
}

async function checkLines(text: string): Promise<string[]> {
  const names: string[] = []
  for (const line of commandLines(text)) {
    const name = await parsed(line).catch((error: Error) => expect.fail(`breakglass ${line}: ${error.message}`))
    names.push(name)
  }
  return names
}

const example = (name: string) => readFileSync(new URL(`../../../../examples/${name}`, import.meta.url), 'utf8')

function exampleProgram(): PublishedProgram {
  const files = {
    'gates/platform.yaml': example('gates/platform.yaml'),
    'calendars/de-be.yaml': example('calendars/de-be.yaml'),
  }
  const repositories = ['acme/payments', 'acme/ledger'].map(name => ({
    id: { forge: 'git', host: 'git.acme.example', id: name },
    name,
    properties: { tier: '1' },
  }))
  const compiled = compileProgram(
    { file: 'breakglass.yaml', text: example('breakglass.yaml'), files },
    { repositories },
  )
  if (!compiled.ok) throw new Error('the example has errors')
  return published(compiled.resolved)
}

describe('the runbook', () => {
  it.each([
    ['of the decision tables', () => published(base.program)],
    ['of the example', exampleProgram],
  ])('%s holds command lines that the command line takes', async (_, program) => {
    const names = await checkLines(renderRunbook(program(), { url: 'https://breakglass.acme.example' }))
    expect(new Set(names)).toEqual(new Set(['runbook', 'incident open', 'open', 'approve', 'revoke']))
    // One for each gate that may be opened from the command line, and one without a gate.
    const gates = Object.values(program().program.gates)
    const openable = gates.filter(
      ({ boundary, breakGlass, whenItCannotRun }) =>
        boundary !== 'operate' && (breakGlass.kind === 'allowed' || whenItCannotRun !== undefined),
    )
    expect(names.filter(name => name === 'open')).toHaveLength(openable.length + 1)
  })
})

describe('what a refusal tells people to do', () => {
  const remedies = new Map(
    loadCases().flatMap(row => {
      const reasons = decide(row.program, row.request, row.facts).reasons.children ?? []
      return reasons.flatMap(({ rule, remedy }) =>
        remedy === undefined ? [] : [[`${rule}: ${remedy}`, remedy] as const],
      )
    }),
  )

  it.each([...remedies])('%s', async (_, remedy) => {
    await checkLines(remedy)
    // An option by itself is one of the command that was refused.
    const open = await entries.find(({ name }) => name === 'open')?.load()
    if (open === undefined) throw new Error('there is no command open')
    const alone = commandLines(remedy).reduce((text, line) => text.replace(line, ''), remedy)
    for (const [option, value] of [...alone.matchAll(/(--[a-z][a-z-]*)((?: "[^"]*"| \d+s)?)/g)].map(m => [
      m[1],
      m[2],
    ])) {
      expect(Object.keys(open.options).map(name => `--${name}`)).toContain(option)
      if (value !== '') parseArgs(open, 'open', wordsOf(`${option}${value}`))
    }
  })

  it('names commands, so that this test finds some', async () => {
    const named = await Promise.all([...remedies.values()].map(checkLines))
    const expected = ['incident list', 'incident open', 'incident set', 'person invite', 'point list', 'show']
    expect([...new Set(named.flat())].sort()).toEqual(expected)
  })
})

describe('docs/program.md', () => {
  it('holds command lines that the command line takes', async () => {
    const page = readFileSync(new URL('../../../../docs/program.md', import.meta.url), 'utf8')
    const names = await checkLines(page)
    expect(new Set(names)).toContain('check')
    expect(new Set(names)).toContain('program publish')
  })
})

describe('a command line in a text', () => {
  it('is found with its quoted words, over line ends, and up to where it ends', () => {
    const text =
      'Say: breakglass incident open --severity SEV1 "a, b; c", or (breakglass incident list).\n\n  breakglass open x \\\n    --gate y'
    expect(commandLines(text)).toEqual(['incident open --severity SEV1 "a, b; c"', 'incident list', 'open x --gate y'])
  })

  it('is refused when the command line would refuse it', async () => {
    for (const line of ['opne', 'open --because "…"', 'incident raise', 'approve', 'open a b', 'open --ttl soon']) {
      await expect(parsed(line)).rejects.toMatchObject({ code: 'usage' })
    }
  })
})
