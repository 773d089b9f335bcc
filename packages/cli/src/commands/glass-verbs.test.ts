import { BreakglassError } from '@breakglass/core/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commit, blocked, grant, id, incident, kofi, person, point, refused, ungranted } from '../testing/samples.ts'
import { createWorld, type World } from '../testing/world.ts'

let world: World
beforeEach(() => {
  world = createWorld()
})
afterEach(() => world.remove())

const calls = () => world.server.calls.map(({ route }) => route)

describe('approve', () => {
  it('shows the grant that opened', async () => {
    world.server.handlers = {
      showGrant: () => ungranted({ state: 'waiting' }),
      approveGrant: () => grant({ secondPerson: 'approved', approvers: [kofi] }),
    }
    const { exit, stdout } = await world.run(['approve', id('g')])
    expect(exit).toBe(0)
    expect(stdout).toContain('OPEN')
    expect(stdout).toContain('approved by Kofi Mensah')
  })

  it('takes a request for all its waiting grants, and no other’s', async () => {
    const waiting = [
      ungranted({ state: 'waiting' }),
      ungranted({ id: id('g', '2'), request: id('rq', '2'), state: 'waiting' }),
    ]
    world.server.handlers = { listGrants: () => ({ grants: waiting }), approveGrant: () => grant() }
    const { exit } = await world.run(['approve', id('rq')])
    expect(exit).toBe(0)
    expect(calls()).toEqual(['listGrants', 'approveGrant'])
  })

  it('ends with 1 when fresh facts refuse it, and with the code of whoever may not', async () => {
    world.server.handlers = { showGrant: () => ungranted({ state: 'waiting' }), approveGrant: refused }
    expect((await world.run(['approve', id('g')])).exit).toBe(1)
    world.server.handlers.approveGrant = () => {
      throw new BreakglassError('admin_may_not', 'An administrator may not approve.')
    }
    const { exit, stderr } = await world.run(['approve', id('g')])
    expect(exit).toBe(3)
    expect(stderr).toContain('ask somebody whom the program names')
  })

  it('finds nothing for a request that waits no more', async () => {
    world.server.handlers = { listGrants: () => ({ grants: [] }) }
    expect((await world.run(['approve', id('rq')])).exit).toBe(4)
  })
})

describe('decline and withdraw', () => {
  beforeEach(() => {
    world.server.handlers = {
      showGrant: () => ungranted({ state: 'waiting' }),
      declineGrant: () => ungranted({ state: 'declined' }),
      withdrawGrant: () => ungranted({ state: 'withdrawn' }),
    }
  })

  it('decline carries its words', async () => {
    const { exit, stdout } = await world.run(['decline', id('g'), '--reason', 'The runner is back'])
    expect(exit).toBe(0)
    expect(stdout).toContain('DECLINED')
    expect(world.server.calls.at(-1)?.body).toEqual({ reason: 'The runner is back' })
  })

  it('decline asks for words at a terminal, and names the flag elsewhere', async () => {
    expect((await world.run(['decline', id('g')])).exit).toBe(2)
    expect((await world.run(['decline', id('g')], { terminal: 80, typed: ['', 'Push again'] })).exit).toBe(0)
    expect(world.server.calls.at(-1)?.body).toEqual({ reason: 'Push again' })
  })

  it('withdraw says what became of it', async () => {
    expect((await world.run(['withdraw', id('g'), '--json'])).stdout).toContain('withdrawn')
  })
})

describe('revoke', () => {
  it('shuts now, or says where it may still open, as exit 1', async () => {
    world.server.handlers.revokeGrant = () => ({ grant: grant({ state: 'revoked' }), stillOpen: [] })
    expect((await world.run(['revoke', id('g'), '--reason', 'Fixed'])).exit).toBe(0)
    const until = '2026-11-23T12:20:00.000Z'
    world.server.handlers.revokeGrant = () => ({
      grant: grant({ state: 'revoked', mode: 'offline' }),
      stillOpen: [{ at: 'git.acme.example', until }],
    })
    const { exit, stdout } = await world.run(['revoke', id('g'), '--reason', 'Fixed'])
    expect(exit).toBe(1)
    expect(stdout).toContain('MAY STILL OPEN at git.acme.example until 2026-11-23 12:20 UTC (in 20m)')
  })
})

