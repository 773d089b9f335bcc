import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BaselineReport } from '@breakglass/core/baseline'
import { baselineReport } from '@breakglass/core/baseline/schemas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gitIn, importHistory, type MadeCommit } from '../support/git-history.ts'
import { bins, run } from '../support/processes.ts'

/**
 * What somebody sees who has a clone and nothing else: no server, no account, no configuration. Three histories, each written
 * as its forge writes them, and the numbers that were planted into them.
 */
let dir: string
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'breakglass-baseline-'))
  await importHistory(join(dir, 'queue.git'), queueHistory())
  await importHistory(join(dir, 'gerrit.git'), gerritHistory())
  await importHistory(join(dir, 'forge.git'), forgeHistory())
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const breakglass = (...args: readonly string[]) =>
  // Nothing to find: no profile, no server, no home.
  run(process.execPath, [bins.breakglass, 'baseline', ...args], {
    cwd: dir,
    env: { HOME: join(dir, 'home'), XDG_CONFIG_HOME: '', BREAKGLASS_SERVER: undefined, BREAKGLASS_TOKEN: undefined },
  })

async function numbersOf(...args: readonly string[]): Promise<BaselineReport> {
  const ran = await breakglass(...args, '--json')
  expect(ran.stderr).toBe('')
  expect(ran.code).toBe(0)
  return baselineReport.parse(JSON.parse(ran.stdout))
}
const gateOf = ({ gates }: BaselineReport, name: string) => gates.find(gate => gate.name === name)

const dayS = 86_400
/** A Monday. */
const begins = Date.parse('2025-01-06T12:00:00Z') / 1000
const people = ['ada', 'grace', 'edsger', 'barbara', 'tony', 'donald']
const author = (at: number) => people[(at * 7 + (at >> 2)) % people.length] ?? ''
const reviewed = (at: number) =>
  `\nReviewed-on: https://review.example.org/${at}\nReviewed-by: Some Body <s@example.org>\n`

/** Five landings each working day of a year; on Fridays of its last half the trybots are switched off for two of five. */
function* queueHistory(): Generator<MadeCommit> {
  for (let day = 0; day < 364; day++) {
    if (day % 7 > 4) continue
    for (let at = 0; at < 5; at++) {
      const around = day > 182 && day % 7 === 4 && at < 2 ? '\nNo-Try: true\nNOTRY=true' : ''
      const rollback = day % 70 === 0 && at === 0
      const subject = rollback ? 'Revert "a change"' : 'Make a change'
      const footers = rollback ? '\nNo-Try: true\nNo-Presubmit: true\nNo-Tree-Checks: true' : around
      yield {
        message: `${subject}\n\nWhy.\n${footers}${reviewed(at)}`,
        committedAt: begins + day * dayS + at * 5000,
        author: author(day * 5 + at),
      }
    }
  }
}

/** Ten landings a week for half a year; about every fifth is around the trybots, and the first twenty were before reviews. */
function* gerritHistory(): Generator<MadeCommit> {
  for (let at = 0; at < 260; at++) {
    const footers = `${isAround(at) ? 'TryBot-Bypass: they are down\n' : 'LUCI-TryBot-Result: Go LUCI\n'}`
    yield {
      message: `all: change ${at}\n\n${footers}Change-Id: I${at}\n${at < 20 ? '' : reviewed(at)}`,
      committedAt: begins + Math.floor(at * 0.7 * dayS),
      author: author(at),
    }
  }
}

/** Spread by no rule of the calendar. */
const isAround = (at: number) => (Math.imul(at, 2_654_435_761) >>> 16) % 5 === 0

/** Pull requests, squashed and merged, and one in twenty pushed straight to main. */
function* forgeHistory(): Generator<MadeCommit> {
  for (let at = 0; at < 400; at++) {
    const kinds = [`Change ${at} (#${at})`, `Merge pull request #${at} from someone/branch`]
    yield {
      message: at % 20 === 7 ? 'hotfix' : (kinds[at % 2] ?? ''),
      committedAt: begins + Math.floor(at * 0.4 * dayS),
      author: author(at),
      ...(at % 2 === 1 && at % 20 !== 7 ? { merges: 1 } : {}),
    }
  }
}

const aroundTrybots = Array.from({ length: 260 }, (_, at) => at).filter(isAround).length

describe('with a clone and nothing else', () => {
  it('the queue of LUCI is known by its footers, and the Friday habit is named', async () => {
    const report = await numbersOf('queue.git')
    expect(report.mapping).toMatchObject({ name: 'luci', how: 'detected' })
    expect(report.gates.map(({ name }) => name)).toEqual(['tryjobs', 'presubmit', 'tree', 'owners'])
    const tryjobs = gateOf(report, 'tryjobs')
    // 26 Fridays of two, and six rollbacks, with two footers each: one bypass a landing.
    expect(tryjobs?.years).toMatchObject([
      { year: 2025, passages: 1290, bypassed: 56, rollbacks: 6 },
      { year: 2026, passages: 10, bypassed: 2, rollbacks: 0 },
    ])
    expect(tryjobs?.label).toBe('weekday')
    expect(tryjobs?.reason).toContain('Friday')
    expect(gateOf(report, 'presubmit')).toMatchObject({ bypassed: 6, rollbacks: 6, episodes: 0, label: 'near_zero' })
  })

  it('Gerrit as Go runs it is known by its trybots', async () => {
    const report = await numbersOf('gerrit.git')
    expect(report.mapping.name).toBe('gerrit')
    expect(gateOf(report, 'trybots')).toMatchObject({ passages: 260, bypassed: aroundTrybots, label: 'high' })
    expect(gateOf(report, 'review')).toMatchObject({ passages: 260, bypassed: 20 })
  })

  it('GitHub is known by its pull requests', async () => {
    const report = await numbersOf('forge.git')
    expect(report.mapping.name).toBe('github')
    expect(report.landings).toBe(400)
    expect(gateOf(report, 'pull-request')).toMatchObject({ passages: 400, bypassed: 20 })
  })

  it('a mapping of one’s own says what else is a gate', async () => {
    writeFileSync(join(dir, 'own.yaml'), 'name: own\ngates:\n  bots:\n    bypassed: { footers: [TryBot-Bypass] }\n')
    const report = await numbersOf('gerrit.git', '--mapping', 'own.yaml')
    expect(report.mapping).toMatchObject({ name: 'own', how: 'file' })
    expect(report.gates).toMatchObject([{ name: 'bots', bypassed: aroundTrybots }])
  })

  it('counts are what git finds', async () => {
    const grep = ['-i', '-E', '--grep=^no-?try[:=] *true', 'main']
    const found = gitIn(join(dir, 'queue.git'), 'rev-list', '--count', '--first-parent', ...grep)
    expect(gateOf(await numbersOf('queue.git'), 'tryjobs')?.bypassed).toBe(Number(found))
  })

  it('the terminal shows the gate to look at first, with its reason and what to do', async () => {
    const { stdout, code } = await breakglass('queue.git')
    expect(code).toBe(0)
    const [first, second] = [stdout.indexOf('tryjobs  one weekday'), stdout.indexOf('presubmit  near zero')]
    expect(first).toBeGreaterThan(0)
    expect(second).toBeGreaterThan(first)
    for (const name of people) expect(stdout).not.toContain(name)
  })

  it('says in one line what is wrong, and how to go on', async () => {
    const ran = await breakglass('nothing-here')
    expect(ran).toMatchObject({ code: 4, stdout: '' })
    expect(ran.stderr).toContain('nothing-here')
  })
})
