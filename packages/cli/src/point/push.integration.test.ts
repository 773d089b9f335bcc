import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Commit } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openHome } from './home.ts'
import { hexOf } from './object-id.ts'
import { type Installed, makeInstalled } from './testing/installed.ts'
import { refLine } from './testing/repository.ts'
import { gates, repository as testRepository } from './testing/world.ts'

const main = 'refs/heads/main'
let at: Installed
let base: Commit
let tip: Commit

beforeEach(async () => {
  at = await makeInstalled()
  base = at.repository.commit()
  at.repository.set(main, base)
  tip = at.repository.commit()
})
afterEach(() => at.close())

const mainNow = () => `sha1:${at.repository.git(at.repository.bare, 'rev-parse', main)}`
/** The installed repository has an id of its own, which its grants must name. */
const here = () => ({ at: openHome(at.home).config.id, repository: openHome(at.home).config.repository.id })
const grantHere = (wish = {}) => at.server.grant({ commit: tip, ...here(), ...wish })
function pass(commit: Commit): void {
  const jws = at.world.receipt({ gate: gates.tests, commit, repository: here().repository })
  at.server.receipts.push({ gate: gates.tests, commit, jws })
}
beforeEach(async () => {
  // The program must name the repository by the id that it got when the hook was installed.
  const { program } = at.world
  const on = { repositories: [{ id: here().repository, name: 'acme/payments' }], branches: ['main', 'release/*'] }
  const own = Object.values(program.gates).map(gate => [gate.name, { ...gate, on }] as const)
  expect(here().repository).not.toEqual(testRepository)
  at.world.publish({ ...program, gates: Object.fromEntries(own) })
  expect((await at.start(['hook', 'sync', '--point', at.home]).ended).status).toBe(0)
})

describe('git push', () => {
  it('is refused in words that end in the one command, and leaves the branch where it was', async () => {
    const pushed = await at.push('origin', 'main')
    expect(pushed.status).toBe(1)
    expect(pushed.output).toContain(
      `remote:     next: breakglass open acme/payments@${hexOf(tip)} --ref main --gate ${gates.tests}`,
    )
    expect(pushed.output).toContain('pre-receive hook declined')
    expect(mainNow()).toBe(base)
  })

  it('goes through where the gate passed, and where nothing is protected', async () => {
    expect((await at.push('origin', 'HEAD:refs/heads/topic')).status).toBe(0)
    pass(tip)
    expect((await at.push('origin', 'main')).status).toBe(0)
    expect(mainNow()).toBe(tip)
    expect(at.server.reports.map(({ kind }) => kind)).toContain('point.allowed')
  })

  it('goes through by an online grant, once', async () => {
    const grant = grantHere()
    const pushed = await at.push('origin', 'main')
    expect(pushed.output).toContain(grant.id)
    expect([pushed.status, mainNow(), grant.keys.length]).toEqual([0, tip, 1])
    const next = at.repository.commit()
    expect((await at.push('origin', 'main')).status).toBe(1)
    expect(mainNow()).not.toBe(next)
  })

  it('goes through without the server by an offline grant, handed over as a push option', async () => {
    const { carried } = at.world.grant({ commit: tip, ...here(), mode: 'offline' })
    at.server.isDown = true
    expect((await at.push('origin', 'main')).status).toBe(1)
    expect((await at.push('-o', `breakglass.grant=${carried}`, 'origin', 'main')).status).toBe(0)
    expect(mainNow()).toBe(tip)
  })

  it('is refused by force, as a deletion, and in part, whatever is shown', async () => {
    pass(tip)
    pass(base)
    await at.push('origin', 'main')
    const forced = await at.push('--force', 'origin', `${hexOf(base)}:${main}`)
    expect(forced.output).toContain('rewrite a protected branch')
    at.repository.git(at.repository.bare, 'symbolic-ref', 'HEAD', 'refs/heads/other')
    expect((await at.push('origin', `:${main}`)).output).toContain('delete a protected branch')
    const parts = await at.push(
      'origin',
      'HEAD:refs/heads/topic',
      `${hexOf(base)}:refs/heads/release/1`,
      `+${hexOf(base)}:${main}`,
    )
    expect(parts.status).toBe(1)
    expect(at.repository.tryGit(at.repository.bare, 'rev-parse', '--verify', 'refs/heads/topic').status).not.toBe(0)
    expect(mainNow()).toBe(tip)
  })

  it('asks the hook that was there before, and spends nothing when that says no', async () => {
    const dir = join(at.repository.bare, 'hooks', 'pre-receive.d')
    mkdirSync(dir, { recursive: true })
    const other = join(dir, '10-policy')
    writeFileSync(other, '#!/bin/sh\nread old new ref\necho "policy saw $ref" >&2\nexit 1\n')
    chmodSync(other, 0o755)
    const grant = grantHere()
    const pushed = await at.push('origin', 'main')
    expect(pushed.output).toContain(`policy saw ${main}`)
    expect([pushed.status, grant.keys.length]).toEqual([1, 0])
  })

  it('stays closed when the program that judges is gone', async () => {
    const hook = join(at.repository.bare, 'hooks', 'pre-receive')
    const { hookScript } = await import('./hook-file.ts')
    writeFileSync(hook, hookScript(at.home, { node: process.execPath, bin: '/nowhere/breakglass.js' }))
    pass(tip)
    const pushed = await at.push('origin', 'main')
    expect([pushed.status, pushed.output]).toEqual([1, expect.stringContaining('gates stay closed')])
  })

  it('by two people at one moment lands once, on one use', async () => {
    const grant = grantHere()
    // Neither goes on until both were judged on the same branch.
    let reached = 0
    let release = (): void => {}
    const both = new Promise<void>(resolve => {
      release = resolve
    })
    at.server.beforeAnswer.set('spendGrants', () => {
      reached += 1
      if (reached === 2) release()
      return both
    })
    const rival = at.start(['hook', 'run', '--point', at.home], refLine(main, base, tip))
    const pushes = await Promise.all([at.push('origin', 'main'), rival.ended])
    expect(pushes.map(({ status }) => status)).toEqual([0, 0])
    expect([grant.keys.length, mainNow()]).toEqual([1, tip])
  })
})

