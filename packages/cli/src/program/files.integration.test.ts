import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digest, kofi, programVersion } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'
import { isMentioned, mentionedPaths } from './mentions.ts'

let world: World
beforeEach(() => {
  world = createWorld({
    publishProgram: () => ({
      version: programVersion({ state: 'waiting', class: 'widening', approvalsNeeded: 2, changes: [change] }),
      remarks: [],
    }),
    checkProgram: () => ({ ok: true, remarks: [remark], class: 'widening', changes: [change] }),
    approveProgram: () => programVersion({ approvers: [kofi] }),
    withdrawProgram: () => programVersion({ state: 'withdrawn' }),
    listPrograms: () => ({
      versions: [programVersion(), programVersion({ version: 2, digest: digest('b'), state: 'superseded' })],
    }),
    showProgram: () => ({ version: programVersion(), text: 'organization: acme\n', resolved: '{}' }),
  })
})
afterEach(() => world.remove())

const change = {
  path: 'gates.lint.break_glass.ttl',
  class: 'widening' as const,
  was: '30m',
  is: '2h',
  why: 'the gate may stay open longer',
}
const remark = {
  rule: 'long_ttl',
  level: 'advice' as const,
  file: 'breakglass.yaml',
  line: 3,
  column: 5,
  path: 'gates.lint',
  reason: 'Long.',
  remedy: 'Shorten it.',
}

function put(name: string, text: string): void {
  const file = path.join(world.directory, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.email=a@b.c', '-c', 'user.name=X', ...args], {
    cwd: world.directory,
    stdio: 'ignore',
  })
const sent = () => world.server.calls.at(-1)?.body as { files: Record<string, string>; source?: unknown }

describe('a program’s files', () => {
  it('are those it mentions, and those these mention, from its own directory alone', async () => {
    put(
      'breakglass.yaml',
      'include: gates/*.yaml\ncalendar: { holidays: ./calendars/de-be.yaml }\n# ../secret.yaml /etc/x.yaml https://h/schema.yaml\n',
    )
    put('gates/payments.yaml', 'include: [deep/**.yml]\n')
    put('gates/notes.txt', 'x')
    put('deep/a/b.yml', 'x')
    put('calendars/de-be.yaml', 'x')
    put('calendars/fr.yaml', 'x')
    put('elsewhere/secret.yaml', 'x')
    symlinkSync('/etc/hostname', path.join(world.directory, 'gates', 'link.yaml'))
    expect((await world.run(['program', 'diff'])).exit).toBe(0)
    expect(Object.keys(sent().files).sort()).toEqual(['calendars/de-be.yaml', 'deep/a/b.yml', 'gates/payments.yaml'])
  })

  it('that are missing or too large are said so', async () => {
    expect((await world.run(['program', 'diff'])).exit).toBe(4)
    put('breakglass.yaml', 'x'.repeat(1_048_577))
    expect((await world.run(['program', 'publish'])).exit).toBe(2)
    expect(world.server.calls).toEqual([])
  })

  it('never lie outside, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('.yaml', '/../x.yaml', '.ics', '/**.yml'), (text, end) => {
        for (const mention of mentionedPaths(`${text}${end}`)) {
          expect(path.join('/base', mention).startsWith('/base/')).toBe(true)
          isMentioned('gates/a.yaml', [mention])
        }
      }),
    )
  })
})

describe('program', () => {
  it('publish names the commit it is from when it is committed as it is, and what the second owner runs', async () => {
    git('init', '--quiet', '--initial-branch=main')
    put('breakglass.yaml', 'organization: acme\n')
    expect((await world.run(['program', 'publish'])).exit).toBe(0)
    expect(sent().source).toBeUndefined()
    git('add', 'breakglass.yaml')
    git('commit', '--quiet', '-m', 'x')
    git('remote', 'add', 'origin', 'https://git.acme.example/acme/program.git')
    const { stdout } = await world.run(['program', 'publish'])
    expect(sent().source).toMatchObject({ repository: 'acme/program', ref: 'refs/heads/main', path: 'breakglass.yaml' })
    expect(stdout).toContain('WIDENS  gates.lint.break_glass.ttl: the gate may stay open longer')
    expect(stdout).toContain(`breakglass program approve ${digest('a').slice(0, 19)}`)
    put('breakglass.yaml', 'organization: acme\n# changed\n')
    await world.run(['program', 'publish'])
    expect(sent().source).toBeUndefined()
  })

  it('diff prints remarks as editors find them', async () => {
    put('breakglass.yaml', 'x')
    const { stdout } = await world.run(['program', 'diff'])
    expect(stdout).toContain('breakglass.yaml:3:5 advice long_ttl (gates.lint): Long.')
    expect(stdout).toContain('This would be a widening change: it needs')
  })

  it('approve and withdraw take the beginning of a digest, and nothing that fits two', async () => {
    expect((await world.run(['program', 'approve', 'aaaaaaaa'])).exit).toBe(0)
    expect(world.server.calls.at(-1)?.params).toEqual({ digest: digest('a') })
    expect((await world.run(['program', 'withdraw', `${digest('b').slice(0, 19)}`])).exit).toBe(0)
    expect((await world.run(['program', 'approve', 'cccccccc'])).exit).toBe(4)
    expect((await world.run(['program', 'approve', 'aa'])).exit).toBe(2)
  })

  it('show and list', async () => {
    expect((await world.run(['program', 'show', '--text'])).stdout).toBe('organization: acme\n')
    expect((await world.run(['program', 'show', '2', '--resolved'])).stdout).toBe('{}')
    expect(world.server.calls.at(-1)?.params).toEqual({ which: digest('b') })
    expect((await world.run(['program', 'list'])).stdout).toContain('superseded')
  })
})

describe('init', () => {
  beforeEach(() => {
    git('init', '--quiet', '--initial-branch=trunk')
    git('remote', 'add', 'origin', 'git@git.acme.example:acme/payments.git')
    git('config', 'user.email', 'ana@acme.dev')
    put(
      '.github/workflows/ci.yml',
      'on: push\njobs:\n  unit-tests:\n    runs-on: x\n  "Deploy: prod":\n    needs: unit-tests\nfoo:\n  bar: x\n',
    )
    put('.gitlab-ci.yml', 'stages: [a]\n.template: {}\nlint:\n  script: x\nvariables:\n  A: b\n')
  })

  it('writes a program from what the checkout shows, and never over one', async () => {
    const { exit, stdout } = await world.run(['init'])
    expect(exit).toBe(0)
    expect(stdout).toContain('3 gates for acme/payments on trunk')
    const text = readFileSync(path.join(world.directory, 'breakglass.yaml'), 'utf8')
    for (const words of [
      'organization: acme',
      'payments/unit-tests:',
      'payments/deploy-prod:',
      'payments/lint:',
      'owners: [ana@acme.dev]',
      'branches: [trunk]',
    ]) {
      expect(text).toContain(words)
    }
    expect((await world.run(['init'])).exit).toBe(5)
    expect(readFileSync(path.join(world.directory, 'breakglass.yaml'), 'utf8')).toBe(text)
  })
})
