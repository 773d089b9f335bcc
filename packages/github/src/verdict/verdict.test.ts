import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GrantFact } from '../checks/opening.ts'
import type { Confidence, GateFacts, VerdictFacts } from './facts.ts'
import { type Landing, type WayFacts, wayOf } from './landing.ts'
import { looksAfterMs, nextLookAt } from './looks.ts'
import type { Native } from './native.ts'
import { type OwnRun, ownAt, ownRunsOf } from './own.ts'
import { verdictOf } from './verdict.ts'

const before = 'e'.repeat(40)
const after = 'f'.repeat(40)
const head = 'a'.repeat(40)
const other = 'b'.repeat(40)
const second = 1000
const at = Date.parse('2026-11-20T22:00:00Z')

const landing: Landing = {
  id: 'l_1',
  ref: 'refs/heads/main',
  before,
  after,
  at,
  forced: false,
  deleted: false,
  commits: [after],
}
const merge: VerdictFacts['way'] = { how: 'merge', pulls: [{ number: 12, head }], rests: '#12 merged as this commit' }
const two: VerdictFacts['way'] = {
  how: 'merge',
  pulls: [
    { number: 12, head },
    { number: 13, head: other },
  ],
  rests: '#12, #13',
}
const indirect: VerdictFacts['way'] = { how: 'indirect', pulls: [{ number: 12, head }], rests: '#12 closed by a push' }
const direct: VerdictFacts['way'] = { how: 'direct', isCertain: true, rests: 'pushed' }
const created: VerdictFacts['way'] = { how: 'created', rests: 'a new branch' }
const unresolved: VerdictFacts['way'] = { how: 'unresolved', rests: 'no pull request was found yet' }

const grant = (fields: Partial<GrantFact> = {}): GrantFact => ({
  id: 'g_1',
  gate: 'build',
  number: 12,
  head,
  activatedAt: at - 60 * second,
  expiresAt: at + 600 * second,
  uses: 1,
  usedBy: [],
  by: 'ana',
  ...fields,
})
const own = (state: OwnRun['state'], fields: Partial<OwnRun> = {}): OwnRun => ({
  commit: head,
  state,
  from: at - 60 * second,
  ...fields,
})
const opened = own('opened', { by: 'g_1' })
const silent: Native = { bypass: 'none', isPassed: false, rests: [] }
const named: Native = { bypass: 'this_gate', isPassed: false, rests: ['rule suite 9: bypassed'] }
const some: Native = { bypass: 'some_rule', isPassed: false, rests: ['rule suite 9: bypassed'] }
const clear: Native = { bypass: 'none', isPassed: true, rests: ['rule suite 9: passed'] }
const unread: Native = { bypass: 'unread', isPassed: false, rests: [] }
const held = { strength: 'enforced', exempt: 'nobody' } as const
const loose = { strength: 'enforced_admins_exempt', exempt: 'some' } as const
const hidden = { strength: 'enforced', exempt: 'unknown' } as const

interface Given extends Partial<VerdictFacts>, Partial<GateFacts> {
  push?: Partial<Landing>
}
/** After all looks, unless said otherwise. */
const judge = ({ push, ...given }: Given) => {
  const facts: VerdictFacts = {
    landing: { ...landing, ...push },
    way: merge,
    grants: [],
    isBlind: false,
    firstToldAt: at,
    looks: 3,
    ...given,
  }
  return verdictOf(facts, { gate: 'build', protection: loose, runs: [], native: silent, ...given })
}

const evidence = (is: 'passed' | 'failed' | 'skipped', commit = head) => new Map([[commit, is]])

