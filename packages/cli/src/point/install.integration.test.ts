import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatTrust, type Trust } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectedHook, hookState } from './hook-file.ts'
import { openHome } from './home.ts'
import { createGit } from './git.ts'
import { openJournal } from './journal.ts'
import { appendEvents } from './spool.ts'
import { spoolerOf } from './point.ts'
import { FakeServer } from './testing/fake-server.ts'
import { type Listening, listen } from './testing/http-listener.ts'
import { makeRepository, type TestRepository } from './testing/repository.ts'
import { cli, type CliRun } from './testing/run-cli.ts'
import { idNumbered, World } from './testing/world.ts'

let world: World
let server: FakeServer
let http: Listening
let repository: TestRepository
let trustFile: string
let home: string

beforeEach(async () => {
  world = new World()
  server = new FakeServer(world)
  http = await listen(server)
  repository = makeRepository()
  trustFile = join(repository.root, 'trust.json')
  writeFileSync(trustFile, world.trustText)
  home = join(repository.bare, 'breakglass')
})
afterEach(async () => {
  await http.close()
  repository.close()
})

function run(...argv: string[]): Promise<CliRun> {
  const env = { ...repository.env, BREAKGLASS_SERVER: http.url, BREAKGLASS_TOKEN: 'admin' }
  return cli(argv, { env, cwd: repository.root, now: () => world.nowMs })
}
const install = (...more: string[]) =>
  run(
    'hook',
    'install',
    '--repo',
    'payments.git',
    '--name',
    'acme/payments',
    '--trust',
    'trust.json',
    '--host',
    'git.acme.example',
    ...more,
  )

interface Doctor {
  ok: boolean
  findings: { check: string; state: string; words: string; remedy?: string }[]
}
async function doctor(): Promise<{ exit: number; bad: string[]; said: Doctor }> {
  const { exit, stdout } = await run('hook', 'doctor', '--repo', 'payments.git', '--json')
  const said: Doctor = JSON.parse(stdout)
  return {
    exit,
    said,
    bad: said.findings.filter(({ state }) => state !== 'ok').map(({ check, state }) => `${check} ${state}`),
  }
}

describe('hook install', () => {
  it('registers, pins trust, installs the hook, takes the program, and leaves nothing for the doctor', async () => {
    const ran = await install('--property', 'tier=1')
    expect([ran.exit, ran.stderr]).toEqual([0, ''])
    const point = openHome(home)
    expect(point.config).toMatchObject({ kind: 'git_hook', enforcement: 'enforced', server: http.url })
    expect(point.config.repository.id.id).toBe(repository.git(repository.bare, 'config', 'breakglass.repositoryid'))
    expect(server.points.map(({ id }) => id)).toEqual([point.config.id])
    expect(repository.git(repository.bare, 'config', 'receive.advertisePushOptions')).toBe('true')
    const script = join(repository.bare, 'hooks', 'pre-receive')
    expect(statSync(script).mode & 0o111).toBe(0o111)
    expect(readFileSync(script, 'utf8')).toContain(`hook run --point '${home}'`)
    expect(await doctor()).toMatchObject({ exit: 0, bad: [] })
  })

  it('run again registers nothing, and mends what was lost', async () => {
    await install()
    const first = openHome(home).config
    writeFileSync(join(repository.bare, 'hooks', 'pre-receive'), '#!/bin/sh\nexit 0\n')
    expect((await doctor()).bad).toEqual(['hook problem'])
    expect((await install()).exit).toBe(0)
    expect(server.points).toHaveLength(1)
    expect(openHome(home).config).toEqual(first)
    expect((await doctor()).exit).toBe(0)
  })

  it('keeps the hook that was there, and refuses to lose a second one', async () => {
    const script = join(repository.bare, 'hooks', 'pre-receive')
    mkdirSync(join(repository.bare, 'hooks'), { recursive: true })
    writeFileSync(script, '#!/bin/sh\nexit 3\n', { mode: 0o755 })
    expect((await install()).stdout).toContain('kept the hook')
    const kept = join(repository.bare, 'hooks', 'pre-receive.d', '50-before-breakglass')
    expect(readFileSync(kept, 'utf8')).toBe('#!/bin/sh\nexit 3\n')
    writeFileSync(script, '#!/bin/sh\nexit 4\n', { mode: 0o755 })
    expect((await install()).exit).toBe(2)
    expect(readFileSync(kept, 'utf8')).toBe('#!/bin/sh\nexit 3\n')
  })

  it('refuses hooks that are shared with other repositories', async () => {
    repository.git(repository.bare, 'config', 'core.hooksPath', repository.root)
    const ran = await install()
    expect([ran.exit, ran.stderr]).toEqual([2, expect.stringContaining('core.hooksPath')])
    repository.git(repository.bare, 'config', 'core.hooksPath', 'hooks')
    expect((await install()).exit).toBe(0)
  })

  it('refuses the trust of another organisation before anything is registered', async () => {
    writeFileSync(trustFile, formatTrust({ ...world.trust, organization: idNumbered('organization', 2) }))
    expect((await install()).exit).toBe(2)
    expect(server.points).toEqual([])
    expect(existsSync(home)).toBe(false)
  })

  it('takes a newer trust.json and refuses one that takes a key back', async () => {
    await install()
    const added: Trust = {
      ...world.trust,
      points: [
        {
          id: idNumbered('point', 9),
          kid: world.stranger.kid,
          key: world.stranger.publicKey,
          ranges: [{ origin: 'ledger.acme.example/breakglass', fromIndex: 3 }],
        },
      ],
    }
    writeFileSync(trustFile, formatTrust(added))
    expect((await install()).exit).toBe(0)
    expect(openHome(home).trust.points).toHaveLength(1)
    expect((await doctor()).bad).toEqual(['trust warning'])
    writeFileSync(trustFile, world.trustText)
    const ran = await install()
    expect([ran.exit, ran.stderr]).toEqual([2, expect.stringContaining('takes back')])
  })

  it('is closed without a program until hook sync has one', async () => {
    server.hasProgram = false
    expect((await install()).stdout).toContain('closed until a program is accepted')
    expect((await doctor()).bad).toEqual(['program problem'])
    expect((await run('hook', 'sync', '--repo', 'payments.git')).exit).toBe(6)
    server.hasProgram = true
    expect((await run('hook', 'sync', '--repo', 'payments.git')).exit).toBe(0)
    expect((await doctor()).bad).toEqual([])
  })

  it('needs a bare repository, and what else it was not told', async () => {
    expect((await run('hook', 'install', '--repo', 'clone', '--name', 'a', '--trust', 'trust.json')).exit).toBe(2)
    expect((await run('hook', 'install', '--repo', 'payments.git')).exit).toBe(2)
    expect((await install('--property', 'tier')).exit).toBe(2)
  })
})

