import { type Commit, formatCarried, type Trust } from '@breakglass/verify'
import { describe, expect, it } from 'vitest'
import { type GateEvidence, isClosed, judgeGate, noEvidence, type Scene } from './judge.ts'
import { gates, idNumbered, programOf, repository, World } from './testing/world.ts'

const commit: Commit = `sha1:${'ab'.repeat(20)}`
const otherCommit: Commit = `sha1:${'cd'.repeat(20)}`
const key = 'this landing'

function sceneOf(world: World, change: Partial<Scene> = {}): Scene {
  const digest = world.programDigest
  return {
    at: idNumbered('point', 1),
    repository,
    repositoryName: 'acme/payments',
    ref: 'refs/heads/main',
    commit,
    trust: world.trust,
    program: { digest, known: new Set([digest]) },
    isProgramSource: false,
    nowMs: world.nowMs,
    online: true,
    standing: () => 'joined',
    useKey: () => key,
    spentFor: () => [],
    ...change,
  }
}

interface Case {
  name: string
  gate?: string
  evidence: (world: World) => Partial<GateEvidence>
  scene?: (world: World) => Partial<Scene>
  expected: string
}

function check(cases: readonly Case[]): void {
  it.each(cases)('$name', ({ gate = gates.tests, evidence, scene, expected }) => {
    const world = new World()
    const shown = { ...noEvidence, ...evidence(world) }
    const rules = world.program.gates[gate]!
    const verdict = judgeGate(rules, shown, sceneOf(world, scene?.(world)))
    expect(isClosed(verdict) ? verdict.closed : verdict.opens).toBe(expected)
    if (!isClosed(verdict)) return
    expect(verdict.words.length).toBeGreaterThan(10)
    expect(verdict.remedy).not.toBe('')
  })
}

describe('what a result says', () => {
  const receipt = (world: World, result: 'pass' | 'fail' | 'could_not_run', change = {}) =>
    world.receipt({ gate: gates.tests, commit, result, ...change })
  check([
    { name: 'stays closed without any', evidence: () => ({}), expected: 'no_result' },
    { name: 'opens by a pass', evidence: w => ({ receipts: [receipt(w, 'pass')] }), expected: 'pass' },
    { name: 'stays closed by a failure', evidence: w => ({ receipts: [receipt(w, 'fail')] }), expected: 'failed' },
    {
      name: 'keeps "could not run" apart from "failed"',
      evidence: w => ({ receipts: [receipt(w, 'could_not_run')] }),
      expected: 'could_not_run',
    },
    {
      name: 'lets the newest receipt decide, a failure after a pass',
      evidence: w => ({ receipts: [receipt(w, 'fail'), receipt(w, 'pass', { atMs: w.nowMs - 5000 })] }),
      expected: 'failed',
    },
    {
      name: 'lets the newest receipt decide, a pass after a failure',
      evidence: w => ({ receipts: [receipt(w, 'fail', { atMs: w.nowMs - 5000 }), receipt(w, 'pass')] }),
      expected: 'pass',
    },
    {
      name: 'takes the one that does not open of two at one instant',
      evidence: w => ({ receipts: [receipt(w, 'pass'), receipt(w, 'fail')] }),
      expected: 'failed',
    },
    {
      name: 'lets an expired failure hide an older pass that has not expired',
      evidence: w => ({
        receipts: [
          receipt(w, 'fail', { atMs: w.nowMs - 5000, seconds: 1 }),
          receipt(w, 'pass', { atMs: w.nowMs - 9000 }),
        ],
      }),
      expected: 'result_expired',
    },
    {
      name: 'puts the run that is judged itself above any receipt',
      evidence: w => ({ own: 'fail', receipts: [receipt(w, 'pass')] }),
      expected: 'failed',
    },
  ])
})

