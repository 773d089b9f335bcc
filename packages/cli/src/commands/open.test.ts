import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { GrantView } from '@breakglass/core/contract'
import { BreakglassError } from '@breakglass/core/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ana, blocked, commit, grant, id, incident, kofi, refused, ungranted } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'

let world: World
beforeEach(() => {
  world = createWorld({
    openGlass: () => ({ request: id('rq'), grants: [grant()] }),
    blockedChange: blocked,
    listIncidents: () => ({ incidents: [incident()] }),
    grantProof: () => ({ carried: 'bg1~aaaa~bbbb', index: 41 }),
  })
})
afterEach(() => world.remove())

const change = `acme/payments@${commit.slice(5)}`
const gate = 'payments/integration-tests'
const whole = ['open', change, '--ref', 'main', '--gate', gate, '--reason', 'Checkout is down']
const routes = () => world.server.calls.map(({ route }) => route)

describe('open with everything given', () => {
  it('asks nothing, opens, and says what opened, what stays shut, until when, who knows, what is due and where it is logged', async () => {
    const { exit, stdout } = await world.run([...whole, '--incident', id('in'), '--ttl', '15m'])
    expect(exit).toBe(0)
    expect(routes()).toEqual(['openGlass', 'blockedChange'])
    expect(world.server.calls[0]?.body).toEqual({
      gates: [gate],
      repository: 'acme/payments',
      ref: 'refs/heads/main',
      change: { commit },
      mode: 'online',
      incident: id('in'),
      ttlSeconds: 900,
      justification: 'Checkout is down',
    })
    for (const words of [
      `OPEN  ${gate}`,
      'in 30m (2026-11-23 12:30 UTC), or after one more use',
      'payments/smoke (blocked: no result yet)',
      'Kofi Mensah',
      '2026-11-25 16:00 UTC, provisional',
      '#41',
    ]) {
      expect(stdout).toContain(words)
    }
  })

  it('asks nothing at a terminal either', async () => {
    const { exit, stderr } = await world.run(whole, { terminal: 80 })
    expect(exit).toBe(0)
    expect(stderr).toBe('note: for the incident that is open, SEV1 Checkout is down; --incident none leaves it out\n')
  })

  it('names the only incident that is open, and none where it is told to', async () => {
    await world.run(whole)
    await world.run([...whole, '--incident', 'none'])
    const asked = world.server.calls.filter(({ route }) => route === 'openGlass')
    expect(asked[0]?.body).toMatchObject({ incident: id('in') })
    expect(asked[1]?.body).not.toHaveProperty('incident')
  })

  it('is one JSON document where that was asked for', async () => {
    const { stdout } = await world.run([...whole, '--json'])
    expect(JSON.parse(stdout)).toEqual({ request: id('rq'), grants: [grant()], carried: [] })
  })

  it('ends with 1 when it is refused, and prints each unmet rule with its remedy', async () => {
    world.server.handlers.openGlass = () => ({ request: id('rq'), grants: [refused()] })
    const { exit, stdout } = await world.run(whole)
    expect(exit).toBe(1)
    expect(stdout).toContain('REFUSED')
    expect(stdout).toContain('NO incident: no incident was named; wanted an incident of SEV2 or graver')
    expect(stdout).toContain('→ breakglass incident open')
    expect(stdout).not.toContain('who: payments-oncall')
  })

  it('ends with 1 when only some of the gates are open', async () => {
    world.server.handlers.openGlass = () => ({ request: id('rq'), grants: [grant(), refused()] })
    expect((await world.run(whole)).exit).toBe(1)
  })

  it('hides no open gate when the state of the others cannot be had', async () => {
    world.server.handlers.blockedChange = () => {
      throw new BreakglassError('store_unavailable', 'x')
    }
    const { exit, stdout } = await world.run(whole)
    expect(exit).toBe(0)
    expect(stdout).toContain('payments/smoke (state not known)')
  })

  it('says that nothing was opened when the ledger could not take it', async () => {
    world.server.handlers.openGlass = () => {
      throw new BreakglassError('ledger_unavailable', 'The ledger did not answer within 5 s. Nothing was opened.')
    }
    const { exit, stdout, stderr } = await world.run(whole)
    expect({ exit, stdout }).toEqual({ exit: 6, stdout: '' })
    expect(stderr).toContain('Nothing was opened')
  })

  it('says a wrong clock once and stops nobody', async () => {
    world.server.clockAheadMs = 120_000
    const { exit, stdout, stderr } = await world.run(whole)
    expect(exit).toBe(0)
    expect(stderr.match(/clock is/g)).toHaveLength(1)
    expect(stdout).toContain('in 28m') // the time left is the server's
  })

  it('lets nothing that others wrote act on the terminal', async () => {
    const named = { ...kofi, name: 'Kofi\u001b[2J\u202e' }
    world.server.handlers.openGlass = () => ({ request: id('rq'), grants: [grant({ told: [named] })] })
    const { stdout } = await world.run(whole, { terminal: 80 })
    expect(stdout).not.toContain('\u001b[2J')
    expect(stdout).not.toContain('\u202e')
  })
})