describe('a hook that is killed', () => {
  it.each([
    ['after the server counted the use, before it answered', 'spendGrants'],
    ['after it wrote the use down, before it ended', 'sendReports'],
  ])('%s leaves the same landing its use, and no other', async (_, route) => {
    const grant = grantHere()
    const hook = at.start(['hook', 'run', '--point', at.home], refLine(main, base, tip))
    at.server.beforeAnswer.set(route, async () => {
      hook.child.kill('SIGKILL')
      await hook.ended
    })
    expect((await hook.ended).signal).toBe('SIGKILL')
    expect([grant.keys.length, mainNow()]).toEqual([1, base])
    at.server.beforeAnswer.clear()
    expect((await at.push('origin', 'main')).status).toBe(0)
    expect([grant.keys.length, mainNow()]).toEqual([1, tip])
    expect(at.server.reports.filter(({ kind }) => kind === 'point.used')).toHaveLength(1)
  })
})

describe('the watcher as a process', () => {
  it('sees a move past the hook, ends cleanly on SIGTERM, and finds what moved while it was killed', async () => {
    const told = () =>
      new Promise<void>(resolve => at.server.beforeAnswer.set('sendObservations', async () => resolve()))
    const first = at.start(['watch', '--repo', at.repository.bare, '--interval', '1s'])
    const firstTold = told()
    at.repository.set(main, tip)
    await firstTold
    first.child.kill('SIGKILL')
    await first.ended
    at.repository.set(main, base)
    const secondTold = told()
    const second = at.start(['watch', '--repo', at.repository.bare, '--interval', '1s'])
    await secondTold
    second.child.kill('SIGTERM')
    const ended = await second.ended
    expect([ended.status, ended.signal]).toEqual([0, null])
    expect(ended.output).toContain('bypass: refs/heads/main')
    const moves = [...at.server.observations.values()].flatMap(one =>
      one.kind === 'advance' ? [[one.old, one.new]] : [],
    )
    // The tips of the day of installation: the branch was made afterwards, past the hook.
    expect(moves.at(-1)).toEqual([tip, base])
  })
})