describe('a receipt that does not count', () => {
  check([
    {
      name: 'is of another gate',
      evidence: w => ({ receipts: [w.receipt({ gate: gates.smoke, commit })] }),
      expected: 'no_result',
    },
    {
      name: 'is of another commit',
      evidence: w => ({ receipts: [w.receipt({ gate: gates.tests, commit: otherCommit })] }),
      expected: 'no_result',
    },
    {
      name: 'is of another repository',
      evidence: w => ({
        receipts: [
          w.receipt({ gate: gates.tests, commit, repository: { ...repository, id: idNumbered('repository', 2) } }),
        ],
      }),
      expected: 'no_result',
    },
    {
      name: 'is signed by a stranger',
      evidence: w => ({ receipts: [w.receipt({ gate: gates.tests, commit }, w.stranger)] }),
      expected: 'no_result',
    },
    {
      name: 'is from the future',
      evidence: w => ({ receipts: [w.receipt({ gate: gates.tests, commit, atMs: w.nowMs + 61_000 })] }),
      expected: 'no_result',
    },
  ])

  it('is named beside the state of the gate, each in its own words', () => {
    const world = new World()
    const receipts = [
      world.receipt({ gate: gates.smoke, commit }),
      world.receipt({ gate: gates.tests, commit: otherCommit }),
      world.receipt({ gate: gates.tests, commit }, world.stranger),
      'not a receipt',
    ]
    const verdict = judgeGate(world.program.gates[gates.tests]!, { ...noEvidence, receipts }, sceneOf(world))
    if (!isClosed(verdict)) throw new Error('expected it closed')
    expect(verdict.also).toHaveLength(4)
    expect(verdict.also.join('\n')).toMatch(/gate[^]*another commit[^]*not genuine[^]*cannot be read/)
  })
})

describe('a grant', () => {
  const grants = (world: World, wish: Parameters<World['grant']>[0] = {}) => ({
    grants: [world.grant({ commit, ...wish }).carried],
  })
  check([
    { name: 'opens its gate for its commit here', evidence: w => grants(w), expected: 'grant' },
    {
      name: 'opens offline when it is an offline one',
      evidence: w => grants(w, { mode: 'offline' }),
      scene: () => ({ online: false }),
      expected: 'grant',
    },
    { name: 'opens after a failure', evidence: w => ({ ...grants(w), own: 'fail' as const }), expected: 'grant' },
    {
      name: 'is not used up where the check passed',
      evidence: w => ({ ...grants(w), own: 'pass' as const }),
      expected: 'pass',
    },
    {
      name: 'is for another commit',
      evidence: w => grants(w, { commit: otherCommit }),
      expected: 'grant_wrong_commit',
    },
    { name: 'is for another gate', evidence: w => grants(w, { gate: gates.style }), expected: 'grant_wrong_gate' },
    {
      name: 'is for another ref',
      evidence: w => grants(w, { ref: 'refs/heads/release/1' }),
      expected: 'grant_wrong_ref',
    },
    {
      name: 'is for another repository',
      evidence: w => grants(w, { repository: { ...repository, host: 'elsewhere.example' } }),
      expected: 'grant_wrong_repository',
    },
    {
      name: 'is for another point',
      evidence: w => grants(w, { at: idNumbered('point', 2) }),
      expected: 'grant_wrong_point',
    },
    { name: 'has expired', evidence: w => grants(w, { grantedMs: w.nowMs - 1_800_000 }), expected: 'grant_expired' },
    {
      name: 'is valid to its last millisecond',
      evidence: w => grants(w, { grantedMs: w.nowMs - 1_799_999 }),
      expected: 'grant',
    },
    {
      name: 'is not valid yet',
      evidence: w => grants(w, { grantedMs: w.nowMs + 60_001 }),
      expected: 'grant_not_yet_valid',
    },
    { name: 'may be a minute ahead', evidence: w => grants(w, { grantedMs: w.nowMs + 60_000 }), expected: 'grant' },
    {
      name: 'needs the server',
      evidence: w => grants(w),
      scene: () => ({ online: false }),
      expected: 'grant_needs_server',
    },
    {
      name: 'has been used for another landing',
      evidence: w => grants(w, { mode: 'offline' }),
      scene: () => ({ spentFor: () => ['another landing'] }),
      expected: 'grant_used',
    },
    {
      name: 'gets the same answer for the same landing',
      evidence: w => grants(w, { mode: 'offline' }),
      scene: () => ({ spentFor: () => [key] }),
      expected: 'grant',
    },
    {
      name: 'was decided under a program that nobody accepted here',
      evidence: w => grants(w, { program: `sha256:${'77'.repeat(32)}` }),
      expected: 'grant_wrong_program',
    },
    {
      name: 'keeps the earlier program it was decided under',
      evidence: w => grants(w, { program: `sha256:${'77'.repeat(32)}`, uses: 5 }),
      scene: w => ({ program: { digest: w.programDigest, known: new Set([`sha256:${'77'.repeat(32)}`]) } }),
      expected: 'grant',
    },
    {
      name: 'has more uses than the program gives',
      evidence: w => grants(w, { uses: 3 }),
      expected: 'grant_wider_than_program',
    },
    {
      name: 'lasts longer than the program gives',
      evidence: w => grants(w, { ttlSeconds: 3600 }),
      expected: 'grant_wider_than_program',
    },
    {
      name: 'cannot open a gate on the source of the program',
      evidence: w => grants(w),
      scene: () => ({ isProgramSource: true }),
      expected: 'program_source',
    },
    {
      name: 'cannot open a safety net that ran and failed',
      gate: gates.smoke,
      evidence: w => ({
        ...grants(w, { gate: gates.smoke, secondPerson: 'approved', ttlSeconds: 900 }),
        own: 'fail' as const,
      }),
      expected: 'safety_net_failed',
    },
    {
      name: 'opens a safety net that could not run, with a second person',
      gate: gates.smoke,
      evidence: w => ({
        ...grants(w, { gate: gates.smoke, secondPerson: 'approved', ttlSeconds: 900 }),
        own: 'could_not_run' as const,
      }),
      expected: 'grant',
    },
    {
      name: 'never opens a safety net for one alone',
      gate: gates.smoke,
      evidence: w => ({ ...grants(w, { gate: gates.smoke, ttlSeconds: 900 }), own: 'could_not_run' as const }),
      expected: 'grant_wider_than_program',
    },
    {
      name: 'is nothing that can be read',
      evidence: () => ({ grants: ['bg1~nothing'] }),
      expected: 'grant_unreadable',
    },
  ])
})