describe('what became of a landing at a gate', () => {
  it.each<[string, Given, string, Confidence?]>([
    // Genuinely green.
    ['our run had passed', { runs: [own('passed')] }, 'passed', 'B'],
    ['and the forge says so too', { runs: [own('passed')], native: clear }, 'passed', 'A'],
    ['another rule was gone around', { runs: [own('passed')], native: some }, 'passed', 'B'],
    [
      'the real check had passed, before our run said so',
      { runs: [own('not_green')], evidence: evidence('passed') },
      'passed',
      'B',
    ],
    ['it was skipped, and that is a pass here', { evidence: evidence('skipped'), skippedPasses: true }, 'passed', 'B'],
    ['the run of the queue group had passed', { way: two, runs: [own('passed', { commit: after })] }, 'passed', 'B'],
    [
      'every pull request of a queue had passed',
      { way: two, runs: [own('passed'), own('passed', { commit: other })] },
      'passed',
      'B',
    ],
    [
      'pushed, and this very commit had passed',
      { way: direct, runs: [own('passed', { commit: after })] },
      'passed',
      'B',
    ],
    [
      'pushed, closing what had passed, with everybody held',
      { way: indirect, runs: [own('passed')], protection: held },
      'passed',
      'B',
    ],
    [
      'our record is lost, and the forge says that it passed',
      { runs: 'unknown', native: clear, protection: held },
      'passed',
      'A',
    ],
    // Allowed otherwise.
    ['a waiver held', { waiver: 'w_1', runs: [own('not_green')] }, 'waived', 'B'],
    ['our run was waived', { runs: [own('waived', { by: 'w_1' })] }, 'waived', 'B'],
    ['it let through while unavailable', { window: 'v_1', runs: [own('not_green')] }, 'failed_open', 'B'],
    ['our run let through while unavailable', { runs: [own('failed_open', { by: 'v_1' })] }, 'failed_open', 'B'],
    // By a grant.
    ['our run was open by a grant', { runs: [opened], grants: [grant()] }, 'opened_by_grant', 'B'],
    [
      'and the forge says that the rule passed',
      { runs: [opened], grants: [grant()], native: clear },
      'opened_by_grant',
      'A',
    ],
    ['our record is lost, and a grant was live', { runs: 'unknown', grants: [grant()] }, 'opened_by_grant', 'B'],
    [
      'the use is this landing, told again',
      { runs: [opened], grants: [grant({ usedBy: ['l_1'] })] },
      'opened_by_grant',
      'B',
    ],
    [
      'in a queue of two, one by a grant',
      { way: two, runs: [opened, own('passed', { commit: other })], grants: [grant()] },
      'opened_by_grant',
      'B',
    ],
    [
      'merged in the second in which the grant ends',
      { runs: [opened], grants: [grant({ expiresAt: at })] },
      'opened_by_grant',
      'B',
    ],
    [
      'merged in the second in which it began',
      { runs: [{ ...opened, from: at + 400 }], grants: [grant({ activatedAt: at + 400 })] },
      'opened_by_grant',
      'B',
    ],
    [
      'by a grant for the commit alone',
      { runs: [opened], grants: [grant({ number: undefined })] },
      'opened_by_grant',
      'B',
    ],
    [
      'our run still says by an earlier grant, and a new one is live',
      { runs: [opened], grants: [grant({ expiresAt: at - 1 }), grant({ id: 'g_2' })] },
      'opened_by_grant',
      'B',
    ],
    // Late, by the forge's clock.
    [
      'merged after the end, our run still open',
      { runs: [opened], grants: [grant({ expiresAt: at - 1 })] },
      'late_use',
      'A',
    ],
    [
      'merged after it was revoked, our run still open',
      { runs: [opened], grants: [grant({ revokedAt: at - 1 })] },
      'late_use',
      'A',
    ],
    [
      'merged after the end, while we were down',
      { runs: 'unknown', grants: [grant({ expiresAt: at - 1 })] },
      'late_use',
      'B',
    ],
    [
      'merged after the end, our run shut by then',
      { runs: [{ ...opened, to: at - 5 }, own('not_green', { from: at - 5 })], grants: [grant({ expiresAt: at - 9 })] },
      'bypassed_unsanctioned',
      'B',
    ],
    [
      'merged after the end, and the forge says around it',
      { runs: [opened], grants: [grant({ expiresAt: at - 1 })], native: named },
      'bypassed_unsanctioned',
      'A',
    ],
    // Around it, with a grant at hand.
    [
      'a grant was live, and an admin went around it',
      { runs: [own('not_green')], grants: [grant()], native: named },
      'bypassed_while_grant_open',
      'A',
    ],
    [
      'so, while our record is lost',
      { runs: 'unknown', grants: [grant()], native: named },
      'bypassed_while_grant_open',
      'A',
    ],
    [
      'a grant was live, our run not yet open',
      { runs: [own('not_green')], grants: [grant()] },
      'bypassed_while_grant_open',
      'B',
    ],
    // With a grant for something else.
    [
      'a grant for another commit of the pull request',
      { runs: [own('not_green')], grants: [grant({ head: other })] },
      'grant_mismatch',
      'B',
    ],
    [
      'a grant for another pull request',
      { runs: [own('not_green')], grants: [grant({ head: other, number: 13 })] },
      'grant_mismatch',
      'B',
    ],
    [
      'a grant for another pull request with this head',
      { runs: [own('not_green')], grants: [grant({ number: 13 })] },
      'grant_mismatch',
      'B',
    ],
    [
      'a grant for another gate of this change',
      { runs: [own('not_green')], grants: [grant({ gate: 'lint' })] },
      'grant_mismatch',
      'B',
    ],
    [
      'a grant that another landing had used',
      { runs: [opened], grants: [grant({ usedBy: ['l_0'] })] },
      'grant_mismatch',
      'B',
    ],
    ['our run open by a grant that nobody knows', { runs: [opened] }, 'grant_mismatch', 'B'],
    [
      'a grant for something else altogether',
      { runs: [own('not_green')], grants: [grant({ gate: 'lint', head: other, number: 13 })] },
      'bypassed_unsanctioned',
      'B',
    ],
    [
      'a grant that was given only afterwards',
      { runs: [own('not_green')], grants: [grant({ activatedAt: at + 1000 })] },
      'bypassed_unsanctioned',
      'B',
    ],
    // Bypassed.
    ['the forge names this gate', { runs: [own('not_green')], native: named }, 'bypassed_unsanctioned', 'A'],
    [
      'the forge names this gate, though our run had passed',
      { runs: [own('passed')], native: named },
      'bypassed_unsanctioned',
      'A',
    ],
    [
      'the forge names a rule, and our run was red',
      { runs: [own('not_green')], native: some },
      'bypassed_unsanctioned',
      'A',
    ],
    ['our run was red, and the forge says nothing', { runs: [own('not_green')] }, 'bypassed_unsanctioned', 'B'],
    // Whoever is exempt leaves no bypass in the list.
    [
      'our run was red, and the suite passed',
      { runs: [own('not_green')], native: clear },
      'bypassed_unsanctioned',
      'B',
    ],
    ['no run of ours stood there', {}, 'bypassed_unsanctioned', 'B'],
    ['pushed directly', { way: direct }, 'bypassed_unsanctioned', 'B'],
    ['pushed directly, and the forge says so', { way: direct, native: named }, 'bypassed_unsanctioned', 'A'],
    [
      'one of a queue was red',
      { way: two, runs: [own('passed'), own('not_green', { commit: other })] },
      'bypassed_unsanctioned',
      'B',
    ],
    [
      'somebody else had set our check',
      { runs: [own('not_green')], isForged: true, protection: { strength: 'unpinned', exempt: 'nobody' } },
      'bypassed_unsanctioned',
      'A',
    ],
    [
      'the check was skipped',
      { runs: [own('not_green')], evidence: evidence('skipped') },
      'bypassed_unsanctioned',
      'B',
    ],
    [
      'a green run on a commit that was pushed over',
      { runs: [own('passed', { commit: other })] },
      'bypassed_unsanctioned',
      'B',
    ],
    [
      'green only after it landed',
      { runs: [own('not_green', { to: at + 5000 }), own('passed', { from: at + 5000 })] },
      'bypassed_unsanctioned',
      'B',
    ],
    // A push around history.
    [
      'forced',
      { push: { forced: true }, way: direct, runs: [own('passed', { commit: after })] },
      'bypassed_unsanctioned',
      'A',
    ],
    ['deleted', { push: { deleted: true, after: '' }, way: direct }, 'bypassed_unsanctioned', 'A'],
    [
      'forced, with a grant for this very commit',
      { push: { forced: true }, way: direct, grants: [grant({ head: after, number: undefined })] },
      'bypassed_while_grant_open',
      'A',
    ],
    // While nothing stood there.
    [
      'protection was off, and all was green',
      { protection: { strength: 'off', exempt: 'nobody' }, runs: [own('passed')], native: clear },
      'landed_while_off',
      'A',
    ],
    [
      'protection was off, and a grant was live',
      { protection: { strength: 'off', exempt: 'nobody' }, runs: [opened], grants: [grant()] },
      'landed_while_off',
      'A',
    ],
    [
      'it was only tried out',
      { protection: { strength: 'evaluate', exempt: 'nobody' }, runs: [own('passed')] },
      'landed_while_off',
      'A',
    ],
    [
      'it was off, by our looks alone',
      { protection: { strength: 'off', exempt: 'nobody' }, isPolled: true },
      'landed_while_off',
      'B',
    ],
    [
      'forced, while it was off',
      { push: { forced: true }, protection: { strength: 'off', exempt: 'nobody' } },
      'landed_while_off',
      'A',
    ],
    [
      'anybody could set it, and it passed by our record',
      { protection: { strength: 'unpinned', exempt: 'nobody' }, runs: [own('passed')] },
      'passed',
      'B',
    ],
    // Not known.
    ['our record is lost', { runs: 'unknown' }, 'unknown'],
    ['our record is lost, and some rule was gone around', { runs: 'unknown', native: some }, 'unknown'],
    ['our record is lost, the suite passed, and somebody is exempt', { runs: 'unknown', native: clear }, 'unknown'],
    ['so, and who is exempt is not known', { runs: 'unknown', native: clear, protection: hidden }, 'unknown'],
    ['we were blind', { isBlind: true, native: unread }, 'unknown'],
    ['we were blind, but the forge names this gate', { isBlind: true, native: named }, 'bypassed_unsanctioned', 'A'],
    ['nobody knows whether it was in force', { protection: { strength: 'unknown', exempt: 'unknown' } }, 'unknown'],
    ['its pull request could not be read', { way: unresolved }, 'unknown'],
    ['so, and some rule was gone around', { way: unresolved, native: some }, 'unknown'],
    ['a new branch, of commits that may have passed elsewhere', { way: created }, 'unknown'],
    [
      'a new branch, of a commit that had passed',
      { way: created, runs: [own('passed', { commit: after })] },
      'passed',
      'B',
    ],
    ['a new branch, made around this gate', { way: created, native: named }, 'bypassed_unsanctioned', 'A'],
    ['pushed, closing what had passed, and not everybody is held', { way: indirect, runs: [own('passed')] }, 'unknown'],
    ['pushed, closing what was red', { way: indirect, runs: [own('not_green')] }, 'bypassed_unsanctioned', 'B'],
  ])('%s', (_, given, outcome, confidence) => {
    const verdict = judge(given)
    expect([verdict.outcome, verdict.confidence, verdict.isSettled]).toEqual([outcome, confidence, true])
    expect(verdict.rests.length).toBeGreaterThan(0)
  })

  it('names the grant', () => {
    expect(judge({ runs: [opened], grants: [grant()] }).grant).toBe('g_1')
  })

  it('takes a red run of the same second for one that was posted on what had landed', () => {
    const runs = [own('passed'), own('not_green', { commit: after, from: at + 500 })]
    expect(judge({ runs }).outcome).toBe('passed')
  })
})

