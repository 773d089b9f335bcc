import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchProtection, protectionDigest, type BranchAnswers } from './branch.ts'
import { protectionDifferences } from './diff.ts'
import { environmentProtection } from './environment.ts'
import { coverageOf } from './refs.ts'
import type { Answer } from './rules.ts'
import { standingPower, standingPowerAtEnvironment } from './standing.ts'
import { type GateProtection, strengthAtBranch, strengthAtEnvironment } from './strength.ts'

/* Synthetic answers, of the shape of GitHub's own. */

const app = '7'
const main = { ref: 'refs/heads/main', isDefault: true }
const build = { name: 'build', passes: { kind: 'check', check: 'integration-tests' } } as const
const reviews = { name: 'review', passes: { kind: 'reviews', count: 2 } } as const

const ok = (body: unknown): Answer => ({ status: 200, body })
const noClassic: Answer = { status: 404, body: { message: 'Branch not protected' } }
const notFound: Answer = { status: 404, body: { message: 'Not Found' } }
const forbidden: Answer = { status: 403, body: { message: 'Resource not accessible by integration' } }

const answers = (fields: Partial<BranchAnswers>): BranchAnswers => ({
  classic: noClassic,
  rules: ok([]),
  rulesets: ok([]),
  details: new Map(),
  ...fields,
})

const classic = (fields: object = {}): Answer =>
  ok({
    required_status_checks: { contexts: ['gate/build'], checks: [{ context: 'gate/build', app_id: 7 }] },
    enforce_admins: { enabled: true },
    allow_force_pushes: { enabled: false },
    allow_deletions: { enabled: false },
    ...fields,
  })

const checks = (context: string, integration_id?: number | null) => ({
  type: 'required_status_checks',
  parameters: { required_status_checks: [{ context, ...(integration_id === undefined ? {} : { integration_id }) }] },
})

const rulesetDetail = (fields: object = {}) => ({
  id: 3,
  name: 'main is held',
  target: 'branch',
  enforcement: 'active',
  conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
  rules: [checks('gate/build', 7)],
  bypass_actors: [],
  ...fields,
})

/** A ruleset as all three answers tell it. */
const ruleset = (fields: object = {}): BranchAnswers => {
  const detail = rulesetDetail(fields)
  const isHere = detail.enforcement === 'active'
  return answers({
    rules: ok(isHere ? detail.rules.map(rule => ({ ...rule, ruleset_id: detail.id })) : []),
    rulesets: ok([{ id: detail.id, name: detail.name, target: detail.target, enforcement: detail.enforcement }]),
    details: new Map([[String(detail.id), ok(detail)]]),
  })
}
const without = (key: string, from: object) => Object.fromEntries(Object.entries(from).filter(([name]) => name !== key))
const hidden = (): BranchAnswers => ({
  ...ruleset(),
  details: new Map([['3', ok(without('bypass_actors', rulesetDetail()))]]),
})

const strengthOf = (given: BranchAnswers, gate: Parameters<typeof strengthAtBranch>[1] = build) =>
  strengthAtBranch(branchProtection(given, main), gate, app)

const broker = { actor_type: 'Integration', actor_id: 7, bypass_mode: 'pull_request' }
const team = { actor_type: 'Team', actor_id: 5, bypass_mode: 'always' }

