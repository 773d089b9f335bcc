import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blocked, grant, id, point } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'

let world: World
let clone: string
let base: string
let head: string

beforeEach(() => {
  world = createWorld({
    listIncidents: () => ({ incidents: [] }),
    openGlass: () => ({ request: id('rq'), grants: [grant()] }),
    blockedChange: blocked,
    listPoints: () => ({ points: [point()] }),
  })
  clone = path.join(world.directory, 'clone')
  mkdirSync(clone)
  git('init', '--quiet', '--initial-branch=main')
  base = commitBy('base@acme.dev')
  git('update-ref', 'refs/remotes/origin/main', base)
  git('remote', 'add', 'origin', 'git@git.acme.example:acme/payments.git')
  commitBy('kofi@acme.dev')
  head = commitBy('ana@acme.dev')
})
afterEach(() => world.remove())

function git(...args: string[]): string {
  const env = { PATH: process.env['PATH'], HOME: world.directory, GIT_CONFIG_NOSYSTEM: '1' }
  return execFileSync('git', args, { cwd: clone, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}

let count = 0
function commitBy(email: string): string {
  writeFileSync(path.join(clone, 'file'), String(count++))
  git('add', 'file')
  git('-c', `user.email=${email}`, '-c', 'user.name=X', 'commit', '--quiet', '-m', 'x')
  return git('rev-parse', 'HEAD')
}

const given = ['--gate', 'payments/integration-tests', '--reason', 'Checkout is down']
const open = (...argv: string[]) => world.run(['open', ...argv, ...given], { cwd: clone })
const asked = () => world.server.calls.find(({ route }) => route === 'openGlass')?.body

describe('open in a checkout', () => {
  it('without an argument is about HEAD of this branch of the remote, and names who wrote what it adds', async () => {
    expect((await open()).exit).toBe(0)
    expect(asked()).toMatchObject({
      repository: 'acme/payments',
      ref: 'refs/heads/main',
      change: { commit: `sha1:${head}` },
      authors: ['ana@acme.dev', 'kofi@acme.dev'],
    })
  })

  it.each([
    ['a short commit', () => base.slice(0, 8)],
    ['a branch', () => 'side'],
  ])('turns %s into the whole commit', async (_, revision) => {
    git('branch', 'side', base)
    expect((await open(`acme/payments@${revision()}`, '--ref', 'release')).exit).toBe(0)
    expect(asked()).toMatchObject({
      ref: 'refs/heads/release',
      change: { commit: `sha1:${base}` },
      authors: ['base@acme.dev'],
    })
  })

  it('refuses what this clone does not know, and sends nothing', async () => {
    const { exit, stderr } = await open('acme/payments@deadbeef')
    expect(exit).toBe(2)
    expect(stderr).toContain('40 or 64 hex digits')
    expect(asked()).toBeUndefined()
  })

  it('with a detached head needs the branch', async () => {
    git('checkout', '--quiet', '--detach')
    expect((await open()).stderr).toContain('add --ref main')
    expect((await open('--ref', 'main')).exit).toBe(0)
  })

  it('whose remote is a path asks which repository is registered by an ending of it', async () => {
    git('remote', 'set-url', 'origin', '/srv/git/acme/payments.git')
    expect((await open()).exit).toBe(0)
    expect(asked()).toMatchObject({ repository: 'acme/payments' })
    world.server.handlers.listPoints = () => ({ points: [] })
    expect((await open()).stderr).toContain('git config breakglass.repository')
  })

  it('takes the name that somebody set for this clone', async () => {
    git('config', 'breakglass.repository', 'acme/other')
    await open()
    expect(asked()).toMatchObject({ repository: 'acme/other' })
  })
})