describe('before accusing', () => {
  it.each<[string, Given, string, boolean]>([
    [
      'a landing that looks direct',
      { way: unresolved, looks: 0, runs: [own('not_green', { commit: after })] },
      'bypassed_unsanctioned',
      false,
    ],
    ['our run was red', { runs: [own('not_green')], looks: 2 }, 'bypassed_unsanctioned', false],
    ['nothing is known yet', { way: unresolved, looks: 0 }, 'unknown', false],
    [
      'a bypass that the forge names, of a change that is not found',
      { way: unresolved, looks: 0, native: named },
      'bypassed_unsanctioned',
      false,
    ],
    // Nothing that comes later excuses these.
    ['a bypass that the forge names', { looks: 0, native: named }, 'bypassed_unsanctioned', true],
    ['a forced push', { looks: 0, way: unresolved, push: { forced: true } }, 'bypassed_unsanctioned', true],
    [
      'a landing while off',
      { looks: 0, way: unresolved, protection: { strength: 'off', exempt: 'nobody' } },
      'landed_while_off',
      true,
    ],
    ['what passed', { looks: 0, runs: [own('passed')] }, 'passed', true],
  ])('%s', (_, given, outcome, isSettled) => {
    const verdict = judge(given)
    expect(verdict.isSettled).toBe(isSettled)
    expect(isSettled ? verdict.outcome : verdict.suspected).toBe(outcome)
    if (!isSettled)
      expect([verdict.outcome, verdict.confidence, verdict.grant]).toEqual(['unknown', undefined, undefined])
  })

  it('looks again after 10 s, 1 min and 10 min, and then no more', () => {
    expect([0, 1, 2, 3, 99].map(looks => nextLookAt(at, looks))).toEqual([
      at + 10_000,
      at + 60_000,
      at + 600_000,
      undefined,
      undefined,
    ])
    expect(looksAfterMs).toHaveLength(3)
    expect(judge({ runs: [own('not_green')], looks: 1 }).lookAgainAt).toBe(at + 60_000)
  })

  it('clears an honest merge whose pull request came late', () => {
    const runs = [own('passed')]
    expect(judge({ way: unresolved, looks: 1, runs })).toMatchObject({ outcome: 'unknown', isSettled: false })
    expect(judge({ way: merge, looks: 2, runs })).toMatchObject({ outcome: 'passed', isSettled: true })
  })
})