describe('how strongly a gate is held at a branch', () => {
  it.each<[string, BranchAnswers, Partial<GateProtection>]>([
    [
      'classic, pinned, admins held',
      answers({ classic: classic() }),
      { strength: 'enforced', exempt: 'nobody', by: 'ours' },
    ],
    [
      'classic, admins not held',
      answers({ classic: classic({ enforce_admins: { enabled: false } }) }),
      { strength: 'enforced_admins_exempt', exempt: 'some' },
    ],
    [
      'classic that does not say whether admins are held',
      answers({ classic: classic({ enforce_admins: null }) }),
      { strength: 'enforced', exempt: 'unknown' },
    ],
    [
      'classic, any app',
      answers({ classic: classic({ required_status_checks: { checks: [{ context: 'gate/build', app_id: null }] } }) }),
      { strength: 'unpinned' },
    ],
    [
      'classic, any app by -1',
      answers({ classic: classic({ required_status_checks: { checks: [{ context: 'gate/build', app_id: -1 }] } }) }),
      { strength: 'unpinned' },
    ],
    [
      'classic of an older server, by names alone',
      answers({ classic: classic({ required_status_checks: { contexts: ['gate/build'] } }) }),
      { strength: 'unpinned' },
    ],
    [
      'our name, another app',
      answers({ classic: classic({ required_status_checks: { checks: [{ context: 'gate/build', app_id: 8 }] } }) }),
      { strength: 'unpinned' },
    ],
    [
      'another name',
      answers({ classic: classic({ required_status_checks: { checks: [{ context: 'gate/other', app_id: 7 }] } }) }),
      { strength: 'off' },
    ],
    [
      'the real check, natively',
      answers({
        classic: classic({ required_status_checks: { checks: [{ context: 'integration-tests', app_id: 15368 }] } }),
      }),
      { strength: 'enforced', by: 'native' },
    ],
    ['a ruleset', ruleset(), { strength: 'enforced', exempt: 'nobody', by: 'ours' }],
    // 404 for classic is not "unprotected".
    ['a ruleset, and no classic rule', { ...ruleset(), classic: noClassic }, { strength: 'enforced' }],
    ['a ruleset without a pin', ruleset({ rules: [checks('gate/build')] }), { strength: 'unpinned' }],
    ['a ruleset whose pin is null', ruleset({ rules: [checks('gate/build', null)] }), { strength: 'unpinned' }],
    [
      'a ruleset with a team on its list',
      ruleset({ bypass_actors: [team] }),
      { strength: 'enforced_admins_exempt', exempt: 'some' },
    ],
    ['our app as the broker', ruleset({ bypass_actors: [broker] }), { strength: 'enforced', exempt: 'nobody' }],
    ['our app, that may push', ruleset({ bypass_actors: [{ ...broker, bypass_mode: 'always' }] }), { exempt: 'some' }],
    // Absent means unknown, never empty.
    ['a ruleset whose list is not shown', hidden(), { strength: 'enforced', exempt: 'unknown' }],
    [
      'a ruleset of the organisation that cannot be read',
      { ...ruleset(), rulesets: ok([]), details: new Map([['3', notFound]]) },
      { strength: 'enforced', exempt: 'unknown' },
    ],
    ['a ruleset that is only tried out', ruleset({ enforcement: 'evaluate' }), { strength: 'evaluate' }],
    ['a ruleset that is disabled', ruleset({ enforcement: 'disabled' }), { strength: 'off' }],
    ['a ruleset for other branches', { ...ruleset(), rules: ok([]) }, { strength: 'off' }],
    [
      'a ruleset tried out on other branches',
      ruleset({ enforcement: 'evaluate', conditions: { ref_name: { include: ['refs/heads/dev'] } } }),
      { strength: 'off' },
    ],
    [
      'the real check, natively, by any app',
      answers({
        classic: classic({ required_status_checks: { checks: [{ context: 'integration-tests', app_id: -1 }] } }),
      }),
      { strength: 'unpinned', by: 'native' },
    ],
    [
      'tried out in one, enforced in the other',
      { ...ruleset({ enforcement: 'evaluate' }), classic: classic() },
      { strength: 'enforced' },
    ],
    [
      'admins exempt in one, held in the other',
      { ...ruleset({ bypass_actors: [team] }), classic: classic() },
      { strength: 'enforced', exempt: 'nobody' },
    ],
    ['nothing at all', answers({}), { strength: 'off', by: 'nothing' }],
    [
      'nothing readable',
      answers({ classic: forbidden, rules: forbidden, rulesets: forbidden }),
      { strength: 'unknown', exempt: 'unknown' },
    ],
    ['no classic rule that we may see', answers({ classic: notFound }), { strength: 'unknown' }],
    ['no rules that we may see', answers({ rules: notFound }), { strength: 'unknown' }],
    [
      'classic that is not understood',
      answers({ classic: classic({ required_status_checks: 'yes' }) }),
      { strength: 'unknown' },
    ],
    [
      'a rule that is not understood',
      answers({ rules: ok([{ type: 'required_status_checks', ruleset_id: 3, parameters: {} }]) }),
      { strength: 'unknown' },
    ],
    [
      'a new kind of enforcement',
      answers({ rulesets: ok([{ id: 3, enforcement: 'sometimes' }]) }),
      { strength: 'unknown' },
    ],
    ['active, with the rules of the branch unread', { ...ruleset(), rules: forbidden }, { strength: 'enforced' }],
    [
      'active under a pattern that we cannot judge',
      { ...ruleset({ conditions: { ref_name: { include: ['refs/heads/m?in'] } } }), rules: forbidden },
      { strength: 'unknown' },
    ],
    [
      'that pattern, with the rules of the branch',
      ruleset({ conditions: { ref_name: { include: ['refs/heads/m?in'] } } }),
      { strength: 'enforced' },
    ],
    [
      'tried out, with something unread',
      { ...ruleset({ enforcement: 'evaluate' }), classic: forbidden },
      { strength: 'unknown' },
    ],
    ['rules of a push ruleset', ruleset({ target: 'push', enforcement: 'evaluate' }), { strength: 'off' }],
  ])('%s', (_, given, expected) => {
    expect(strengthOf(given)).toMatchObject(expected)
  })

  const pullRules = (count: number, fields: object = {}) =>
    ruleset({ rules: [{ type: 'pull_request', parameters: { required_approving_review_count: count } }], ...fields })
  it.each<[string, BranchAnswers, Partial<GateProtection>]>([
    ['enough', pullRules(2), { strength: 'enforced', by: 'native' }],
    ['more', pullRules(3), { strength: 'enforced' }],
    ['too few', pullRules(1), { strength: 'off' }],
    [
      'classic',
      answers({ classic: classic({ required_pull_request_reviews: { required_approving_review_count: 2 } }) }),
      { strength: 'enforced' },
    ],
    [
      'classic, with people who need none',
      answers({
        classic: classic({
          required_pull_request_reviews: {
            required_approving_review_count: 2,
            bypass_pull_request_allowances: { users: [{ id: 1 }], teams: [], apps: [] },
          },
        }),
      }),
      { strength: 'enforced_admins_exempt' },
    ],
    ['our own check', ruleset({ rules: [checks('gate/review', 7)] }), { strength: 'enforced', by: 'ours' }],
  ])('reviews: %s', (_, given, expected) => {
    expect(strengthOf(given, reviews)).toMatchObject(expected)
  })

  it('is read from whatever is answered, without a throw', () => {
    const answer = fc.record({ status: fc.constantFrom(200, 403, 404, 500), body: fc.jsonValue() })
    fc.assert(
      fc.property(answer, answer, answer, answer, (classic, rules, rulesets, detail) => {
        const given = { classic, rules, rulesets, details: new Map([['3', detail]]) }
        const found = strengthOf(given)
        // What nobody could read is not off.
        if (classic.status !== 200 || rules.status !== 200) expect(found.strength).not.toBe('off')
      }),
    )
  })

  it('is never off because we may not look: any answer missing leaves it, or makes it unknown', () => {
    const given = ruleset()
    fc.assert(
      fc.property(fc.subarray(['classic', 'rules', 'rulesets', 'details'] as const), missing => {
        const details = missing.includes('details') ? new Map([['3', forbidden]]) : given.details
        const rest = Object.fromEntries(missing.filter(key => key !== 'details').map(key => [key, forbidden]))
        expect(['enforced', 'unknown']).toContain(strengthOf({ ...given, ...rest, details }).strength)
      }),
    )
  })
})

