import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Commit, formatCarried } from '@breakglass/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgeRun } from './ci.ts'
import { pointPath } from './home.ts'
import { nextEvents } from './spool.ts'
import { type Listening, listen } from './testing/http-listener.ts'
import { makePoint, type PointKit } from './testing/point-kit.ts'
import { cli, type CliRun } from './testing/run-cli.ts'
import { gates } from './testing/world.ts'

const commit: Commit = `sha1:${'ab'.repeat(20)}`
const change = `acme/payments@${'ab'.repeat(20)}`
let kit: PointKit
let http: Listening
let directory: string
let token: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'breakglass-ci-'))
  kit = await makePoint({ kind: 'ci' })
  http = await listen(kit.server)
  const path = pointPath(kit.dir, 'config')
  writeFileSync(path, readFileSync(path, 'utf8').replace('http://127.0.0.1:9', http.url))
  token = 'reporter-token'
  kit.server.reporters.set(token, { gate: gates.tests, repository: 'acme/payments' })
})
afterEach(async () => {
  await http.close()
  kit.close()
  rmSync(directory, { recursive: true, force: true })
})

const pass = ['/bin/sh', '-c', 'exit 0']
const fail = ['/bin/sh', '-c', 'exit 3']

interface Options {
  gate?: string
  run?: string
  env?: Record<string, string>
  args?: string[]
}

function gateRun(
  command: readonly string[],
  { gate = gates.tests, run = '1', env = {}, args = [] }: Options = {},
): Promise<CliRun> {
  const argv = ['gate', 'run', gate, '--change', change, '--run', run, '--json', ...args, '--', ...command]
  return cli(argv, {
    env: { BREAKGLASS_POINT: kit.dir, PATH: process.env['PATH'] ?? '', ...env },
    now: () => kit.world.nowMs,
    cwd: directory,
  })
}

const said = ({ stdout }: CliRun): Record<string, unknown> => JSON.parse(stdout)
const grantHere = (wish = {}) => kit.server.grant({ commit, at: kit.point.home.config.id, ...wish })

describe('a run that passes', () => {
  it('ends with 0, is told as an event, and is reported under the reporter’s credential', async () => {
    const ran = await gateRun(pass, { env: { BREAKGLASS_REPORTER_TOKEN: token } })
    expect([ran.exit, said(ran)['opens']]).toEqual([0, 'pass'])
    expect(kit.server.results).toEqual([
      { gate: gates.tests, repository: 'acme/payments', commit, result: 'pass', run: '1', tookMs: expect.any(Number) },
    ])
    expect(kit.server.reports.map(({ kind, body }) => [kind, body['result']])).toEqual([['point.result', 'pass']])
  })

  it('does not hand the credentials of the gate to the check', async () => {
    const check = ['/bin/sh', '-c', `test -z "$BREAKGLASS_REPORTER_TOKEN$BREAKGLASS_GRANT$BREAKGLASS_TOKEN"`]
    const env = { BREAKGLASS_REPORTER_TOKEN: token, BREAKGLASS_GRANT: 'bg1~x~y', BREAKGLASS_TOKEN: 'secret' }
    expect((await gateRun(check, { env })).exit).toBe(0)
  })
})