describe('an offline grant', () => {
  it('is handed over, and written for its owner alone', async () => {
    world.server.handlers.openGlass = () => ({ request: id('rq'), grants: [grant({ mode: 'offline' })] })
    const { exit, stdout } = await world.run([...whole, '--offline', '--out', 'grant.bg'])
    expect(exit).toBe(0)
    expect(world.server.calls.find(({ route }) => route === 'openGlass')?.body).toMatchObject({ mode: 'offline' })
    expect(stdout).toContain('bg1~aaaa~bbbb\n')
    const file = path.join(world.directory, 'grant.bg')
    expect(readFileSync(file, 'utf8')).toBe('bg1~aaaa~bbbb\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})

describe('open with something missing', () => {
  it.each([
    [['open', change, '--ref', 'main', '--gate', gate], 'add --reason'],
    [['open', change, '--ref', 'main', '--reason', 'x'], `add --gate ${gate}`],
    [['open', change, '--gate', gate, '--reason', 'x'], 'add --ref main'],
    [['open', '--gate', gate, '--reason', 'x'], 'name it: owner/name@<commit>'],
    [['open', 'acme/payments#12', '--gate', gate, '--reason', 'x'], 'head commit of #12'],
  ])('%j says which flag where nobody can be asked', async (argv, next) => {
    const { exit, stderr } = await world.run(argv)
    expect(exit).toBe(2)
    expect(stderr).toContain(next)
    expect(routes()).not.toContain('openGlass')
  })

  it('asks a person at a terminal which of the blocked gates, why, and for which incident', async () => {
    const argv = ['open', change, '--ref', 'main']
    const { exit, stderr } = await world.run(argv, { terminal: 100, typed: ['1', 'Checkout is down', '1'] })
    expect(exit).toBe(0)
    expect(stderr).toContain('payments/smoke')
    expect(stderr).not.toContain('payments/lint')
    expect(world.server.calls.find(({ route }) => route === 'openGlass')?.body).toMatchObject({
      gates: [gate],
      justification: 'Checkout is down',
      incident: id('in'),
    })
  })

  it('opens nothing where nothing blocks', async () => {
    world.server.handlers.blockedChange = () => ({ ...blocked(), gates: [] })
    const { exit, stdout } = await world.run(['open', change, '--ref', 'main'])
    expect(exit).toBe(0)
    expect(stdout).toContain('Nothing blocks')
    expect(routes()).toEqual(['blockedChange'])
  })
})

describe('a grant that waits', () => {
  const waiting = () =>
    ungranted({ state: 'waiting', secondPerson: 'awaited', waitsUntil: '2026-11-23T12:05:00.000Z', mayApprove: [kofi] })
  let seen: number
  beforeEach(() => {
    seen = 0
    world.server.handlers.openGlass = () => ({ request: id('rq'), grants: [waiting()] })
  })
  const becomes = (last: GrantView) => {
    world.server.handlers.showGrant = () => (++seen < 3 ? waiting() : last)
  }

  it('is no open gate: exit 1, who may approve, and what they run', async () => {
    const { exit, stdout } = await world.run(whole)
    expect(exit).toBe(1)
    expect(stdout).toContain('Kofi Mensah; until 2026-11-23 12:05 UTC (5m left)')
    expect(stdout).toContain(`breakglass approve ${id('g')}`)
    expect(routes()).not.toContain('showGrant')
  })

  it.each([
    ['approved', grant({ secondPerson: 'approved', approvers: [kofi] }), 0, 'approved by Kofi Mensah'],
    ['solo', grant({ secondPerson: 'went_solo' }), 0, 'opened solo'],
    ['declined', ungranted({ state: 'declined' }), 1, 'DECLINED'],
    ['void', ungranted({ state: 'void', told: [ana] }), 1, 'nothing was opened'],
  ])('is watched until it is %s', async (_, last, code, words) => {
    becomes(last)
    const { exit, stdout } = await world.run([...whole, '--wait'])
    expect(exit).toBe(code)
    expect(stdout).toContain(words)
    expect(seen).toBe(3)
  })

  it('is watched at a terminal without being asked to, and one lost poll ends nothing', async () => {
    becomes(grant({ secondPerson: 'approved', approvers: [kofi] }))
    world.onSleep = () => {
      world.server.failure = world.nowMs % 2000 === 0 ? new TypeError('fetch failed') : undefined
    }
    const { exit, stderr } = await world.run(whole, { terminal: 80 })
    world.server.failure = undefined
    expect(exit).toBe(0)
    expect(stderr).toContain('no answer just now')
  })

  it('stays waiting after Ctrl-C, which says so', async () => {
    becomes(grant())
    world.onSleep = () => world.interrupt?.()
    const { exit, stdout, stderr } = await world.run([...whole, '--wait'])
    expect(exit).toBe(1)
    expect(stdout).toContain('WAITING')
    expect(stderr).toContain('the request still waits')
    expect(routes()).not.toContain('withdrawGrant')
  })

  it('stops being watched when the token ends', async () => {
    world.server.handlers.showGrant = () => {
      throw new BreakglassError('token_expired', 'The token has expired.')
    }
    expect((await world.run([...whole, '--wait'])).exit).toBe(3)
  })
})

describe('--follow', () => {
  it('counts down until the gate is confirmed shut', async () => {
    const states: GrantView[] = [
      grant(),
      grant({ state: 'exhausted', used: 1 }),
      grant({ state: 'shut', used: 1, shutAt: '2026-11-23T12:00:03.000Z', shutConfirmedBy: 'git.acme.example' }),
    ]
    let at = 0
    world.server.handlers.showGrant = () => states[at++]!
    const { exit, stdout } = await world.run([...whole, '--follow'], { terminal: 80 })
    expect(exit).toBe(0)
    expect(stdout).toContain('in 29m 59s')
    expect(stdout).toContain('USED UP')
    expect(at).toBe(3)
  })
})
