import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeAcme, type Acme } from '../../../../tests/support/github/acme.ts'
import { FakeGithub } from '../../../../tests/support/github/fake.ts'
import type { FakePull } from '../../../../tests/support/github/pull.ts'
import { createGithubClient, githubRepository, readAppKey } from '@breakglass/github/api'
import { msToInstant } from '@breakglass/verify'
import { commitOf } from '../point/object-id.ts'
import { makePoint, type PointKit } from '../point/testing/point-kit.ts'
import { gates, programOf, programWith } from '../point/testing/world.ts'
import type { Forge } from './apply.ts'
import { keepOnce } from './keep.ts'
import { greens } from './record.ts'

const main = 'refs/heads/main'
const name = `gate/${gates.tests}`
let kit: PointKit
let github: FakeGithub
let acme: Acme
let forge: Forge
let check: string

beforeEach(async () => {
  kit = await makePoint({ synced: false })
  const program = programWith([gates.tests])
  const passes = program.gates[gates.tests]?.passes
  check = passes?.kind === 'check' ? passes.check : ''
  kit.world.publish(program)
  github = await FakeGithub.start({ now: () => kit.world.nowMs })
  acme = await makeAcme(kit.dir, github)
  const app = {
    id: String(acme.gate.id),
    key: readAppKey(acme.gate.privateKey),
    installation: String(acme.installation),
  }
  const client = createGithubClient({ base: github.url, app, now: () => kit.world.nowMs })
  forge = { repository: githubRepository(client, 'acme/payments'), app: app.id }
  acme.repository.protect('main', {
    as: 'admin',
    enforceAdmins: true,
    checks: [{ context: name, appId: acme.gate.id }],
  })
})
afterEach(async () => {
  kit.close()
  await github.close()
})

const keep = () => keepOnce(kit.point, forge)
const pass = (ms: number) => void (kit.world.nowMs += ms)
const runs = (sha: string) => acme.repository.state.checkRuns.filter(one => one.headSha === sha && one.name === name)
const conclusion = (sha: string) => runs(sha).map(one => one.conclusion)
const wish = (sha: string) => ({ commit: commitOf(sha)!, ref: main, gate: gates.tests, at: kit.point.home.config.id })
const grantFor = (pull: FakePull) => kit.server.grant(wish(pull.head))
const told = (kind: string) => kit.server.reports.filter(one => one.kind === kind).map(({ body }) => body)
const failing = async (): Promise<FakePull> => {
  const pull = acme.repository.openPullRequest({ as: 'kofi' })
  pull.check(check, 'failure', { app: 'ci' })
  await keep()
  expect(conclusion(pull.head)).toEqual(['failure'])
  return pull
}