/** I4: nothing opens a gate on the server's word. Each of these is signed by the server's own key, or listed by it. */
describe('what the server says without the ledger', () => {
  const unlogged = (world: World, proof: string) => formatCarried({ jws: world.grantStatement({ commit }).jws, proof })
  check([
    {
      name: 'a grant that was never logged',
      evidence: w => ({ grants: [unlogged(w, '')] }),
      expected: 'grant_not_logged',
    },
    {
      name: "a grant with another entry's proof",
      evidence: w => ({ grants: [unlogged(w, w.ledger.proof(1))] }),
      expected: 'grant_not_logged',
    },
    {
      name: 'a grant that was logged and then altered',
      evidence: w => ({ grants: [altered(w)] }),
      expected: 'grant_forged',
    },
    {
      name: 'a grant signed by a stranger, and logged',
      evidence: w => ({
        grants: [formatCarried(w.ledger.append(w.grantStatement({ commit }, w.stranger).jws).logged)],
      }),
      expected: 'grant_forged',
    },
    {
      name: 'a grant of a key that was ended',
      evidence: w => ({ grants: [w.grant({ commit }).carried] }),
      scene: w => ({ trust: ended(w) }),
      expected: 'grant_ended_key',
    },
    {
      name: 'a waiver without proof',
      evidence: w => ({ waivers: [w.waiver({}, false)] }),
      expected: 'waiver_not_logged',
    },
    {
      name: 'leave to pass without proof',
      gate: gates.style,
      evidence: w => ({ own: 'could_not_run', windows: [formatCarried(w.window({ commit }, false))] }),
      expected: 'window_not_logged',
    },
  ])
})

describe('a waiver', () => {
  check([
    { name: 'opens its gate on its ref', evidence: w => ({ waivers: [w.waiver()] }), expected: 'waiver' },
    {
      name: 'is taken before a grant, which would be spent',
      evidence: w => ({ waivers: [w.waiver()], grants: [w.grant({ commit }).carried] }),
      expected: 'waiver',
    },
    {
      name: 'is of another gate',
      evidence: w => ({ waivers: [w.waiver({ gate: gates.style })] }),
      expected: 'waiver_wrong_gate',
    },
    {
      name: 'is of another ref',
      evidence: w => ({ waivers: [w.waiver({ ref: 'refs/heads/x' })] }),
      expected: 'waiver_wrong_ref',
    },
    {
      name: 'has ended',
      evidence: w => ({
        waivers: [w.waiver({ grantedAt: '2026-11-01T00:00:00.000Z', expiresAt: '2026-11-02T00:00:00.000Z' })],
      }),
      expected: 'waiver_expired',
    },
    {
      name: 'does not hold on the source of the program',
      evidence: w => ({ waivers: [w.waiver()] }),
      scene: () => ({ isProgramSource: true }),
      expected: 'program_source',
    },
  ])
})

