import { BreakglassError } from '@breakglass/core/errors'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineCommand, type Entry } from './command.ts'
import { findCommand, parseArgs } from './parse.ts'

const command = defineCommand({
  positionals: [
    { name: 'change', summary: 'what' },
    { name: 'more', summary: 'more', optional: true },
  ],
  options: {
    gate: { type: 'list', summary: 'gates' },
    ttl: { type: 'duration', summary: 'how long' },
    days: { type: 'number', summary: 'how many' },
    severity: { type: 'text', choices: ['SEV1', 'SEV2'], summary: 'how grave' },
    offline: { type: 'flag', summary: 'offline' },
  },
  examples: [{ line: 'breakglass open a', words: 'x' }],
  exits: [],
  run: async () => 0,
})
const entry = (name: string): Entry => ({ name, group: 'g', summary: name, load: async () => command })
const entries = ['open', 'incident open', 'incident list', 'status'].map(entry)

function thrown(work: () => unknown): BreakglassError {
  try {
    work()
  } catch (error) {
    if (error instanceof BreakglassError) return error
    throw error
  }
  throw new Error('expected a refusal')
}

describe('a command', () => {
  it.each([
    [['open', 'x'], 'open', ['x']],
    [['incident', 'open', '--json'], 'incident open', ['--json']],
    [['--profile', 'work', '--json', 'open', 'x'], 'open', ['--profile', 'work', '--json', 'x']],
    [['--server=http://x', 'status'], 'status', ['--server=http://x']],
  ])('%j is found', (argv, name, tail) => {
    expect(findCommand(argv, entries)).toMatchObject({ kind: 'command', entry: { name }, tail })
  })

  it.each([
    [[], []],
    [['--help'], []],
    [['incident'], ['incident']],
    [['incident', '--help'], ['incident']],
  ])('%j asks for help', (argv, words) => expect(findCommand(argv, entries)).toEqual({ kind: 'help', words }))

  it.each([
    [['opne'], 'did you mean “open”?'],
    [['incident', 'lst'], 'did you mean “incident list”?'],
    [['xyzzy'], 'breakglass --help lists them'],
  ])('%j is unknown and says what was meant', (argv, next) => {
    expect(thrown(() => findCommand(argv, entries))).toMatchObject({ code: 'usage', data: { next } })
  })
})

describe('arguments', () => {
  const parse = (...tail: string[]) => parseArgs(command, 'open', tail)

  it('are typed as their options say', () => {
    const { args, globals } = parse(
      'a',
      '--gate',
      'x',
      '--gate=y',
      '--ttl',
      '1h30m',
      '--days',
      '3',
      '--severity',
      'SEV2',
      '--as',
      'me',
      '--',
      '--not',
    )
    expect(args).toEqual({
      positionals: ['a'],
      options: { gate: ['x', 'y'], ttl: 5400, days: 3, severity: 'SEV2', offline: false },
      rest: ['--not'],
    })
    expect(globals).toEqual({ profile: 'me', json: false, color: true, quiet: false })
  })

  it.each([
    [['a', '--gaet', 'x'], 'did you mean “--gate”?'],
    [['a', '--severity', 'SEV3'], 'did you mean “--SEV'],
    [['a', '--ttl', '15'], undefined],
    [['a', '--days', '1.5'], undefined],
    [['a', '--ttl'], undefined],
    [['a', '--gate', '--offline'], 'if the value begins with a dash, write --gate=--offline'],
    [['a', '--offline=yes'], undefined],
    [['a', '--days', '1', '--days', '2'], undefined],
    [['a', 'b', 'c'], 'put words that belong together in quotes'],
    [[], 'breakglass open --help shows how'],
    [['a', '-x'], undefined],
    [['a', '--constructor', 'x'], undefined],
  ])('%j are refused', (tail, next) => {
    const error = thrown(() => parse(...tail))
    expect(error.code).toBe('usage')
    if (next?.startsWith('did you mean “--SEV') === false) expect(error.data['next']).toBe(next)
  })

  it('are not missed when help is asked for', () => expect(parse('--help').wantsHelp).toBe(true))

  it('of any kind are read or refused as usage', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('--gate', '--ttl', '--', '--json', '-', '-h', '--gate='))
    fc.assert(
      fc.property(fc.array(word), tail => {
        try {
          parse(...tail)
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage' })
        }
      }),
    )
  })
})