describe('which branches a ruleset covers', () => {
  it.each([
    ['yes', ['~ALL'], []],
    ['yes', ['~DEFAULT_BRANCH'], []],
    ['yes', ['refs/heads/main'], []],
    ['yes', ['refs/heads/m*'], []],
    ['no', ['refs/heads/release/*'], []],
    ['no', ['~ALL'], ['refs/heads/main']],
    ['unknown', ['refs/heads/[lm]ain'], []],
    ['unknown', ['~ALL'], ['refs/heads/m?in']],
    ['unknown', ['~NEW_WORD'], []],
    ['yes', ['refs/heads/m?in', 'refs/heads/main'], []],
    ['no', [], []],
    ['no', ['refs/tags/v1'], []],
  ])('%s: %j but not %j', (covers, include, exclude) => {
    expect(coverageOf({ include, exclude }, main)).toBe(covers)
  })
})

const production = (
  fields: object = {},
  rules: Answer = ok({ custom_deployment_protection_rules: [{ enabled: true, app: { id: 7 } }] }),
) =>
  environmentProtection('production', {
    environments: ok({
      total_count: 1,
      environments: [{ name: 'Production', can_admins_bypass: false, protection_rules: [], ...fields }],
    }),
    rules,
  })
const noRules = ok({ custom_deployment_protection_rules: [] })