describe('explain', () => {
  it('prints the tree of reasons for every gate in force, and ends with 1 when one would be refused', async () => {
    world.server.handlers = {
      blockedChange: blocked,
      listIncidents: () => ({ incidents: [] }),
      explainGlass: () => ({
        decisions: [
          { gate: 'payments/lint', outcome: 'granted', ttlSeconds: 1800, uses: 1, reasons: grant().reasons },
          { gate: 'payments/smoke', outcome: 'refused', code: 'no_incident', reasons: refused().reasons },
        ],
      }),
    }
    const argv = ['explain', `acme/payments@${commit.slice(5)}`, '--ref', 'main']
    const { exit, stdout } = await world.run(argv)
    expect(exit).toBe(1)
    expect(world.server.calls.at(-1)?.body).toMatchObject({
      gates: ['payments/integration-tests', 'payments/smoke', 'payments/lint'],
    })
    expect(stdout).toContain('payments/lint: would OPEN for 30m, one use')
    expect(stdout).toContain('payments/smoke: would be REFUSED (no_incident)')
    expect(stdout).toContain('NO   incident: no incident was named')
  })
})

describe('status', () => {
  const status = () => ({
    now: '2026-11-23T12:00:00.000Z',
    open: [grant()],
    waiting: [],
    incidents: [incident()],
    alarms: [
      { id: id('al'), kind: 'hook', since: '2026-11-23T11:00:00.000Z', words: 'The hook of acme/payments is gone.' },
    ],
    notices: [],
    drift: [],
    findings: [],
    reviews: { due: 2, overdue: 1 },
    ledger: { reachable: false, origin: 'acme.example/log', pending: 3, outOfBand: false },
    cannotSee: ['Pull requests: no forge is connected.'],
  })
  beforeEach(() => {
    world.server.handlers.status = status
  })

  it('prints once where nobody watches, and never a zero for what is not known', async () => {
    const { exit, stdout } = await world.run(['status'])
    expect(exit).toBe(0)
    for (const words of [
      'ALARM The hook of acme/payments is gone.',
      'closes in 30m',
      '2 due, 1 OVERDUE',
      'NOT REACHABLE: no gate can be opened; 3 statements wait',
      'not out-of-band',
      'NONE IN FORCE',
      'Pull requests: no forge is connected.',
    ]) {
      expect(stdout).toContain(words)
    }
    expect(calls()).toEqual(['status'])
  })

  it('refreshes each second at a terminal, says when what it shows is old, and ends with Ctrl-C', async () => {
    let rounds = 0
    world.onSleep = () => {
      rounds++
      world.server.failure = rounds === 2 ? new TypeError('fetch failed') : undefined
      if (rounds === 4) world.interrupt?.()
    }
    const { exit, stdout } = await world.run(['status'], { terminal: 100 })
    expect(exit).toBe(0)
    expect(stdout).toContain('NOT CURRENT')
    expect(stdout.match(/open glass/g)).toHaveLength(4)
    expect(world.interrupt).toBeUndefined()
  })

  it('is one document for a script', async () => {
    expect(JSON.parse((await world.run(['status', '--json'], { terminal: 80 })).stdout)).toEqual(status())
  })

  it('is coloured only for a terminal that wants it', async () => {
    const colored = '\u001b[3'
    expect((await world.run(['status', '--once'], { terminal: 80 })).stdout).toContain(colored)
    expect((await world.run(['status', '--once', '--no-color'], { terminal: 80 })).stdout).not.toContain(colored)
    expect((await world.run(['status'])).stdout).not.toContain(colored)
    world.env['NO_COLOR'] = '1'
    expect((await world.run(['status', '--once'], { terminal: 80 })).stdout).not.toContain(colored)
  })
})

describe('incidents', () => {
  it('are opened, set, listed and resolved', async () => {
    world.server.handlers = {
      openIncident: ({ body }) => incident({ title: body.title, severity: body.severity }),
      setIncident: ({ body }) => incident({ severity: body.severity ?? 'SEV1' }),
      resolveIncident: () => incident({ state: 'resolved' }),
      listIncidents: () => ({
        incidents: [incident(), incident({ id: id('in', '2'), state: 'resolved', title: null })],
      }),
    }
    expect((await world.run(['incident', 'open', 'Checkout is down', '--severity', 'SEV2'])).stdout).toContain(
      'SEV2, commanded by Ana Lima',
    )
    expect((await world.run(['incident', 'open', 'Checkout is down'])).exit).toBe(2)
    expect((await world.run(['incident', 'open', 'x', '--severity', 'sev2'])).stderr).toContain('did you mean “SEV2”?')
    expect((await world.run(['incident', 'set', id('in'), '--severity', 'SEV3'])).stdout).toContain('SEV3')
    expect((await world.run(['incident', 'set', id('in')])).exit).toBe(2)
    expect((await world.run(['incident', 'resolve', id('in')])).stdout).toContain('resolved')
    expect((await world.run(['incident', 'list'])).stdout).not.toContain('(erased)')
    expect((await world.run(['incident', 'list', '--all'])).stdout).toContain('(erased)')
  })
})