describe('a run that a grant opened', () => {
  it('is shut when the grant ends, and that is told once it was read back', async () => {
    const pull = await failing()
    const grant = grantFor(pull)
    const { wakeAtMs } = await keep()
    expect(conclusion(pull.head)).toEqual(['success'])
    expect(wakeAtMs).toBe(grant.expiresMs)
    pass(grant.expiresMs - kit.world.nowMs)
    grant.live = false
    await keep()
    expect(conclusion(pull.head)).toEqual(['failure'])
    expect(told('point.shut')).toEqual([{ grant: grant.id, used: 0, why: 'expired' }])
    await keep()
    expect(told('point.shut')).toHaveLength(1)
  })

  it('is not told as shut while GitHub does not say that it is', async () => {
    const pull = await failing()
    const grant = grantFor(pull)
    await keep()
    pass(grant.expiresMs - kit.world.nowMs)
    grant.live = false
    github.isDown = true
    expect((await keep()).because).toContain('cannot be reached')
    expect(told('point.shut')).toEqual([])
    github.isDown = false
    await keep()
    expect(told('point.shut')).toHaveLength(1)
    expect(conclusion(pull.head)).toEqual(['failure'])
  })

  it('is known after a crash between the journal and the answer', async () => {
    const pull = await failing()
    const grant = grantFor(pull)
    const { repository } = forge
    const crashing: Forge = {
      ...forge,
      repository: {
        ...repository,
        async updateRun(id, fields) {
          await repository.updateRun(id, fields)
          throw new Error('the process ends here')
        },
      },
    }
    await expect(keepOnce(kit.point, crashing)).rejects.toThrow('ends here')
    expect(conclusion(pull.head)).toEqual(['success'])
    expect(greens(kit.point.journal)).toMatchObject([{ grant: grant.id }])
    pass(grant.expiresMs - kit.world.nowMs)
    grant.live = false
    await keepOnce(kit.reopen(), forge)
    expect(conclusion(pull.head)).toEqual(['failure'])
  })

  it('is told as used late when it was merged after its end and nobody was there to shut it', async () => {
    const pull = await failing()
    const grant = grantFor(pull)
    await keep()
    pass(grant.expiresMs - kit.world.nowMs + 120_000)
    grant.live = false
    const landed = pull.merge({ as: 'kofi' })
    const landedAt = `${new Date(kit.world.nowMs).toISOString().slice(0, 19)}.000Z`
    await keep()
    expect(told('point.used')).toMatchObject([{ grant: grant.id, landedAt, new: `sha1:${landed}`, ref: main }])
    expect(conclusion(pull.head)).toEqual(['failure'])
  })

  it('opens no second pull request with the same head, nor the first one then', async () => {
    const pull = await failing()
    const grant = grantFor(pull)
    await keep()
    expect(conclusion(pull.head)).toEqual(['success'])
    acme.repository.branch('other', { as: 'kofi', from: pull.head })
    const second = acme.repository.openPullRequest({ as: 'kofi', head: 'other' })
    await keep()
    expect(conclusion(pull.head)).toEqual(['failure'])
    expect(runs(pull.head)[0]?.output.summary).toContain('share this commit')
    expect(told('point.used')).toEqual([])
    // Red, and not over: the other one may be closed again while the grant lives.
    expect(told('point.shut')).toEqual([])
    second.close({ as: 'kofi' })
    await keep()
    expect(conclusion(pull.head)).toEqual(['success'])
    grant.live = false
    await keep()
    expect(told('point.shut')).toEqual([{ grant: grant.id, used: 0, why: 'revoked' }])
  })

  it('is shut at its end though reading stops, because few requests are left', async () => {
    const pull = await failing()
    const grant = grantFor(pull)
    await keep()
    expect(conclusion(pull.head)).toEqual(['success'])
    github.budget = 150
    await keep()
    pass(grant.expiresMs - kit.world.nowMs)
    grant.live = false
    expect((await keep()).because).toContain('kept for opening and shutting')
    expect(conclusion(pull.head)).toEqual(['failure'])
  })

  it('is not revived by running it again', async () => {
    const pull = await failing()
    const grant = grantFor(pull)
    await keep()
    grant.live = false
    await keep()
    acme.repository.rerequest(runs(pull.head)[0]!, { as: 'kofi' })
    await keep()
    expect(conclusion(pull.head)).toEqual(['failure'])
  })
})

describe('a server that lies', () => {
  it('turns no check green: not by a forged grant, not by one of another commit, not by its own result', async () => {
    const pull = await failing()
    const other = kit.world.grant(wish(acme.repository.tip()))
    const own = kit.world.grant(wish(pull.head))
    for (const carried of [other.carried, own.carried.replace(/.(?=[^.~]*$)/, 'A'), 'bg1~e30.e30.AAAA~AAAA']) {
      try {
        kit.server.listGrant(own.id, carried)
      } catch {
        // What the fake itself cannot read it cannot list either.
      }
    }
    kit.server.pass(gates.tests, commitOf(pull.head)!)
    await keep()
    expect(conclusion(pull.head)).toEqual(['failure'])
  })

  it('and a wrong clock open nothing that the check itself did not pass', async () => {
    const pull = await failing()
    grantFor(pull)
    kit.server.skewMs = 3_600_000
    expect((await keep()).because).toContain('clock')
    expect(conclusion(pull.head)).toEqual(['failure'])
    pull.check(check, 'success', { app: 'ci' })
    await keep()
    expect(conclusion(pull.head)).toEqual(['success'])
  })
})

describe('protection that is taken away', () => {
  beforeEach(async () => {
    const observer = github.app({
      slug: 'observer',
      permissions: { administration: 'read', contents: 'read', metadata: 'read' },
    })
    const { id: installation } = acme.organization.install('observer', { as: 'admin' })
    const app = { id: String(observer.id), key: readAppKey(observer.privateKey), installation: String(installation) }
    const client = createGithubClient({ base: github.url, app, now: () => kit.world.nowMs })
    forge = { ...forge, protection: { client, name: 'acme/payments' } }
  })
  const seen = () =>
    [...kit.server.observations.values()].flatMap(one =>
      one.kind === 'protection' ? [{ off: one.off, weaker: one.weaker }] : [],
    )

  it('is found within a minute, as it happened: deleted at night, pushed over, restored', async () => {
    const first = await keep()
    expect([first.because, first.lines]).toEqual([undefined, []])
    pass(3_600_000)
    acme.repository.removeProtection('main', { as: 'admin' })
    pass(20_000)
    const pushed = acme.repository.push({ as: 'admin', message: 'quick fix', isForced: true })
    pass(31_000)
    expect((await keep()).lines).toContainEqual(`protection: NOT REQUIRED: ${gates.tests}`)
    expect(seen()).toEqual([{ off: [gates.tests], weaker: [] }])
    pass(600_000)
    // Each look that was due: whatever could excuse the push.
    for (const _ of [10, 60, 600]) await keep()
    expect([...kit.server.observations.values()]).toContainEqual(
      expect.objectContaining({ kind: 'advance', new: `sha1:${pushed}`, around: [gates.tests] }),
    )
    pass(11 * 86_400_000)
    acme.repository.protect('main', {
      as: 'admin',
      enforceAdmins: true,
      checks: [{ context: name, appId: acme.gate.id }],
    })
    expect((await keep()).lines).toContainEqual('protection: every gate is required as it should be')
    expect(seen()).toEqual([
      { off: [gates.tests], weaker: [] },
      { off: [], weaker: [] },
    ])
  })

  it('is told apart: admins exempt is weaker, another app or none is as good as off', async () => {
    acme.repository.protect('main', { as: 'admin', enforceAdmins: false })
    await keep()
    pass(31_000)
    acme.repository.protect('main', { as: 'admin', enforceAdmins: true, checks: [{ context: name, appId: null }] })
    await keep()
    expect(seen()).toEqual([
      { off: [], weaker: [gates.tests] },
      { off: [gates.tests], weaker: [] },
    ])
  })

  it('is not told where it could not be read', async () => {
    acme.repository.removeProtection('main', { as: 'admin' })
    const { protection: _, ...blind } = forge
    await keepOnce(kit.point, blind)
    expect(seen()).toEqual([])
  })
})