describe('how strongly an environment is held', () => {
  it.each<[string, ReturnType<typeof production>, Partial<GateProtection>]>([
    ['our rule', production(), { strength: 'enforced', by: 'ours' }],
    [
      'our rule, and admins may bypass it',
      production({ can_admins_bypass: true }),
      { strength: 'enforced_admins_exempt' },
    ],
    [
      'our rule, and it is not said whether admins may',
      production({ can_admins_bypass: undefined }),
      { strength: 'enforced', exempt: 'unknown' },
    ],
    [
      'our rule, switched off',
      production({}, ok({ custom_deployment_protection_rules: [{ enabled: false, app: { id: 7 } }] })),
      { strength: 'off' },
    ],
    [
      'the rule of another app',
      production({}, ok({ custom_deployment_protection_rules: [{ enabled: true, app: { id: 8 } }] })),
      { strength: 'off' },
    ],
    [
      'people',
      production({ protection_rules: [{ type: 'required_reviewers', reviewers: [{}] }] }, noRules),
      { strength: 'enforced', by: 'native' },
    ],
    ['a timer is no gate', production({ protection_rules: [{ type: 'wait_timer' }] }, noRules), { strength: 'off' }],
    ['rules that cannot be read', production({}, forbidden), { strength: 'unknown' }],
    [
      'no such environment',
      environmentProtection('staging', { environments: ok({ total_count: 0, environments: [] }), rules: notFound }),
      { strength: 'off' },
    ],
    [
      'one page of several',
      environmentProtection('staging', { environments: ok({ total_count: 40, environments: [] }), rules: notFound }),
      { strength: 'unknown' },
    ],
    [
      'nothing readable',
      environmentProtection('production', { environments: forbidden, rules: forbidden }),
      { strength: 'unknown' },
    ],
  ])('%s', (_, environment, expected) => {
    expect(strengthAtEnvironment(environment, app)).toMatchObject(expected)
  })
})

describe('what changed between two looks', () => {
  const words = (before: BranchAnswers, after: BranchAnswers) =>
    protectionDifferences(branchProtection(before, main), branchProtection(after, main)).map(
      ({ weight, words, isTraceless }) => `${weight}: ${words}${isTraceless ? ' !' : ''}`,
    )
  it.each<[string, BranchAnswers, BranchAnswers, string[]]>([
    ['nothing', ruleset(), ruleset(), []],
    [
      'classic protection deleted',
      answers({ classic: classic() }),
      answers({}),
      ['weaker: classic protection is gone, or no longer covers the branch'],
    ],
    [
      'admins exempted',
      answers({ classic: classic() }),
      answers({ classic: classic({ enforce_admins: { enabled: false } }) }),
      ['weaker: classic protection: admins may bypass the rule'],
    ],
    [
      'a check removed',
      answers({ classic: classic() }),
      answers({ classic: classic({ required_status_checks: { checks: [] } }) }),
      ['weaker: classic protection: check gate/build no longer required'],
    ],
    [
      'a check renamed',
      ruleset(),
      ruleset({ rules: [checks('gate/build2', 7)] }),
      ['changed: main is held: check gate/build replaced by gate/build2'],
    ],
    [
      'a pin removed',
      ruleset(),
      ruleset({ rules: [checks('gate/build')] }),
      ['weaker: main is held: pin of gate/build removed: any app may set it'],
    ],
    [
      'a pin moved',
      ruleset(),
      ruleset({ rules: [checks('gate/build', 8)] }),
      ['changed: main is held: pin of gate/build moved from app 7 to app 8'],
    ],
    [
      'a ruleset disabled',
      ruleset(),
      ruleset({ enforcement: 'disabled' }),
      ['weaker: main is held: active, now disabled'],
    ],
    [
      'a ruleset only tried out',
      ruleset(),
      ruleset({ enforcement: 'evaluate' }),
      ['weaker: main is held: active, now evaluate'],
    ],
    [
      'a ruleset enforced',
      ruleset({ enforcement: 'evaluate' }),
      ruleset(),
      ['stronger: main is held: evaluate, now active'],
    ],
    [
      'a ruleset narrowed',
      ruleset(),
      { ...ruleset({ conditions: { ref_name: { include: ['refs/heads/dev'] } } }), rules: ok([]) },
      ['weaker: main is held is gone, or no longer covers the branch'],
    ],
    [
      'somebody who may bypass',
      ruleset(),
      ruleset({ bypass_actors: [team] }),
      ['weaker: main is held: Team (5) may bypass the rule'],
    ],
    [
      'somebody who leaves no trace',
      ruleset(),
      ruleset({ bypass_actors: [{ ...team, bypass_mode: 'exempt' }] }),
      ['weaker: main is held: Team (5) may bypass the rule, without a trace !'],
    ],
    [
      'somebody in another mode',
      ruleset({ bypass_actors: [team] }),
      ruleset({ bypass_actors: [{ ...team, bypass_mode: 'exempt' }] }),
      [
        'weaker: main is held: Team (5) may bypass the rule, without a trace !',
        'stronger: main is held: Team (5) may no longer bypass the rule',
      ],
    ],
    [
      'somebody taken off',
      ruleset({ bypass_actors: [team] }),
      ruleset(),
      ['stronger: main is held: Team (5) may no longer bypass the rule'],
    ],
    [
      'a list that is not shown any more',
      ruleset(),
      hidden(),
      ['unknown: main is held: who may bypass the rule can no longer be seen'],
    ],
    [
      'fewer reviews',
      answers({ classic: classic({ required_pull_request_reviews: { required_approving_review_count: 2 } }) }),
      answers({ classic: classic({ required_pull_request_reviews: { required_approving_review_count: 1 } }) }),
      ['weaker: classic protection: 1 instead of 2 reviews required'],
    ],
    [
      'forced pushes let through',
      answers({ classic: classic() }),
      answers({ classic: classic({ allow_force_pushes: { enabled: true } }) }),
      ['weaker: classic protection: refusing forced pushes: off'],
    ],
    // What we can no longer read is not gone.
    [
      'no right to read any more',
      answers({ classic: classic() }),
      answers({ classic: forbidden }),
      [
        'unknown: classic protection can no longer be read',
        'unknown: classic protection was seen only before: not everything could be read',
      ],
    ],
    ['one that was only tried out, gone', ruleset({ enforcement: 'evaluate' }), answers({}), []],
  ])('%s', (_, before, after, expected) => {
    expect(words(before, after)).toEqual(expected)
  })

  it('has one digest for equal protection, and another for another', () => {
    const digest = (given: BranchAnswers) => protectionDigest(branchProtection(given, main))
    expect(digest(ruleset())).toBe(digest(ruleset()))
    expect(digest(ruleset())).not.toBe(digest(ruleset({ bypass_actors: [team] })))
    expect(digest(ruleset())).not.toBe(digest(hidden()))
  })
})