describe('people, credentials and points', () => {
  const expiresAt = '2026-11-24T12:00:00.000Z'
  const invited = () => ({
    person: person({ state: 'invited' }),
    code: 'Yq3v0h8Zk2m1',
    link: 'http://127.0.0.1:7117/welcome#Yq3v0h8Zk2m1',
    expiresAt,
  })
  const reporter = () => ({
    id: id('tk'),
    name: 'ci',
    gate: 'payments/lint',
    repository: point().repository,
    createdAt: expiresAt,
    expiresAt,
  })

  it('are invited with a link to send, found by account, and ended', async () => {
    world.server.handlers = {
      invitePerson: invited,
      reinvitePerson: invited,
      listPersons: () => ({ persons: [person(), person({ ...kofi, accounts: [] })] }),
      endPerson: () => person({ state: 'ended' }),
    }
    const { stdout } = await world.run(['person', 'invite', 'ana@acme.dev', '--name', 'Ana Lima', '--role', 'owner'])
    expect(stdout).toContain("breakglass login 'http://127.0.0.1:7117/welcome#Yq3v0h8Zk2m1'")
    expect(world.server.calls[0]?.body).toEqual({
      email: 'ana@acme.dev',
      name: 'Ana Lima',
      roles: ['owner'],
      kind: 'human',
    })
    expect((await world.run(['person', 'reinvite', 'ana@acme.dev'])).exit).toBe(0)
    expect(world.server.calls.at(-1)?.params).toEqual({ id: id('p', 'a') })
    expect((await world.run(['person', 'end', 'Kofi Mensah'])).exit).toBe(0)
    expect((await world.run(['person', 'end', 'nobody@acme.dev'])).exit).toBe(4)
    expect((await world.run(['person', 'invite', 'not an address', '--name', 'x'])).exit).toBe(2)
  })

  it('a reporter’s token is shown once, when it is issued', async () => {
    world.server.handlers = {
      createReporter: () => ({ reporter: reporter(), token: 'bgr_secret' }),
      listReporters: () => ({ reporters: [reporter()] }),
      endReporter: () => ({ ...reporter(), endedAt: expiresAt }),
    }
    const argv = ['reporter', 'create', 'ci', '--gate', 'payments/lint', '--repository', 'acme/payments']
    expect((await world.run(argv)).stdout).toContain('bgr_secret')
    expect(world.server.calls[0]?.body).toMatchObject({ days: 90 })
    expect((await world.run(['reporter', 'list'])).stdout).toContain('expires in 1d')
    expect((await world.run(['reporter', 'end', id('tk')])).exit).toBe(0)
  })

  it('a point says how strictly it enforces, and whether it was ever seen', async () => {
    world.server.handlers.listPoints = () => ({ points: [point({ enforcement: 'cooperative' })] })
    const { stdout } = await world.run(['point', 'list'])
    expect(stdout).toContain('cooperative')
    expect(stdout).toContain('never')
  })
})

describe('findings', () => {
  const finding = (state: 'open' | 'resolved') => ({
    id: id('fd'),
    kind: 'landed_without_hook' as const,
    confidence: 'certain' as const,
    repository: point().repository,
    ref: 'refs/heads/main',
    new: commit,
    gates: ['payments/lint'],
    whileOff: true,
    detectedAt: '2026-11-23T11:00:00.000Z',
    state,
    review: id('rv'),
  })

  it('are listed with the protection that is off, and explained without ending their review', async () => {
    world.server.handlers = {
      listFindings: () => ({
        findings: [finding('open')],
        drift: [
          {
            point: { id: id('pt'), name: 'git.acme.example' },
            repository: point().repository,
            what: 'hook_missing',
            since: '2026-11-23T10:00:00.000Z',
            owner: [],
            landingsWhileOff: 2,
          },
        ],
      }),
      resolveFinding: () => finding('resolved'),
    }
    const { stdout } = await world.run(['finding', 'list'])
    expect(stdout).toContain('landed without the gate, protection off')
    expect(stdout).toContain(
      'hook missing at git.acme.example (acme/payments), 2h ago; 2 landings meanwhile; owner nobody known',
    )
    const resolved = await world.run(['finding', 'resolve', id('fd'), '--explanation', 'The mirror pushed past it'])
    expect(resolved.stdout).toContain(`Its review ${id('rv')} stays due`)
  })
})

describe('runbook', () => {
  it('is the text the server generated, or one document', async () => {
    world.server.handlers.getRunbook = ({ query }) => `Runbook ${query.gate ?? 'of all gates'}\n`
    expect((await world.run(['runbook', '--gate', 'payments/lint'])).stdout).toBe('Runbook payments/lint\n')
    expect(JSON.parse((await world.run(['runbook', '--json'])).stdout)).toEqual({ runbook: 'Runbook of all gates\n' })
  })
})