describe('the merge queue', () => {
  beforeEach(() => {
    acme.repository.addRuleset({
      as: 'admin',
      name: 'queue',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [{ type: 'merge_queue' }],
    })
  })
  const groupOf = (pull: FakePull) =>
    acme.repository.state.groups.findLast(one => one.pull === pull.number && one.isOpen)!

  it('is judged by what ran on the group itself', async () => {
    const pull = acme.repository.openPullRequest({ as: 'kofi' })
    pull.check(check, 'success', { app: 'ci' })
    await keep()
    pull.enqueue({ as: 'kofi' })
    const { headSha } = groupOf(pull)
    await keep()
    expect(runs(headSha)[0]?.status).toBe('queued')
    acme.repository.createCheck(headSha, { app: 'ci', name: check, conclusion: 'success' })
    await keep()
    expect(acme.repository.tip()).toBe(headSha)
    pass(12_000)
    await keep()
    expect(told('point.allowed')).toMatchObject([
      { new: `sha1:${headSha}`, gates: [{ gate: gates.tests, opens: 'pass' }] },
    ])
    expect([...kit.server.observations.values()]).toEqual([])
  })

  it('carries a grant to the group of its pull request, and to no other', async () => {
    const [one, other] = [await failing(), await failing()]
    const grant = grantFor(one)
    await keep()
    one.enqueue({ as: 'kofi' })
    other.enqueue({ as: 'kofi' })
    const [group, behind] = [groupOf(one), groupOf(other)]
    for (const { headSha } of [group, behind]) {
      acme.repository.createCheck(headSha, { app: 'ci', name: check, conclusion: 'failure' })
    }
    await keep()
    expect(acme.repository.tip()).toBe(group.headSha)
    expect(conclusion(behind.headSha)).toEqual(['failure'])
    await keep()
    expect(told('point.used')).toMatchObject([{ grant: grant.id, new: `sha1:${group.headSha}` }])
    grant.live = false
    await keep()
    // Wherever the grant had turned it green, it is red again.
    expect(conclusion(group.headSha)).toEqual(['failure'])
    expect(conclusion(one.head)).toEqual(['failure'])
  })

  it('asks again for the group that is made anew', async () => {
    const [one, other] = [
      acme.repository.openPullRequest({ as: 'kofi' }),
      acme.repository.openPullRequest({ as: 'kofi' }),
    ]
    for (const pull of [one, other]) pull.check(check, 'success', { app: 'ci' })
    await keep()
    for (const pull of [one, other]) pull.enqueue({ as: 'kofi' })
    await keep()
    const before = groupOf(other).headSha
    one.dequeue({ as: 'kofi' })
    expect(groupOf(other).headSha).not.toBe(before)
    await keep()
    expect(runs(groupOf(other).headSha)[0]?.status).toBe('queued')
  })
})