describe('standing power', () => {
  const at = (given: BranchAnswers, holders = {}) => standingPower(branchProtection(given, main), holders, app)

  it('names whoever may bypass or weaken a gate, and what was not readable', () => {
    const given = {
      ...ruleset({ bypass_actors: [team, broker, { actor_type: 'OrganizationAdmin', bypass_mode: 'exempt' }] }),
      classic: classic({ enforce_admins: { enabled: false } }),
    }
    const holders = {
      admins: [{ type: 'User', id: '9', name: 'kofi' } as const],
      apps: [
        { id: '7', administration: true },
        { id: '8', name: 'terraform', administration: true },
        { id: '6', administration: false },
      ],
    }
    const { powers, unseen } = at(given, holders)
    expect(powers.map(({ who, can, isTraceless }) => [who, can, isTraceless])).toEqual([
      ['admins', 'bypass', false],
      ['Team (5)', 'bypass', false],
      ['owners of the organisation', 'bypass', true],
      ['User kofi (9)', 'weaken', false],
      ['Integration terraform (8)', 'weaken', false],
    ])
    expect(unseen).toEqual(['which deploy keys write'])
  })

  it('says of a list that is not shown that there may be more', () => {
    expect(at(hidden(), { admins: [], apps: [], keys: [] })).toEqual({
      powers: [],
      unseen: ['who may bypass main is held'],
    })
  })

  it('counts what only a bypass of reviews gives, and keys that write', () => {
    const allowed = { users: [{ id: 1, login: 'ana' }], teams: [], apps: [] }
    const given = answers({
      classic: classic({
        required_pull_request_reviews: { required_approving_review_count: 1, bypass_pull_request_allowances: allowed },
      }),
    })
    const { powers } = at(given, { keys: [{ id: '4' }] })
    expect(powers.map(({ who, can }) => `${who} ${can}`)).toEqual(['User ana (1) bypass', 'deploy keys push'])
  })

  it('holds admins at an environment', () => {
    const holders = { admins: [], apps: [], keys: [] }
    expect(standingPowerAtEnvironment(production({ can_admins_bypass: true }), holders, app).powers).toHaveLength(1)
    expect(standingPowerAtEnvironment(production(), holders, app)).toEqual({ powers: [], unseen: [] })
    expect(standingPowerAtEnvironment(production({ can_admins_bypass: undefined }), holders, app).unseen).toHaveLength(
      1,
    )
  })
})