describe('a run that fails', () => {
  it('ends with 1 and the one command that would break glass', async () => {
    const ran = await gateRun(fail)
    expect([ran.exit, said(ran)['code']]).toEqual([1, 'failed'])
    expect(ran.stderr).toContain(`breakglass open ${change} --ref main --gate payments/integration-tests`)
  })

  it('is opened by a grant at this point, which is spent once however often the run is tried', async () => {
    const grant = grantHere()
    const ran = await gateRun(fail)
    expect([ran.exit, said(ran)['opens']]).toEqual([0, 'grant'])
    expect(ran.stderr).toContain(grant.id)
    expect((await gateRun(fail)).exit).toBe(0)
    expect(grant.keys).toHaveLength(1)
    const other = await gateRun(fail, { run: '2' })
    expect([other.exit, said(other)['code']]).toEqual([1, 'grant_used'])
    expect(kit.server.reports.filter(({ kind }) => kind === 'point.used')).toHaveLength(1)
  })

  it('is opened for one of two jobs that come at one moment', async () => {
    grantHere()
    const runs = await Promise.all([gateRun(fail, { run: 'a' }), gateRun(fail, { run: 'b' })])
    expect(runs.map(({ exit }) => exit).sort()).toEqual([0, 1])
  })

  it('is opened without the server by an offline grant that was handed over, for one of two jobs', async () => {
    const { carried } = kit.world.grant({ commit, at: kit.point.home.config.id, mode: 'offline' })
    kit.server.isDown = true
    const env = { BREAKGLASS_GRANT: carried }
    const runs = await Promise.all([
      gateRun(fail, { run: 'a', env }),
      gateRun(fail, { run: 'b', args: ['--grant', carried] }),
    ])
    expect(runs.map(({ exit }) => exit).sort()).toEqual([0, 1])
  })

  it('stays closed without the server, and says why', async () => {
    const { carried } = grantHere()
    kit.server.isDown = true
    const ran = await gateRun(fail, { env: { BREAKGLASS_GRANT: carried } })
    expect([ran.exit, said(ran)['code']]).toEqual([1, 'grant_needs_server'])
  })

  it('is no pass because an older receipt says so', async () => {
    kit.server.pass(gates.tests, commit)
    expect(said(await gateRun(fail))['code']).toBe('failed')
  })

  it('is never opened where it is a safety net', async () => {
    grantHere({ gate: gates.smoke, secondPerson: 'approved', ttlSeconds: 900 })
    expect(said(await gateRun(fail, { gate: gates.smoke }))['code']).toBe('safety_net_failed')
  })

  it('ends with 7 when the clock is wrong', async () => {
    grantHere()
    kit.server.skewMs = 90_000
    const ran = await gateRun(fail)
    expect([ran.exit, said(ran)['code']]).toEqual([7, 'clock_wrong'])
  })

  /** I4 at this point too: the server lists it, and signs it with its own key. */
  it('is not opened by a grant that was never logged, nor by one that was altered', async () => {
    const { id, jws } = kit.world.grantStatement({ commit, at: kit.point.home.config.id })
    kit.server.listGrant(id, formatCarried({ jws, proof: '' }))
    expect(said(await gateRun(fail))['code']).toBe('grant_not_logged')
    kit.server.grants.length = 0
    const { carried } = kit.world.grant({ commit, at: kit.point.home.config.id })
    const [version, signed = '', proof] = carried.split('~')
    const broken = `${signed.slice(0, -8)}AAAAAAAA`
    kit.server.listGrant('g_00000000000000000000000000', [version, broken, proof].join('~'))
    expect(said(await gateRun(fail))['code']).toBe('grant_forged')
  })
})

describe('a run that could not run', () => {
  it.each([
    ['said so by exit 75', ['/bin/sh', '-c', 'exit 75']],
    ['could not be started', ['/nowhere/at-all']],
    ['was ended by a signal', ['/bin/sh', '-c', 'kill -9 $$']],
  ])('is not one that failed: %s', async (_, command) => {
    const ran = await gateRun(command, { env: { BREAKGLASS_REPORTER_TOKEN: token } })
    expect([ran.exit, said(ran)['result'], said(ran)['code']]).toEqual([1, 'could_not_run', 'could_not_run'])
    expect(kit.server.results[0]?.result).toBe('could_not_run')
  })

  it('took too long, and what it started is ended with it', async () => {
    const pipe = join(directory, 'pipe')
    execFileSync('mkfifo', [pipe])
    // Reading ends when the last process that holds the pipe has ended, long before the sleep would.
    const held = readFile(pipe)
    const ran = await gateRun(['/bin/sh', '-c', `sleep 600 > ${pipe} & wait`], { args: ['--timeout', '1s'] })
    expect([ran.exit, said(ran)['result']]).toEqual([1, 'could_not_run'])
    expect((await held).length).toBe(0)
  })

  it('passes where the program lets an advisory gate, after the ledger has it', async () => {
    const ran = await gateRun(['/bin/sh', '-c', 'exit 75'], { gate: gates.style })
    expect([ran.exit, said(ran)['opens']]).toEqual([0, 'pass_when_unavailable'])
    expect(kit.server.reports.map(({ kind }) => kind)).toEqual(['point.result', 'point.passed_unavailable'])
  })

  it.each([
    ['unlogged', 'window_not_logged'],
    ['needs_person', 'could_not_run'],
    ['no', 'could_not_run'],
  ] as const)('stays closed when leave is %s', async (mayPass, code) => {
    kit.server.mayPass = mayPass
    const ran = await gateRun(['/bin/sh', '-c', 'exit 75'], { gate: gates.style })
    expect([ran.exit, said(ran)['code']]).toEqual([1, code])
  })

  it('never asks for leave where it failed, or where the gate guards something', async () => {
    await gateRun(fail, { gate: gates.style })
    await gateRun(['/bin/sh', '-c', 'exit 75'], { gate: gates.tests })
    expect(kit.server.asked).not.toContain('passUnavailable')
  })
})

