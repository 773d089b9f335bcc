import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { BaselineReport } from '@breakglass/core/baseline'
import { baselineReport } from '@breakglass/core/baseline/schemas'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gitIn, importHistory, type MadeCommit, plainGit } from '../../../../tests/support/git-history.ts'
import { bins, run } from '../../../../tests/support/processes.ts'
import { createWorld, type World } from '../testing/world.ts'

let world: World
let bare: string

beforeEach(() => {
  world = createWorld()
  bare = path.join(world.directory, 'payments.git')
})
afterEach(() => world.remove())

const days = (text: string) => Date.parse(text) / 1000
const landing = (
  message: string | Uint8Array = 'A change',
  at = '2026-05-04T10:00:00Z',
  rest: Partial<MadeCommit> = {},
) => ({
  message,
  committedAt: days(at),
  ...rest,
})
const noTry = (value = 'true') => `A change\n\nNo-Try: ${value}\n`

async function read(...args: readonly string[]): Promise<BaselineReport> {
  const ran = await world.run(['baseline', ...args, '--json'])
  expect(ran.stderr).toBe('')
  expect(ran.exit).toBe(0)
  return baselineReport.parse(JSON.parse(ran.stdout))
}
const gateOf = ({ gates }: BaselineReport, name = 'tryjobs') => gates.find(gate => gate.name === name)
const oddOf = ({ odd }: BaselineReport) => Object.fromEntries(odd.map(({ kind, count }) => [kind, count]))

describe('baseline reads the landings of', () => {
  it('a bare repository, and a clone of it with its work tree', async () => {
    await importHistory(bare, [landing(), landing(noTry())])
    gitIn(world.directory, 'clone', '-q', bare, 'clone')
    const [first, second] = [await read('payments.git'), await read('clone')]
    expect(first.source).toMatchObject({ kind: 'git', repository: 'payments', branch: 'main', shallow: false })
    expect(gateOf(first)).toMatchObject({ passages: 2, bypassed: 1 })
    expect({ ...second, source: first.source }).toEqual(first)
  })

  it('a directory inside a clone, and this directory when none is named', async () => {
    await importHistory(bare, [landing(noTry())])
    gitIn(world.directory, 'clone', '-q', bare, 'clone')
    mkdirSync(path.join(world.directory, 'clone', 'deep'))
    expect((await read('clone/deep')).landings).toBe(1)
    const ran = await world.run(['baseline', '--json'], { cwd: path.join(world.directory, 'clone') })
    expect(JSON.parse(ran.stdout)).toMatchObject({ landings: 1 })
  })

  it('the first-parent line only, with octopus merges as one landing each', async () => {
    await importHistory(bare, [landing(), landing('Merge many', undefined, { merges: 4 }), landing(noTry())])
    const report = await read('payments.git')
    expect(report.landings).toBe(3)
    expect(oddOf(report)).toEqual({ octopus: 1 })
  })

  it('a shallow clone, and says so', async () => {
    await importHistory(
      bare,
      Array.from({ length: 9 }, () => landing(noTry())),
    )
    gitIn(world.directory, 'clone', '-q', '--depth', '3', `file://${bare}`, 'shallow')
    const report = await read('shallow')
    expect(report).toMatchObject({ landings: 3, source: { shallow: true } })
    expect(report.remarks.join(' ')).toContain('shallow')
  })

  it('a history that a graft cuts short, as git sees it', async () => {
    await importHistory(bare, [landing(), landing(), landing(noTry())])
    mkdirSync(path.join(bare, 'info'), { recursive: true })
    writeFileSync(path.join(bare, 'info', 'grafts'), `${gitIn(bare, 'rev-parse', 'main')}\n`)
    expect((await read('payments.git')).landings).toBe(1)
  })

  it('a repository with another kind of object name', async () => {
    await importHistory(bare, [landing(), landing(noTry())], { objects: 'sha256' })
    expect(gateOf(await read('payments.git'))).toMatchObject({ passages: 2, bypassed: 1 })
  })

  it('a detached head with no branch of a usual name', async () => {
    await importHistory(bare, [landing(), landing(noTry())])
    gitIn(bare, 'update-ref', '--no-deref', 'HEAD', gitIn(bare, 'rev-parse', 'main'))
    gitIn(bare, 'branch', '-m', 'main', 'elsewhere')
    const report = await read('payments.git')
    expect(report.landings).toBe(2)
    expect(report.source.branch).toBeUndefined()
  })

  it('the branch that is asked for, of whatever remote it is', async () => {
    await importHistory(bare, [landing(), landing(noTry())])
    gitIn(bare, 'branch', 'release', 'main~1')
    gitIn(world.directory, 'clone', '-q', bare, 'clone')
    expect(await read('clone', '--branch', 'release')).toMatchObject({
      landings: 1,
      source: { branch: 'origin/release' },
    })
  })

  it('what origin calls its head, before any main of its own', async () => {
    await importHistory(bare, [landing(), landing(noTry())])
    gitIn(bare, 'branch', 'trunk', 'main')
    gitIn(bare, 'symbolic-ref', 'HEAD', 'refs/heads/trunk')
    gitIn(world.directory, 'clone', '-q', bare, 'clone')
    gitIn(path.join(world.directory, 'clone'), 'branch', 'main', 'trunk~1')
    expect((await read('clone')).landings).toBe(2)
  })
})