describe('any facts', () => {
  const aRun = fc.record({
    commit: fc.constantFrom(head, after, other),
    state: fc.constantFrom('passed' as const, 'opened' as const, 'waived' as const, 'not_green' as const),
    by: fc.constantFrom('g_1', 'g_2', undefined),
    from: fc.integer({ min: at - 5000, max: at + 5000 }),
  })
  const aGrant = fc.record({
    gate: fc.constantFrom('build', 'lint'),
    head: fc.constantFrom(head, other, after),
    number: fc.constantFrom(12, 13, undefined),
    activatedAt: fc.integer({ min: at - 9000, max: at + 9000 }),
    expiresAt: fc.integer({ min: at - 9000, max: at + 9000 }),
    usedBy: fc.subarray(['l_0', 'l_1']),
  })
  const given = fc.record({
    way: fc.constantFrom(merge, two, indirect, direct, unresolved),
    runs: fc.oneof(fc.constant('unknown' as const), fc.array(aRun, { maxLength: 4 })),
    grants: fc
      .array(aGrant, { maxLength: 3 })
      .map(grants => grants.map((fields, i) => grant({ ...fields, id: `g_${i + 1}` }))),
    native: fc.constantFrom(silent, named, some, clear, unread),
    protection: fc.record({
      strength: fc.constantFrom(
        'off' as const,
        'evaluate' as const,
        'unpinned' as const,
        'enforced' as const,
        'unknown' as const,
      ),
      exempt: fc.constantFrom('nobody' as const, 'some' as const, 'unknown' as const),
    }),
    isBlind: fc.boolean(),
    looks: fc.integer({ min: 0, max: 4 }),
    push: fc.record({ forced: fc.boolean() }),
  })

  it('have one verdict, that says what it rests on', () => {
    fc.assert(
      fc.property(given, facts => {
        const verdict = judge(facts)
        expect(judge(facts)).toEqual(verdict)
        expect(verdict.rests.length).toBeGreaterThan(0)
        expect(verdict.confidence === undefined).toBe(verdict.outcome === 'unknown')
        expect(verdict.lookAgainAt === undefined).toBe(verdict.isSettled)
      }),
    )
  })

  it('are opened by a grant only if one for this gate and change was live and not spent', () => {
    fc.assert(
      fc.property(given, facts => {
        const verdict = judge(facts)
        if (verdict.outcome !== 'opened_by_grant') return
        const used = facts.grants.find(({ id }) => id === verdict.grant)
        expect(used).toMatchObject({ gate: 'build' })
        const heads = 'pulls' in facts.way ? facts.way.pulls.map(pull => pull.head) : []
        expect([after, ...heads]).toContain(used?.head)
        expect(used!.activatedAt).toBeLessThanOrEqual(at + 999)
        expect(used!.expiresAt).toBeGreaterThanOrEqual(at)
        expect(used!.usedBy).not.toContain('l_0')
      }),
      { numRuns: 1000 },
    )
  })

  it('accuse nobody while we were blind and nothing but silence speaks against them', () => {
    fc.assert(
      fc.property(given, facts => {
        const quiet = { ...facts, isBlind: true, native: unread, grants: [], push: {}, runs: [], protection: hidden }
        expect(judge(quiet).outcome).toBe('unknown')
      }),
    )
  })
})

