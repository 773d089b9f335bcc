import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Commit } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGit, type Git } from './git.ts'
import { hookScript, rememberHook, writeHook } from './hook-file.ts'
import { judgePush } from './hook.ts'
import { makePoint, type PointKit } from './testing/point-kit.ts'
import { makeRepository, refLine, type TestRepository } from './testing/repository.ts'
import { gates, programWith } from './testing/world.ts'
import { keepTips } from './tips.ts'
import { look, tell } from './watcher.ts'

const main = 'refs/heads/main'
let repository: TestRepository
let kit: PointKit
let git: Git
let commits: Commit[]

beforeEach(async () => {
  repository = makeRepository()
  kit = await makePoint({ synced: false })
  kit.world.publish(programWith([gates.tests]))
  await tell(kit.point)
  git = createGit({ dir: repository.bare, env: repository.env })
  commits = [repository.commit(), repository.commit(), repository.commit()]
  repository.set(main, commits[0]!)
  const hook = writeHook(git, hookScript(kit.dir, { node: '/bin/false', bin: '/bin/false' }))
  rememberHook(kit.point.journal, hook.digest)
  keepTips(kit.point.journal, git.heads())
})
afterEach(() => {
  kit.close()
  repository.close()
})

/** A push that the hook let through, and that git then took. */
async function land(from: number, to: number): Promise<void> {
  const tip = commits[to]!
  kit.server.pass(gates.tests, tip)
  const stdin = Buffer.from(refLine(main, commits[from], tip))
  const verdict = await judgePush(kit.point, { stdin, env: {}, git, others: async () => true })
  expect(verdict.outcome).toBe('open')
  repository.set(main, tip)
}

const seen = () =>
  [...kit.server.observations.values()].map(one =>
    one.kind === 'hook'
      ? one.state
      : `${one.ref} ${commits.indexOf(one.old as Commit)}→${commits.indexOf(one.new as Commit)}`,
  )
async function watch(): Promise<string[]> {
  const lines = look(kit.point, git)
  await tell(kit.point)
  return lines
}

describe('a move of a protected branch', () => {
  it('that the hook let through is none to report', async () => {
    await land(0, 1)
    expect(await watch()).toEqual([])
    expect(seen()).toEqual([])
  })

  it('that the hook did not let through is reported once', async () => {
    repository.set(main, commits[1]!)
    expect(await watch()).toHaveLength(1)
    expect(await watch()).toEqual([])
    expect(seen()).toEqual([`${main} 0→1`])
  })

  it('made of several pushes between two looks is none to report', async () => {
    await land(0, 1)
    await land(1, 2)
    await watch()
    expect(seen()).toEqual([])
  })

  it('made partly past the hook is told apart by the reflog', async () => {
    repository.git(repository.bare, 'config', 'core.logAllRefUpdates', 'true')
    repository.set(main, commits[1]!)
    repository.set(main, commits[0]!)
    await watch()
    kit.server.observations.clear()
    await land(0, 1)
    repository.set(main, commits[2]!)
    const lines = await watch()
    expect(seen()).toEqual([`${main} 1→2`])
    expect(lines).toHaveLength(1)
  })

  it('back to where it was, past the hook, is reported though it went forward by the hook', async () => {
    await land(0, 1)
    await watch()
    repository.set(main, commits[0]!)
    await watch()
    expect(seen()).toEqual([`${main} 1→0`])
  })

  it('is also one that creates or deletes it', async () => {
    repository.set('refs/heads/release/1', commits[1]!)
    repository.git(repository.bare, 'update-ref', '-d', main)
    await watch()
    expect(seen().sort()).toEqual([`${main} 0→-1`, 'refs/heads/release/1 -1→1'])
  })

  it('is found by a watcher that was down meanwhile', async () => {
    repository.set(main, commits[1]!)
    const later = kit.reopen()
    expect(look(later, git)).toHaveLength(1)
    await tell(later)
    expect(seen()).toEqual([`${main} 0→1`])
  })

  it('is reported once by two watchers at once', async () => {
    repository.set(main, commits[1]!)
    const other = kit.reopen()
    const lines = [...look(kit.point, git), ...look(other, git)]
    await tell(kit.point)
    await tell(other)
    expect(lines).toHaveLength(1)
    expect(seen()).toHaveLength(1)
  })

  it('of an unprotected branch, a tag, or a symbolic ref to a branch is none to report', async () => {
    await land(0, 1)
    repository.git(repository.bare, 'symbolic-ref', 'refs/heads/release/now', main)
    repository.set('refs/heads/topic', commits[1]!)
    repository.set('refs/tags/main', commits[1]!)
    expect(await watch()).toEqual([])
  })

  it('is not lost while nobody can say what is protected', async () => {
    const path = join(kit.dir, 'bundle.json')
    rmSync(path)
    repository.set(main, commits[1]!)
    expect(look(kit.point, git)).toEqual([])
    kit.world.nowMs += 61_000
    await tell(kit.point)
    await watch()
    expect(seen()).toEqual([`${main} 0→1`])
  })
})

describe('the hook', () => {
  it('is reported when it changes, is gone, and is back, each once', async () => {
    const path = join(repository.bare, 'hooks', 'pre-receive')
    appendFileSync(path, '# changed\n')
    await watch()
    await watch()
    appendFileSync(path, '# changed again\n')
    await watch()
    rmSync(path)
    await watch()
    writeHook(git, hookScript(kit.dir, { node: '/bin/false', bin: '/bin/false' }))
    expect(await watch()).toHaveLength(1)
    expect(seen()).toEqual(['changed', 'changed', 'missing', 'intact'])
  })

  it('is as good as changed when git looks elsewhere', async () => {
    repository.git(repository.bare, 'config', 'core.hooksPath', join(repository.root, 'elsewhere'))
    await watch()
    expect(seen()).toEqual(['missing'])
  })
})

describe('while the server is away', () => {
  it('what was seen waits, and is sent once under the same id', async () => {
    kit.server.isDown = true
    repository.set(main, commits[1]!)
    look(kit.point, git)
    expect((await tell(kit.point)).because).toBeDefined()
    kit.server.isDown = false
    kit.server.mute.add('sendObservations')
    expect((await tell(kit.point)).because).toBeDefined()
    kit.server.mute.clear()
    expect((await tell(kit.reopen())).because).toBeUndefined()
    expect(seen()).toEqual([`${main} 0→1`])
  })

  it('offline grants that are over are told when it is back', async () => {
    const { carried } = kit.world.grant({ commit: commits[1]!, at: kit.point.home.config.id, mode: 'offline' })
    kit.server.isDown = true
    const env = { GIT_PUSH_OPTION_COUNT: '1', GIT_PUSH_OPTION_0: `breakglass.grant=${carried}` }
    const stdin = Buffer.from(refLine(main, commits[0], commits[1]))
    expect((await judgePush(kit.point, { stdin, env, git, others: async () => true })).outcome).toBe('open')
    await tell(kit.point)
    kit.server.isDown = false
    await tell(kit.point)
    expect(kit.server.reports.map(({ kind }) => kind)).toEqual(['point.allowed', 'point.used', 'point.shut'])
  })
})

it('writes nothing down that it cannot send later', () => {
  writeFileSync(join(repository.bare, 'hooks', 'pre-receive'), 'x')
  look(kit.point, git)
  const row = kit.point.journal.get('select delivery, body from observation')
  expect(JSON.parse(String(row?.['body']))).toMatchObject({ kind: 'hook', delivery: row?.['delivery'] })
})