describe('baseline counts', () => {
  it('messages of no UTF-8, of another encoding, and of nothing at all', async () => {
    const latin = Buffer.from('Gr\xfc\xdfe\n\nNo-Try: true\n', 'latin1')
    await importHistory(bare, [
      landing(latin, undefined, { encoding: 'ISO-8859-1' }),
      landing(Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a, 0x0a]), Buffer.from('No-Try: TRUE')])),
      landing(''),
      landing('\n\n  \n'),
    ])
    const report = await read('payments.git')
    expect(report.landings).toBe(4)
    expect(oddOf(report)).toEqual({ garbled: 1 })
    expect(gateOf(report)).toMatchObject({ passages: 4, bypassed: 2 })
  })

  it('dates that cannot be, clocks in the future, and clocks that went backwards', async () => {
    await importHistory(bare, [
      landing(noTry(), '2026-05-04T10:00:00Z'),
      landing(noTry(), '1970-01-01T00:00:00Z'),
      landing(noTry(), '2031-01-01T00:00:00Z'),
      landing(noTry(), '2026-05-04T13:00:00Z'),
      landing(noTry(), '2026-05-04T11:00:00Z'),
    ])
    const report = await read('payments.git')
    expect(report).toMatchObject({ landings: 5, undated: 1 })
    expect(oddOf(report)).toEqual({ undated: 1, future: 1, backwards: 2 })
    expect(gateOf(report)?.years.map(({ year, passages }) => [year, passages])).toEqual([
      [2026, 3],
      [2031, 1],
    ])
    expect(gateOf(report)?.window).toMatchObject({ to: '2026-05-04', n: 3 })
  })

  it('commits whose date is missing or beyond all years as undated', async () => {
    await importHistory(bare, [landing()])
    const tree = gitIn(bare, 'rev-parse', 'main^{tree}')
    let parent = gitIn(bare, 'rev-parse', 'main')
    for (const date of ['', ' 99999999999999999999 +0000', ' never +0000']) {
      const who = `ada <ada@example.org>${date}`
      const commit = `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n\nA change\n\nNo-Try: true\n`
      const options = { cwd: bare, env: plainGit, input: commit, encoding: 'utf8' } as const
      parent = execFileSync('git', ['hash-object', '-t', 'commit', '--literally', '-w', '--stdin'], options).trim()
    }
    gitIn(bare, 'update-ref', 'refs/heads/main', parent)
    const report = await read('payments.git', '--mapping', 'luci')
    expect(report).toMatchObject({ landings: 4, undated: 3 })
    expect(gateOf(report)).toMatchObject({ passages: 1, bypassed: 0 })
  })

  it('by the year of UTC, whatever zone the committer was in', async () => {
    await importHistory(bare, [landing(noTry(), '2025-12-31T23:30:00Z', { zone: '+0300' })])
    expect(gateOf(await read('payments.git'))?.years.map(({ year }) => year)).toEqual([2025])
  })

  it('marks as the page says, line for line', async () => {
    const marks = [
      'A\n\nno-try: TRUE  \r\nother',
      'A\n\nNOTRY=true',
      'A\n\nNo-Try: true\nNo-Try: true\nNOTRY=true',
      'A\n\nBug: 1\n\nNo-Try: true\n\nChange-Id: I1',
      'A\nNo-Try: true',
      // None of these is one.
      'No-Try: true',
      'A\n\n  No-Try: true',
      'A\n\n> No-Try: true',
      'A\n\nNo-Try: truely',
      'A\n\nNo-Try: false',
      'A\n\nNo-Try:',
      'A\n\nXNo-Try: true',
      'A\n\nTBR=',
    ]
    await importHistory(
      bare,
      marks.map(message => landing(message)),
    )
    const report = await read('payments.git')
    expect(gateOf(report)).toMatchObject({ passages: marks.length, bypassed: 5 })
    expect(gateOf(report, 'owners')).toMatchObject({ bypassed: 0 })
  })

  it('rollbacks by subject, and by a tree that had been there', async () => {
    const mapping =
      'name: acme\ngates:\n  tests: { bypassed: { footers: [Skip] } }\nrollback: { subject: [^Revert], tree: true }\n'
    writeFileSync(path.join(world.directory, 'acme.yaml'), mapping)
    const skip = 'A change\n\nSkip: yes'
    await importHistory(bare, [
      landing('A change', undefined, { content: 'one' }),
      landing(skip, undefined, { content: 'two' }),
      landing(skip, undefined, { content: 'one' }),
      // No change is no rollback.
      landing(skip),
      landing('Revert it\n\nSkip: yes', undefined, { content: 'three' }),
    ])
    const report = await read('payments.git', '--mapping', 'acme.yaml')
    expect(gateOf(report, 'tests')).toMatchObject({ bypassed: 4, rollbacks: 2, rollbacksProven: 1, episodes: 1 })
  })

  it('only what lies between --since and --until', async () => {
    await importHistory(
      bare,
      ['2026-01-31T23:59:59Z', '2026-02-01T00:00:00Z', '2026-02-28T23:59:59Z', '2026-03-01T00:00:00Z'].map(at =>
        landing(noTry(), at),
      ),
    )
    expect((await read('payments.git', '--since', '2026-02-01', '--until', '2026-03-01')).landings).toBe(2)
  })

  it('nobody by name: neither address nor name is anywhere in what it prints', async () => {
    await importHistory(bare, [
      landing(noTry(), '2026-05-04T10:00:00Z', { author: 'grace' }),
      landing(`${noTry()}TBR: grace@example.org\n`, '2026-05-05T10:00:00Z', { author: 'ada' }),
    ])
    for (const form of [[], ['--json']]) {
      const { stdout } = await world.run(['baseline', 'payments.git', ...form])
      expect(stdout).toContain('person-1')
      expect(stdout).not.toMatch(/grace|ada|example\.org/)
    }
  })
})