describe('passing while unavailable', () => {
  const windows = (world: World, change: Omit<Parameters<World['window']>[0], 'commit'> = {}) => [
    formatCarried(world.window({ commit, ...change })),
  ]
  check([
    {
      name: 'opens an advisory gate that could not run',
      gate: gates.style,
      evidence: w => ({ own: 'could_not_run', windows: windows(w) }),
      expected: 'pass_when_unavailable',
    },
    {
      name: 'does not open one that ran and failed',
      gate: gates.style,
      evidence: w => ({ own: 'fail', windows: windows(w) }),
      expected: 'window_wider_than_program',
    },
    {
      name: 'does not open one of which nothing is known',
      gate: gates.style,
      evidence: w => ({ windows: windows(w) }),
      expected: 'window_wider_than_program',
    },
    {
      name: 'does not open a gate that guards',
      gate: gates.smoke,
      evidence: w => ({ own: 'could_not_run', windows: windows(w, { gate: gates.smoke }) }),
      expected: 'window_wider_than_program',
    },
    {
      name: 'does not last longer than the program says',
      gate: gates.style,
      evidence: w => ({ own: 'could_not_run', windows: windows(w, { seconds: 3600 }) }),
      expected: 'window_wider_than_program',
    },
    {
      name: 'is of another commit',
      gate: gates.style,
      evidence: w => ({ own: 'could_not_run', windows: [formatCarried(w.window({ commit: otherCommit }))] }),
      expected: 'window_wrong_commit',
    },
    {
      name: 'was given under another program',
      gate: gates.style,
      evidence: w => ({ own: 'could_not_run', windows: windows(w, { program: `sha256:${'77'.repeat(32)}` }) }),
      expected: 'window_wider_than_program',
    },
  ])
})

describe('the words of a refusal', () => {
  it('end in the one command that would break glass', () => {
    const world = new World()
    const verdict = judgeGate(world.program.gates[gates.tests]!, noEvidence, sceneOf(world))
    if (!isClosed(verdict)) throw new Error('expected it closed')
    expect(verdict.remedy).toBe(
      `breakglass open acme/payments@${'ab'.repeat(20)} --ref main --gate payments/integration-tests`,
    )
  })

  it('offer no grant for a safety net that failed', () => {
    const world = new World()
    const verdict = judgeGate(world.program.gates[gates.smoke]!, { ...noEvidence, own: 'fail' }, sceneOf(world))
    if (!isClosed(verdict)) throw new Error('expected it closed')
    expect(verdict.remedy).not.toContain('breakglass open')
  })

  it('repeat what the server notes of a revoked grant', () => {
    const world = new World()
    const notes = ['g_1 was revoked at 03:10 by Mina']
    const verdict = judgeGate(world.program.gates[gates.tests]!, { ...noEvidence, notes }, sceneOf(world))
    if (!isClosed(verdict)) throw new Error('expected it closed')
    expect(verdict.also).toContain('the server says: g_1 was revoked at 03:10 by Mina')
  })
})

it('prefers the grant that this landing has spent already', () => {
  const world = new World()
  const first = world.grant({ commit, mode: 'online' })
  const second = world.grant({ commit, mode: 'offline' })
  const grants = [first.carried, second.carried]
  const gate = programOf().gates[gates.tests]!
  const spentFor = (id: string) => (id === second.id ? [key] : [])
  const verdict = judgeGate(gate, { ...noEvidence, grants }, sceneOf(world, { spentFor }))
  expect(verdict).toMatchObject({ opens: 'grant', use: { grant: second.id } })
})

/** One more use, spelled into the signed bytes: everything else stays canonical. */
function altered(world: World): string {
  const { carried } = world.grant({ commit })
  const [version = '', jws = '', proof = ''] = carried.split('~')
  const [header = '', payload = '', signature = ''] = jws.split('.')
  const text = Buffer.from(payload, 'base64url').toString().replace('"uses":1', '"uses":2')
  return [version, [header, Buffer.from(text).toString('base64url'), signature].join('.'), proof].join('~')
}

function ended(world: World): Trust {
  const issuers = world.trust.issuers.map(issuer => ({
    ...issuer,
    ranges: issuer.ranges.map(range => ({ ...range, untilIndex: 1 })),
  }))
  return { ...world.trust, issuers }
}