describe('how a landing came about', () => {
  const pull = { number: 12, head, base: 'refs/heads/main', mergeCommit: after }
  const activity = (type: string) => [{ ref: 'refs/heads/main', before, after, type }]
  const way = (fields: Partial<WayFacts>) =>
    wayOf({ landing, merges: [], activity: 'unread', isLookedOut: true, ...fields })
  it.each<[string, Partial<WayFacts>, object]>([
    ['a merge', { merges: [pull] }, { how: 'merge', pulls: [{ number: 12 }] }],
    ['a merge, told and listed', { merges: [pull, { ...pull }] }, { how: 'merge', pulls: [{ number: 12 }] }],
    [
      'a queue: each has a merge commit within the push',
      {
        landing: { ...landing, commits: [other, after] },
        merges: [pull, { number: 13, head: other, base: 'refs/heads/main', mergeCommit: other }],
      },
      { how: 'merge', pulls: [{ number: 12 }, { number: 13 }] },
    ],
    ['of another branch', { merges: [{ ...pull, base: 'refs/heads/dev' }] }, { how: 'direct' }],
    ['with another merge commit', { merges: [{ ...pull, mergeCommit: other }] }, { how: 'direct' }],
    ['without a merge commit', { merges: [{ ...pull, mergeCommit: undefined }] }, { how: 'direct' }],
    ['closed by a push', { merges: [pull], activity: activity('push') }, { how: 'indirect' }],
    ['merged, and the activity says so', { merges: [pull], activity: activity('pr_merge') }, { how: 'merge' }],
    [
      'pushed, says the activity',
      { activity: activity('push'), isLookedOut: false },
      { how: 'direct', isCertain: true },
    ],
    [
      'the activity of another move',
      { activity: [{ ...activity('push')[0]!, before: other }], isLookedOut: false },
      { how: 'unresolved' },
    ],
    ['a merge whose pull request is not found', { activity: activity('merge_queue_merge') }, { how: 'unresolved' }],
    ['not found yet', { isLookedOut: false }, { how: 'unresolved' }],
    ['not found at all', {}, { how: 'direct', isCertain: false }],
    ['not readable', { merges: 'unread' }, { how: 'unresolved' }],
    ['a new branch', { landing: { ...landing, created: true, before: '' } }, { how: 'created' }],
    ['a new branch that a merge made', { landing: { ...landing, created: true }, merges: [pull] }, { how: 'merge' }],
  ])('%s', (_, fields, expected) => {
    expect(way(fields)).toMatchObject(expected)
  })
})

