import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../testing/world.ts'

let world: World
beforeEach(() => {
  world = createWorld()
  git('init', '--quiet', '--initial-branch=main')
})
afterEach(() => world.remove())

function git(...args: string[]): void {
  execFileSync('git', args, { cwd: world.directory, env: world.env, stdio: 'ignore' })
}

function commitAs(email: string): void {
  git('-c', 'user.name=X', '-c', `user.email=${email}`, 'commit', '--quiet', '--allow-empty', '-m', 'x')
}

function put(name: string, text: string): void {
  const file = path.join(world.directory, name)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const written = () => readFileSync(path.join(world.directory, 'breakglass.yaml'), 'utf8')

/** What `breakglass check` says of the program that `init` has just written. */
async function checkAfterInit(...options: string[]) {
  expect((await world.run(['init', ...options])).exit).toBe(0)
  const { exit, stdout } = await world.run(['check', '--json'])
  const { ok, remarks } = JSON.parse(stdout) as { ok: boolean; remarks: { level: string; rule: string }[] }
  return { exit, ok, rules: remarks.map(({ rule }) => rule) }
}

describe('what init writes has no error', () => {
  it('in a checkout with workflows, a GitLab file and several people', async () => {
    git('remote', 'add', 'origin', 'git@git.acme.example:acme/payments.git')
    git('config', 'user.email', 'ana@acme.dev')
    for (const email of ['ana@acme.dev', 'kofi@acme.dev', 'mina@acme.dev', '1+bot[bot]@users.noreply.acme.dev']) {
      commitAs(email)
    }
    put('.github/workflows/ci.yml', 'on: push\njobs:\n  build:\n    runs-on: x\n  "Deploy: prod ":\n    runs-on: x\n')
    put('.github/workflows/nightly.yaml', 'on: push\njobs:\n  build:\n    runs-on: x\n')
    put('.gitlab-ci.yml', '.base: {}\nrspec tests:\n  script: x\n')
    expect(await checkAfterInit('--timezone', 'Europe/Berlin')).toMatchObject({ exit: 0, ok: true })
    expect(written()).toContain('engineers: { members: [ana@acme.dev, kofi@acme.dev, mina@acme.dev] }')
    for (const gate of ['payments/build:', 'payments/deploy-prod:', 'payments/rspec-tests:']) {
      expect(written()).toContain(gate)
    }
  })

  it('in an empty repository without a remote, a CI file or anybody configured', async () => {
    const checked = await checkAfterInit()
    expect(checked).toMatchObject({ exit: 0, ok: true })
    // A program of one person says so; it is for them to name others.
    expect(checked.rules).toContain('one_owner')
    expect(written()).toContain('owners: [you@example.com]')
  })

  it('where git knows people by addresses that are none', async () => {
    git('config', 'user.email', 'root@localhost')
    commitAs('root@localhost')
    commitAs('ana')
    expect(await checkAfterInit()).toMatchObject({ exit: 0, ok: true })
  })

  it('until it is committed on the very branch that it guards: there no grant opens a gate', async () => {
    git('remote', 'add', 'origin', 'git@git.acme.example:acme/payments.git')
    git('config', 'user.email', 'ana@acme.dev')
    expect(await checkAfterInit()).toMatchObject({ ok: true })
    git('add', 'breakglass.yaml')
    commitAs('ana@acme.dev')
    const { exit, stdout } = await world.run(['check'])
    expect(exit).toBe(1)
    expect(stdout).toContain('gate_opens_program_source')
  })
})

describe('init', () => {
  it('takes no time zone that nobody knows, and then writes nothing', async () => {
    const { exit, stderr } = await world.run(['init', '--timezone', 'Mars/Olympus'])
    expect(exit).toBe(2)
    expect(stderr).toContain('Mars/Olympus')
    expect(() => written()).toThrow('ENOENT')
  })
})
