import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Commit } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pusherOf } from '@breakglass/core/account'
import { createGit, type Git } from './git.ts'
import { commitOf, hexOf } from './object-id.ts'
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

const moveOf = ({ old, new: tip }: { old?: string | undefined; new?: string | undefined }) =>
  `${commits.indexOf(old as Commit)}→${commits.indexOf(tip as Commit)}`
const seen = () =>
  [...kit.server.observations.values()].flatMap(one => {
    if (one.kind === 'undone' || one.kind === 'protection') return []
    return one.kind === 'hook' ? one.state : `${one.ref} ${moveOf(one)}`
  })
const undone = () =>
  [...kit.server.observations.values()].flatMap(one =>
    one.kind === 'undone' ? `${moveOf(one)} by ${commits.indexOf(one.by as Commit)}` : [],
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

describe('a landing that is taken back', () => {
  /** A commit with these files on another one; it joins `commits`. */
  const commit = (on: number, files: Record<string, string>, words = 'a change'): number => {
    const { git: run, clone, bare } = repository
    run(clone, 'checkout', '--quiet', '--detach', hexOf(commits[on]!))
    for (const [path, text] of Object.entries(files)) writeFileSync(join(clone, path), text)
    run(clone, 'add', '--all')
    run(clone, 'commit', '--quiet', '--allow-empty', '-m', words)
    const made = commitOf(run(clone, 'rev-parse', 'HEAD'))!
    run(bare, 'fetch', '--quiet', clone, `HEAD:refs/kept/made-${commits.length}`)
    return commits.push(made) - 1
  }

  it('is told when a commit says what it reverts, and nothing else is', async () => {
    const bad = commit(0, { a: 'bad' })
    const good = commit(bad, { b: 'good' })
    await land(0, bad)
    await land(bad, good)
    await watch()
    const revert = commit(good, { a: 'before' }, `Revert "a change"\n\nThis reverts commit ${hexOf(commits[bad]!)}.\n`)
    await land(good, revert)
    expect(await watch()).toEqual([expect.stringContaining('taken back: refs/heads/main')])
    expect(undone()).toEqual([`0→${bad} by ${revert}`])
    // What was never landed is no landing that could be taken back.
    const other = commit(revert, { c: '1' }, `This reverts commit ${'1'.repeat(40)}.`)
    await land(revert, other)
    expect(await watch()).toEqual([])
  })

  it('is told when one look finds both', async () => {
    const bad = commit(0, { a: 'bad' })
    const revert = commit(bad, { a: 'other' }, `This reverts commit ${hexOf(commits[bad]!)}.`)
    await land(0, bad)
    await land(bad, revert)
    await watch()
    expect(undone()).toEqual([`0→${bad} by ${revert}`])
  })

  it('is told when the files are again those from before, whatever the words', async () => {
    const bad = commit(0, { a: 'bad' })
    const worse = commit(bad, { a: 'worse' })
    await land(0, bad)
    await land(bad, worse)
    await watch()
    const back = commit(worse, { a: 'bad' }, 'try again')
    await land(worse, back)
    await watch()
    expect(undone()).toEqual([`${bad}→${worse} by ${back}`])
    const empty = commit(back, {}, 'nothing')
    await land(back, empty)
    await watch()
    expect(undone()).toHaveLength(1)
  })

  it('is told when the branch is moved back, also what went past the hook', async () => {
    repository.set(main, commits[1]!)
    await watch()
    await land(1, 2)
    await watch()
    repository.set(main, commits[0]!)
    await watch()
    expect(undone()).toEqual(['0→1 by 0', '1→2 by 0'])
  })

  it('is not found after eight days', async () => {
    const bad = commit(0, { a: 'bad' })
    await land(0, bad)
    await watch()
    kit.world.nowMs += 9 * 86_400_000
    repository.set(main, commits[0]!)
    await watch()
    expect(undone()).toEqual([])
  })
})

it('tells whose push it was by a pseudonym, where the hook knows', async () => {
  const home = kit.point.home
  kit.point.home = { ...home, config: { ...home.config, pusher: { variable: 'GL_USER', issuer: 'git.acme.dev' } } }
  const pusherOfPush = async (env: Record<string, string>) => {
    kit.server.pass(gates.tests, commits[1]!)
    const stdin = Buffer.from(refLine(main, commits[0], commits[1]))
    await judgePush(kit.point, { stdin, env, git, others: async () => true })
    const allowed = kit.server.reports.filter(({ kind }) => kind === 'point.allowed')
    return allowed.at(-1)?.body['pusher']
  }
  const kofi = pusherOf(home.config.organization, { issuer: 'git.acme.dev', subject: 'kofi' })
  expect(await pusherOfPush({ GL_USER: 'Kofi' })).toBe(kofi)
  expect(await pusherOfPush({})).toBeUndefined()
})