describe('baseline --html', () => {
  it('writes one page that names nobody and asks nothing of the network, beside what it prints', async () => {
    await importHistory(bare, [landing(noTry(), '2026-05-04T10:00:00Z', { author: 'grace' }), landing()])
    const ran = await world.run(['baseline', 'payments.git', '--html', 'page.html', '--json'])
    expect(baselineReport.parse(JSON.parse(ran.stdout)).landings).toBe(2)
    const page = readFileSync(path.join(world.directory, 'page.html'), 'utf8')
    expect(page).toContain('tryjobs')
    expect(page).not.toMatch(/grace|example\.org|https?:|<script/)
  })

  it('says where it could not write', async () => {
    await importHistory(bare, [landing(noTry())])
    const ran = await world.run(['baseline', 'payments.git', '--html', 'no/such/page.html'])
    expect(ran.exit).not.toBe(0)
    expect(ran.stderr).toContain('page.html')
  })
})

describe('baseline refuses, in one line,', () => {
  it.each([
    ['what is no repository', () => mkdirSync(path.join(world.directory, 'plain')), ['plain']],
    ['what is not there', () => undefined, ['nowhere']],
    ['a file', () => writeFileSync(path.join(world.directory, 'file'), ''), ['file']],
    ['a repository without a commit', () => gitIn(world.directory, 'init', '-q', 'empty'), ['empty']],
  ])('%s', async (_, make, args) => {
    make()
    const ran = await world.run(['baseline', ...args])
    expect(ran).toMatchObject({ exit: 4, stdout: '' })
    expect(ran.stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
  })

  it('a branch that is not there, even one that looks like an option', async () => {
    await importHistory(bare, [landing()])
    for (const branch of ['nope', '--output=x']) {
      expect(await world.run(['baseline', 'payments.git', `--branch=${branch}`])).toMatchObject({ exit: 4, stdout: '' })
    }
  })

  it('a machine without git', async () => {
    world.env['PATH'] = path.join(world.directory, 'no-such-place')
    const ran = await world.run(['baseline', '.'])
    expect(ran.exit).not.toBe(0)
    expect(ran.stderr).toContain('git')
  })

  it('a history with a damaged commit, without printing half of it', async () => {
    await importHistory(bare, [landing(), landing(noTry()), landing()])
    const tree = gitIn(bare, 'rev-parse', 'main^{tree}')
    const who = ['-c', 'user.name=ada', '-c', 'user.email=ada@example.org']
    const lost = gitIn(bare, ...who, 'commit-tree', tree, '-p', 'main', '-m', 'lost')
    gitIn(bare, 'update-ref', 'refs/heads/main', gitIn(bare, ...who, 'commit-tree', tree, '-p', lost, '-m', 'last'))
    rmSync(path.join(bare, 'objects', lost.slice(0, 2), lost.slice(2)), { force: true })
    const ran = await world.run(['baseline', 'payments.git', '--json'])
    expect(ran).toMatchObject({ exit: 2, stdout: '' })
    expect(ran.stderr).toContain('git fsck')
  })
})

describe('a repository cannot', () => {
  it('run anything, or change what is counted, by its configuration', async () => {
    await importHistory(bare, [landing(), landing(noTry())])
    const plain = await read('payments.git')
    const trap = path.join(world.directory, 'trap')
    const sprung = path.join(world.directory, 'sprung')
    writeFileSync(trap, `#!/bin/sh\ntouch ${sprung}\n`)
    chmodSync(trap, 0o755)
    const settings = {
      'core.pager': trap,
      'pager.log': 'true',
      'core.fsmonitor': trap,
      'core.hooksPath': world.directory,
      'core.sshCommand': trap,
      'diff.external': trap,
      'gpg.program': trap,
      'log.showSignature': 'true',
      'log.mailmap': 'true',
      'log.follow': 'true',
      'log.date': 'human',
      'log.diffMerges': 'on',
      'log.decorate': 'full',
      'format.pretty': 'oneline',
      'color.ui': 'always',
      'i18n.logOutputEncoding': 'UTF-16',
      'notes.displayRef': 'refs/notes/*',
      'alias.log': `!${trap}`,
      'mailmap.file': path.join(world.directory, 'mailmap'),
    }
    for (const [key, value] of Object.entries(settings)) gitIn(bare, 'config', key, value)
    gitIn(bare, '-c', 'user.name=x', '-c', 'user.email=x@x', 'notes', 'add', '-m', 'No-Try: true', 'main~1')
    expect(await read('payments.git')).toEqual(plain)
    expect(() => readFileSync(sprung)).toThrow('ENOENT')
  })

  it('be replaced by another one that the environment names', async () => {
    await importHistory(bare, [landing(), landing(noTry())])
    const other = path.join(world.directory, 'other.git')
    await importHistory(other, [landing()])
    Object.assign(world.env, { GIT_DIR: other, GIT_INDEX_FILE: path.join(other, 'index') })
    expect((await read('payments.git')).landings).toBe(2)
  })
})

describe('a long reading', () => {
  const long = Array.from({ length: 5000 }, (_, at) => landing(`Change ${at}`))
  /** A clock on which every look takes half a second. */
  const slow = () => {
    let at = world.nowMs
    Object.defineProperty(world, 'nowMs', { get: () => (at += 500) })
  }

  it('says at a terminal how far it is, and leaves nothing of it behind', async () => {
    await importHistory(bare, long)
    slow()
    const { stderr } = await world.run(['baseline', 'payments.git'], { terminal: 100 })
    expect(stderr.endsWith('\r4,096 landings read\r\u001b[K')).toBe(true)
  })

  it('is silent for a script, and when it is to be quiet', async () => {
    await importHistory(bare, long)
    slow()
    expect((await world.run(['baseline', 'payments.git', '--json'])).stderr).toBe('')
    expect((await world.run(['baseline', 'payments.git', '--quiet'], { terminal: 100 })).stderr).toBe('')
  })

  it('takes the memory of what is counted, not of what is read', async () => {
    // 300 MB of messages.
    const lines = 'A line of a message, as long as lines of messages are.\n'.repeat(60)
    const many = function* () {
      for (let at = 0; at < 100_000; at++) yield landing(`Change ${at}\n\n${lines}\nNo-Try: ${at % 100 === 0}\n`)
    }
    await importHistory(bare, many())
    // A tenth of what is read: a program that kept it would end here for want of memory, on a busy machine as on a quiet one.
    const small = '--max-old-space-size=32'
    const ran = await run(process.execPath, [small, bins.breakglass, 'baseline', bare, '--json'])
    expect([ran.code, ran.stderr]).toEqual([0, ''])
    expect(gateOf(baselineReport.parse(JSON.parse(ran.stdout)))).toMatchObject({ passages: 100_000, bypassed: 1000 })
  }, 120_000)
})
