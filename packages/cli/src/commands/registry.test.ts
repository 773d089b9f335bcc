import { exitCodes } from '@breakglass/core/errors'
import { existsSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { findCommand, parseArgs } from '../framework/parse.ts'
import { createWorld } from '../testing/world.ts'
import { entries } from './registry.ts'

const world = createWorld()
afterAll(() => world.remove())

describe.each(entries.map(entry => [entry.name, entry] as const))('%s', (name, entry) => {
  it('lies in the file of its name', () => {
    expect(existsSync(new URL(`./${name.replace(' ', '-')}.ts`, import.meta.url))).toBe(true)
  })

  it('has examples that its own options read', async () => {
    const command = await entry.load()
    expect(command.examples.length).toBeGreaterThan(0)
    for (const { line, words } of command.examples) {
      expect(words).not.toBe('')
      // What a shell would do with the rest of the line is not ours; a hook is used by pushing.
      const [first = ''] = line.split(/ (?:&&|>) /)
      const [program, ...argv] = splitWords(first)
      expect(name === 'hook run' ? ['git', 'breakglass'] : ['breakglass']).toContain(program)
      if (program === 'git') continue
      const found = findCommand(argv, entries)
      expect(found).toMatchObject({ kind: 'command', entry: { name } })
      if (found.kind === 'command') parseArgs(command, name, found.tail)
    }
  })

  it('prints a help with its examples and exit codes, and nothing else happens', async () => {
    const { exit, stdout, stderr } = await world.run([...name.split(' '), '--help'])
    const command = await entry.load()
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    for (const { line } of command.examples) expect(stdout).toContain(line)
    for (const code of command.exits) expect(stdout).toContain(exitCodes[code])
    expect(world.server.calls).toEqual([])
  })
})

describe('the overview', () => {
  it('names every command', async () => {
    const { exit, stdout } = await world.run(['--help'])
    expect(exit).toBe(0)
    for (const { name, summary } of entries) {
      expect(stdout).toContain(name)
      expect(stdout).toContain(summary)
    }
  })

  it('is told apart from a noun, a command and the exit codes', async () => {
    expect((await world.run(['help', 'incident'])).stdout).toContain('incident resolve')
    expect((await world.run(['help', 'incident', 'open'])).stdout).toContain('--severity')
    expect((await world.run(['help', 'exit-codes'])).stdout).toContain(exitCodes[6])
    expect(JSON.parse((await world.run(['help', 'exit-codes', '--json'])).stdout)).toEqual(
      Object.fromEntries(Object.entries(exitCodes)),
    )
    expect((await world.run(['help', 'nonsense'])).exit).toBe(2)
  })

  it('says its version', async () => expect((await world.run(['--version'])).stdout).toBe('0.0.0-test\n'))
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s knows every command and option', async shell => {
    const { exit, stdout } = await world.run(['completion', shell])
    expect(exit).toBe(0)
    for (const { name, load } of entries) {
      for (const word of name.split(' ')) expect(stdout).toContain(word)
      for (const option of Object.keys((await load()).options)) expect(stdout).toContain(option)
    }
  })

  it('for another shell is refused', async () => expect((await world.run(['completion', 'csh'])).exit).toBe(2))
})

describe('a wrong command line', () => {
  it('is one JSON document on standard error where JSON was asked for', async () => {
    const { exit, stdout, stderr } = await world.run(['opne', '--json'])
    expect(exit).toBe(2)
    expect(stdout).toBe('')
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'usage', message: expect.any(String), next: 'did you mean “open”?' },
    })
  })
})

/** As a shell splits words: quotes keep spaces. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|([^\s"']+)/g)].map(match => match[1] ?? match[2] ?? match[3] ?? '')
}