describe('hook doctor', () => {
  beforeEach(async () => void (await install()))

  it.each([
    [
      'a hook that git cannot run',
      () => chmodSync(join(repository.bare, 'hooks', 'pre-receive'), 0o644),
      'hook problem',
    ],
    [
      'hooks that git looks for elsewhere',
      () => repository.git(repository.bare, 'config', 'core.hooksPath', '/nowhere'),
      'hook problem',
    ],
    [
      'push options that are off',
      () => repository.git(repository.bare, 'config', 'receive.advertisePushOptions', 'false'),
      'push options problem',
    ],
    ['a key that others may read', () => chmodSync(join(home, 'point.key'), 0o644), 'files problem'],
    ['a program that is gone', () => writeFileSync(join(home, 'bundle.json'), '{}'), 'program problem'],
    ['a clock that is wrong', () => void (server.skewMs = 120_000), 'clock problem'],
    ['a program of yesterday', () => void (world.nowMs += 86_400_001), 'program warning'],
  ])('finds %s', async (_, spoil, expected) => {
    spoil()
    const { exit, bad, said } = await doctor()
    expect(bad).toContain(expected)
    expect(exit).toBe(expected.endsWith('problem') ? 1 : 0)
    expect(said.findings.every(({ state, remedy }) => state === 'ok' || (remedy ?? '') !== '')).toBe(true)
  })

  it('finds the server gone and events waiting', async () => {
    server.isDown = true
    const journal = openJournal(home)
    const spooler = spoolerOf(openHome(home))
    const event = { kind: 'point.refused', body: { code: 'no_result', untold: 0 } } as const
    journal.inTransaction(() => appendEvents(journal, spooler, [event], world.nowMs))
    journal.close()
    expect(await doctor()).toMatchObject({ exit: 1, bad: ['server problem', 'events warning'] })
    expect((await run('hook', 'sync', '--repo', 'payments.git')).exit).toBe(6)
    server.isDown = false
    expect((await run('hook', 'sync', '--repo', 'payments.git')).exit).toBe(0)
    expect((await doctor()).bad).toEqual([])
  })

  it('says where no point is', async () => {
    expect((await run('hook', 'doctor', '--repo', 'clone')).exit).toBe(4)
    expect((await run('hook', 'doctor')).exit).toBe(2)
  })
})

it('gate install makes a point for CI of the same repository, cooperative unless said otherwise', async () => {
  await install()
  const hook = openHome(home).config
  const ran = await run('gate', 'install', '--dir', 'ci', '--name', 'acme/payments', '--trust', 'trust.json')
  expect(ran.exit).toBe(0)
  const { config } = openHome(join(repository.root, 'ci'))
  expect(config).toMatchObject({ kind: 'ci', enforcement: 'cooperative', repository: hook.repository })
  expect(config.id).not.toBe(hook.id)
  expect((await run('gate', 'install', '--dir', 'ci', '--name', 'acme/payments', '--trust', 'trust.json')).exit).toBe(0)
  expect(server.points).toHaveLength(2)
})

it('knows the hook by its bytes', async () => {
  await install()
  const git = createGit({ dir: repository.bare, env: repository.env })
  const journal = openJournal(home)
  const expected = expectedHook(journal) ?? ''
  journal.close()
  expect(hookState(git, expected).state).toBe('intact')
  writeFileSync(join(repository.bare, 'hooks', 'pre-receive'), '#!/bin/sh\n', { mode: 0o755 })
  expect(hookState(git, expected).state).toBe('changed')
})