describe('our own record', () => {
  it.each<[string, OwnRun[] | 'unknown', string]>([
    ['nothing', [], 'none'],
    ['lost', 'unknown', 'unknown'],
    ['of another commit', [own('passed', { commit: other })], 'none'],
    ['ended before', [own('passed', { to: at })], 'none'],
    ['began after the second', [own('passed', { from: at + 1000 })], 'none'],
    ['green within the second', [own('not_green', { to: at + 300 }), own('passed', { from: at + 300 })], 'passed'],
    ['shut within the second', [own('opened', { to: at + 300 }), own('not_green', { from: at + 300 })], 'opened'],
  ])('%s', (_, runs, is) => {
    expect(ownAt(runs, head, at).is).toBe(is)
  })

  it('is made of what was posted: each holds until the next one of its commit', () => {
    const post = (at: number, conclusion: string | undefined, externalId = 'result', commit = head) => ({
      at,
      conclusion,
      externalId,
      commit,
    })
    const posted = [
      post(3, 'success', 'grant:g_1'),
      post(1, 'failure'),
      post(5, 'failure'),
      post(2, 'success', 'result', other),
    ]
    expect(ownRunsOf(posted)).toEqual([
      { commit: head, state: 'not_green', from: 1, to: 3 },
      { commit: head, state: 'opened', by: 'g_1', from: 3, to: 5 },
      { commit: head, state: 'not_green', from: 5 },
      { commit: other, state: 'passed', from: 2 },
    ])
    const states = ['waiver:w_1', 'window:v_1', 'result', 'grant:'].map(
      id => ownRunsOf([post(1, 'success', id)])[0]?.state,
    )
    expect(states).toEqual(['waived', 'failed_open', 'passed', 'passed'])
    expect(ownRunsOf([post(1, 'neutral')])[0]?.state).toBe('not_green')
  })
})