describe('what others do at GitHub', () => {
  it('a run of our name by another app changes nothing, and is named', async () => {
    const pull = await failing()
    pull.check(name, 'success', { app: 'ci' })
    const { lines } = await keep()
    expect(lines).toContainEqual(expect.stringContaining(`not ours: ${name}`))
    expect(() => pull.merge({ as: 'admin' })).toThrow()
  })

  it('a duplicate of our run is made what it should be as well', async () => {
    const pull = await failing()
    acme.repository.createCheck(pull.head, { app: acme.gate.slug, name, conclusion: 'success' })
    await keep()
    expect(conclusion(pull.head)).toEqual(['failure', 'failure'])
  })

  it('a skipped check is no pass', async () => {
    const pull = acme.repository.openPullRequest({ as: 'kofi' })
    pull.check(check, 'skipped', { app: 'ci' })
    await keep()
    expect(conclusion(pull.head)).toEqual(['failure'])
  })

  it('a pull request of a fork is kept like any other', async () => {
    const fork = acme.organization.repository('fork')
    const pull = acme.repository.openPullRequest({ as: 'kofi', from: fork, head: 'theirs' })
    pull.check(check, 'success', { app: 'ci' })
    await keep()
    expect(conclusion(pull.head)).toEqual(['success'])
  })

  it('data that lags behind accuses nobody', async () => {
    const pull = acme.repository.openPullRequest({ as: 'kofi' })
    pull.check(check, 'success', { app: 'ci' })
    await keep()
    pass(60_000)
    github.world.lag(5000)
    const landed = pull.merge({ as: 'kofi' })
    await keep()
    expect(told('point.allowed')).toEqual([])
    pass(6000)
    await keep()
    pass(11_000)
    await keep()
    expect(told('point.allowed')).toMatchObject([
      { new: `sha1:${landed}`, gates: [{ gate: gates.tests, opens: 'pass' }] },
    ])
    expect([...kit.server.observations.values()]).toEqual([])
  })

  it('a push without a pull request is asked about after eleven minutes, and not before', async () => {
    await keep()
    acme.repository.protect('main', { as: 'admin', enforceAdmins: false })
    const pushed = acme.repository.push({ as: 'admin' })
    for (const ms of [0, 10_000, 50_000]) {
      pass(ms)
      await keep()
      expect([...kit.server.observations.values()]).toEqual([])
    }
    pass(540_000)
    await keep()
    expect([...kit.server.observations.values()]).toMatchObject([
      { kind: 'advance', new: `sha1:${pushed}`, allowed: false, around: [gates.tests] },
    ])
  })

  it('a limit of requests ends a turn, keeps what is left for shutting, and the next turn goes on', async () => {
    const pull = await failing()
    github.budget = 150
    await keep()
    const turn = await keep()
    expect(turn.because).toContain('kept for opening and shutting')
    // What is left still shuts and opens; reading goes on when the hour is over.
    github.budget = 5000
    expect((await keep()).because).toContain('kept for opening and shutting')
    pass(3_601_000)
    pull.check(check, 'success', { app: 'ci' })
    expect((await keep()).because).toBeUndefined()
    expect(conclusion(pull.head)).toEqual(['success'])
  })

  it('thirty pull requests are looked at side by side, with one token', async () => {
    const pulls = Array.from({ length: 30 }, () => acme.repository.openPullRequest({ as: 'kofi' }))
    for (const pull of pulls) pull.check(check, 'success', { app: 'ci' })
    github.asked.length = 0
    await keep()
    expect(pulls.map(({ head }) => conclusion(head))).toEqual(pulls.map(() => ['success']))
    expect(github.asked.filter(({ path }) => path.endsWith('/access_tokens'))).toHaveLength(1)
  })

  it('what is unchanged costs nothing', async () => {
    await failing()
    await keep()
    const before = github.budget
    await keep()
    await keep()
    expect(github.budget).toBe(before)
  })
})

it('mirrors a gate that passes by reviews of the very head', async () => {
  const gate = programOf().gates[gates.tests]!
  kit.world.publish(programOf({ gates: { [gates.tests]: { ...gate, passes: { kind: 'reviews', count: 1 } } } }))
  pass(120_000)
  await keep()
  const pull = acme.repository.openPullRequest({ as: 'kofi' })
  const asked = msToInstant(kit.world.nowMs)
  await keep()
  expect(runs(pull.head)[0]?.status).toBe('queued')
  pull.approve({ as: 'ana' })
  acme.repository.push({ as: 'kofi', branch: pull.state.head.ref })
  await keep()
  // Given for what was pushed over.
  expect(runs(pull.head)[0]?.status).toBe('queued')
  expect(told('point.wait')).toEqual([{ gate: gates.tests, number: 1, askedAt: asked }])
  pass(7_200_000)
  pull.approve({ as: 'lee' })
  await keep()
  await keep()
  expect(conclusion(pull.head)).toEqual(['success'])
  const givenAt = msToInstant(kit.world.nowMs)
  expect(told('point.wait').slice(1)).toEqual([{ gate: gates.tests, number: 1, askedAt: asked, givenAt }])
  // Closed without: it waits no longer.
  const other = acme.repository.openPullRequest({ as: 'kofi' })
  await keep()
  other.close({ as: 'kofi' })
  await keep()
  expect(told('point.wait').slice(2)).toMatchObject([{ number: 2 }, { number: 2, ended: true }])
})