describe('results while the server is away', () => {
  it('wait in order, are sent once, and go out with the next run', async () => {
    const env = { BREAKGLASS_REPORTER_TOKEN: token }
    kit.server.isDown = true
    expect((await gateRun(pass, { env, run: '1' })).exit).toBe(0)
    expect((await gateRun(fail, { env, run: '2' })).exit).toBe(1)
    expect((await gateRun(pass, { env, run: '3' })).exit).toBe(0)
    kit.server.isDown = false
    await gateRun(pass, { env, run: '4' })
    expect(kit.server.results.map(({ run, result }) => `${run} ${result}`)).toEqual([
      '1 pass',
      '2 fail',
      '3 pass',
      '4 pass',
    ])
    expect(nextEvents(kit.point.journal, 10)).toEqual([])
  })

  it('of another gate wait for its own credential', async () => {
    kit.server.isDown = true
    await gateRun(pass, { env: { BREAKGLASS_REPORTER_TOKEN: token } })
    kit.server.isDown = false
    kit.server.reporters.set('other', { gate: gates.style, repository: 'acme/payments' })
    await gateRun(pass, { env: { BREAKGLASS_REPORTER_TOKEN: 'other' }, gate: gates.style })
    expect(kit.server.results.map(({ gate }) => gate)).toEqual([gates.style])
  })
})

describe('what is asked', () => {
  it('is a gate that the program has: a slip of the name opens nothing', async () => {
    expect(said(await gateRun(fail, { gate: 'payments/integration-test' }))['code']).toBe('unknown_gate')
  })

  it('is not in force elsewhere, and says that', async () => {
    const ran = await gateRun(fail, { args: ['--ref', 'topic'] })
    expect([ran.exit, said(ran)['opens']]).toEqual([0, 'not_in_force'])
  })

  it.each([
    ['an abbreviated commit', ['gate', 'run', gates.tests, '--change', 'acme/payments@abcdef1', '--', 'true']],
    ['another repository', ['gate', 'run', gates.tests, '--change', `acme/other@${'ab'.repeat(20)}`, '--', 'true']],
    ['no command', ['gate', 'run', gates.tests, '--change', change]],
    ['no gate’s name', ['gate', 'run', 'NOT A GATE', '--change', change, '--', 'true']],
    ['a run id with a space', ['gate', 'run', gates.tests, '--change', change, '--run', 'a b', '--', 'true']],
  ])('is refused as %s', async (_, argv) => {
    expect((await cli(argv, { env: { BREAKGLASS_POINT: kit.dir } })).exit).toBe(2)
  })

  it('opens nothing but by a pass where there is no point', async () => {
    const argv = (command: readonly string[]) => ['gate', 'run', gates.tests, '--change', change, '--', ...command]
    expect((await cli(argv(pass))).exit).toBe(0)
    const ran = await cli(argv(fail))
    expect(ran.exit).toBe(1)
    expect(ran.stderr).toContain('BREAKGLASS_POINT')
  })
})

it('gate result reports what something else ran, and prints the receipt', async () => {
  const argv = ['gate', 'result', gates.tests, '--change', change, '--result', 'could-not-run', '--run', '7']
  const env = { BREAKGLASS_REPORTER_TOKEN: token, BREAKGLASS_SERVER: http.url }
  const ran = await cli(argv, { env })
  expect(ran.exit).toBe(0)
  expect(ran.stdout.trim()).toBe(kit.server.receipts[0]?.jws)
  expect((await cli(argv, { env: { BREAKGLASS_SERVER: http.url } })).exit).toBe(2)
  expect((await cli(argv, { env: { ...env, BREAKGLASS_REPORTER_TOKEN: 'wrong' } })).exit).toBe(3)
})

it('keeps the answer of a grant for the run that died between the spend and its end', async () => {
  const grant = grantHere()
  kit.server.mute.add('spendGrants')
  const run = {
    gate: gates.tests,
    commit,
    ref: 'refs/heads/main',
    run: '9',
    result: 'fail',
    words: '',
    grants: [],
  } as const
  expect(await judgeRun(kit.point, run)).toMatchObject({ outcome: 'closed', code: 'spend_unanswered' })
  kit.server.mute.clear()
  expect(await judgeRun(kit.reopen(), run)).toMatchObject({ outcome: 'open' })
  expect(grant.keys).toHaveLength(1)
})
