import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDelivery } from '../events/read.ts'
import { branchProtection } from '../protection/branch.ts'
import { protectionDifferences } from '../protection/diff.ts'
import { type EnvironmentProtection, environmentDifferences } from '../protection/environment.ts'
import type { Answer } from '../protection/rules.ts'
import { readAuditEntry } from './audit.ts'
import type { GateFacts, VerdictFacts } from './facts.ts'
import { type Landing, wayOf } from './landing.ts'
import { nativeOf, nativeOfDeployment } from './native.ts'
import { type Sign, signOfAudit, signOfCheck, signOfEvent, signOfWorkflow, signsOfProtection } from './signs.ts'
import { readActivity, readSuites } from './suites.ts'
import { verdictOf } from './verdict.ts'

/* Every known way around a gate on GitHub, from what GitHub sends or answers to what we say of it. Synthetic bodies. */

const before = 'e'.repeat(40)
const after = 'f'.repeat(40)
const head = 'a'.repeat(40)
const at = Date.parse('2026-11-20T22:00:00Z')
const reader = { apiBase: 'https://api.github.com', app: '7' }
const repository = { id: 42, full_name: 'acme/payments' }
const sender = { id: 9, login: 'kofi', type: 'User' }
const build = { name: 'build', passes: { kind: 'check', check: 'integration-tests' } } as const
const review = { name: 'review', passes: { kind: 'reviews', count: 1 } } as const

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
const merges = [{ number: 12, head, base: 'refs/heads/main', mergeCommit: after }]
const merged = wayOf({ landing, merges, activity: 'unread', isLookedOut: true })
const ok = (body: unknown): Answer => ({ status: 200, body })

const suite = (fields: object = {}) => ({
  id: 21,
  actor_id: 9,
  before_sha: before,
  after_sha: after,
  ref: 'refs/heads/main',
  pushed_at: '2026-11-20T22:00:00Z',
  result: 'bypass',
  evaluation_result: 'fail',
  rule_evaluations: [
    {
      rule_source: { type: 'protected_branch' },
      enforcement: 'active',
      result: 'fail',
      rule_type: 'required_status_checks',
      details: 'Required status check "gate/build" is failing.',
    },
  ],
  ...fields,
})
const rule = (rule_type: string, result: string, fields: object = {}) => ({
  rule_type,
  result,
  enforcement: 'active',
  ...fields,
})

const facts = (fields: Partial<VerdictFacts> = {}): VerdictFacts => ({
  landing,
  way: merged,
  grants: [],
  isBlind: false,
  firstToldAt: at,
  looks: 3,
  ...fields,
})
const gate = (fields: Partial<GateFacts> = {}): GateFacts => ({
  gate: 'build',
  protection: { strength: 'enforced_admins_exempt', exempt: 'some' },
  runs: [{ commit: head, state: 'not_green', from: at - 5000 }],
  native: nativeOf(landing, build, { suites: [], audit: 'unread' }),
  ...fields,
})
const bypassed = (confidence: string) => ({ outcome: 'bypassed_unsanctioned', confidence, isSettled: true })
const told = (event: string, body: object) => {
  const reading = readDelivery(event, { repository, sender, ...body }, reader)
  if (reading.is !== 'told') throw new Error(`not told: ${JSON.stringify(reading)}`)
  return reading.told[0]!
}

describe('a merge over a failing or missing check', () => {
  it.each<[string, object | null, object]>([
    ['is said by a rule suite that names our check', suite(), bypassed('A')],
    [
      'is said by a rule suite without words, where our run was red',
      suite({ rule_evaluations: [rule('required_status_checks', 'fail')] }),
      bypassed('A'),
    ],
    ['is said by a list of suites that names no rule', suite({ rule_evaluations: undefined }), bypassed('A')],
    [
      'rests on our record where the suite names another check',
      suite({
        rule_evaluations: [
          rule('required_status_checks', 'fail', { details: 'Required status check "lint" is expected.' }),
        ],
      }),
      bypassed('B'),
    ],
    [
      'rests on our record where the rule was only tried out',
      suite({
        result: 'pass',
        rule_evaluations: [rule('required_status_checks', 'fail', { enforcement: 'evaluate' })],
      }),
      bypassed('B'),
    ],
    [
      'rests on our record where the actor is exempt: the suite passed',
      suite({ result: 'pass', rule_evaluations: [] }),
      bypassed('B'),
    ],
    ['rests on our record where no suite is listed', null, bypassed('B')],
    ['rests on our record where the suite is of another move', suite({ after_sha: head }), bypassed('B')],
    ['rests on our record where the suite was a push that was refused', suite({ result: 'fail' }), bypassed('B')],
  ])('%s', (_, body, expected) => {
    const suites = readSuites(ok(body === null ? [] : [body]))
    expect(verdictOf(facts(), gate({ native: nativeOf(landing, build, { suites, audit: 'unread' }) }))).toMatchObject(
      expected,
    )
  })

  it('is said of a gate for reviews by the rule for pull requests', () => {
    const suites = readSuites(
      ok([suite({ rule_evaluations: [rule('pull_request', 'fail'), rule('required_status_checks', 'pass')] })]),
    )
    expect(nativeOf(landing, review, { suites, audit: 'unread' }).bypass).toBe('this_gate')
    expect(nativeOf(landing, build, { suites, audit: 'unread' })).toMatchObject({ bypass: 'none', isPassed: true })
  })

  it('is said by the suite’s own answer, not by its line in the list, where both were read', () => {
    const detail = suite({ rule_evaluations: [rule('pull_request', 'fail'), rule('required_status_checks', 'pass')] })
    for (const bodies of [
      [detail, suite({ rule_evaluations: undefined })],
      [suite({ rule_evaluations: undefined }), detail],
    ]) {
      expect(nativeOf(landing, build, { suites: readSuites(ok(bodies)), audit: 'unread' })).toMatchObject({
        bypass: 'none',
        isPassed: true,
      })
    }
  })

  it('is not said by a rule that was only tried out, beside one that was gone around', () => {
    const rules = [rule('pull_request', 'fail'), rule('required_status_checks', 'fail', { enforcement: 'evaluate' })]
    const suites = readSuites(ok([suite({ rule_evaluations: rules })]))
    expect(nativeOf(landing, build, { suites, audit: 'unread' }).bypass).toBe('none')
  })

  it('is said by a rule whose ruleset was deleted after it was gone around, and cleared by none', () => {
    const native = (result: string, evaluated: string) => {
      const rules = [
        rule('required_status_checks', evaluated, { enforcement: 'deleted ruleset', details: '"gate/build"' }),
      ]
      return nativeOf(landing, build, {
        suites: readSuites(ok([suite({ result, rule_evaluations: rules })])),
        audit: 'unread',
      })
    }
    expect(native('bypass', 'fail').bypass).toBe('this_gate')
    expect(native('pass', 'pass')).toMatchObject({ bypass: 'none', isPassed: false })
  })

  it('is not cleared by a suite whose result is new to us', () => {
    const suites = readSuites(
      ok([suite({ result: 'perhaps', rule_evaluations: [rule('required_status_checks', 'pass')] })]),
    )
    expect(nativeOf(landing, build, { suites, audit: 'unread' })).toMatchObject({ bypass: 'none', isPassed: false })
  })

  it('is said by an override in the audit log', () => {
    const entry = {
      action: 'protected_branch.policy_override',
      '@timestamp': at,
      actor_id: 9,
      branch: 'main',
      before,
      after,
      overridden_codes: ['required_status_checks'],
      reasons: [{ code: 'required_status_checks', message: 'Required status check "gate/build" is expected.' }],
    }
    const audit = [readAuditEntry(entry)!]
    expect(verdictOf(facts(), gate({ native: nativeOf(landing, build, { suites: 'unread', audit }) }))).toMatchObject(
      bypassed('A'),
    )
  })

  it('is not said by an older override that names no commit', () => {
    const audit = [readAuditEntry({ action: 'protected_branch.policy_override', created_at: at })!]
    expect(nativeOf(landing, build, { suites: 'unread', audit }).bypass).toBe('none')
  })

  it('is our own broker’s, where our record says for which grant', () => {
    const suites = readSuites(ok([suite({ actor_id: 77, rule_evaluations: [rule('pull_request', 'fail')] })]))
    const native = nativeOf(landing, review, { suites, audit: 'unread', broker: '77' })
    const grants = [
      {
        id: 'g_1',
        gate: 'review',
        number: 12,
        head,
        activatedAt: at - 1000,
        expiresAt: at + 1000,
        uses: 1,
        usedBy: [],
        by: 'ana',
      },
    ]
    const runs = [{ commit: head, state: 'opened' as const, by: 'g_1', from: at - 1000 }]
    expect(verdictOf(facts({ grants }), gate({ gate: 'review', native, runs }))).toMatchObject({
      outcome: 'opened_by_grant',
    })
    // The same merge without a grant is a bypass by whoever holds our key.
    expect(verdictOf(facts(), gate({ gate: 'review', native }))).toMatchObject(bypassed('B'))
  })
})

describe('a push around the gate', () => {
  const pushed = (type: string) =>
    readActivity(
      ok([
        {
          ref: 'refs/heads/main',
          before,
          after,
          activity_type: type,
          actor: { id: 9 },
          timestamp: '2026-11-20T22:00:00Z',
        },
      ]),
    )
  const runs = [] as const

  it('directly, says the activity', () => {
    const way = wayOf({ landing, merges: [], activity: pushed('push'), isLookedOut: false })
    expect(verdictOf(facts({ way }), gate({ runs }))).toMatchObject(bypassed('B'))
    const native = nativeOf(landing, build, { suites: readSuites(ok([suite()])), audit: 'unread' })
    expect(verdictOf(facts({ way, looks: 0 }), gate({ runs, native }))).toMatchObject(bypassed('A'))
  })

  it('that GitHub shows as merged', () => {
    const way = wayOf({ landing, merges, activity: pushed('push'), isLookedOut: true })
    expect(way.how).toBe('indirect')
    expect(verdictOf(facts({ way }), gate())).toMatchObject(bypassed('B'))
  })

  it.each(['forced', 'deleted'])('%s', flag => {
    const body = {
      ref: 'refs/heads/main',
      before,
      after: flag === 'deleted' ? '0'.repeat(40) : after,
      forced: flag === 'forced',
      deleted: flag === 'deleted',
    }
    const push = told('push', body)
    if (push.kind !== 'advance') throw new Error('no advance')
    const { forced, deleted } = push
    const way = wayOf({ landing, merges: [], activity: pushed('force_push'), isLookedOut: false })
    expect(verdictOf(facts({ landing: { ...landing, forced, deleted }, way, looks: 0 }), gate({ runs }))).toMatchObject(
      bypassed('A'),
    )
  })
})

const checks = (context: string, app?: number) => ({
  type: 'required_status_checks',
  parameters: { required_status_checks: [{ context, ...(app === undefined ? {} : { integration_id: app }) }] },
})
const rulesetWith = (fields: object) => {
  const detail = {
    id: 3,
    name: 'held',
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~ALL'] } },
    rules: [checks('gate/build', 7)],
    bypass_actors: [],
    ...fields,
  }
  return branchProtection(
    {
      classic: { status: 404, body: { message: 'Branch not protected' } },
      rules: ok(detail.enforcement === 'active' ? detail.rules.map(each => ({ ...each, ruleset_id: 3 })) : []),
      rulesets: ok([detail]),
      details: new Map([['3', ok(detail)]]),
    },
    { ref: 'refs/heads/main', isDefault: true },
  )
}
const classicWith = (classic: Answer) =>
  branchProtection(
    { classic, rules: ok([]), rulesets: ok([]), details: new Map() },
    { ref: 'refs/heads/main', isDefault: true },
  )

describe('a change of protection', () => {
  const classic = ok({
    required_status_checks: { checks: [{ context: 'gate/build', app_id: 7 }] },
    enforce_admins: { enabled: true },
  })
  const unheld = ok({
    required_status_checks: { checks: [{ context: 'gate/build', app_id: 7 }] },
    enforce_admins: { enabled: false },
  })
  const gone: Answer = { status: 404, body: { message: 'Branch not protected' } }
  const team = { actor_type: 'Team', actor_id: 5, bypass_mode: 'always' }

  it.each<[string, object, object, Partial<Sign>]>([
    ['classic rule deleted', classicWith(classic), classicWith(gone), { what: 'protection_weakened' }],
    ['admins exempted', classicWith(classic), classicWith(unheld), { what: 'protection_weakened' }],
    ['ruleset disabled', rulesetWith({}), rulesetWith({ enforcement: 'disabled' }), { what: 'protection_weakened' }],
    [
      'ruleset only tried out',
      rulesetWith({}),
      rulesetWith({ enforcement: 'evaluate' }),
      { what: 'protection_weakened' },
    ],
    ['somebody may bypass', rulesetWith({}), rulesetWith({ bypass_actors: [team] }), { what: 'protection_weakened' }],
    [
      'somebody may, without a trace',
      rulesetWith({}),
      rulesetWith({ bypass_actors: [{ ...team, bypass_mode: 'exempt' }] }),
      { what: 'protection_weakened', isCritical: true },
    ],
    ['pin removed', rulesetWith({}), rulesetWith({ rules: [checks('gate/build')] }), { what: 'protection_weakened' }],
    ['check removed', rulesetWith({}), rulesetWith({ rules: [] }), { what: 'protection_weakened' }],
    [
      'check renamed',
      rulesetWith({}),
      rulesetWith({ rules: [checks('gate/built', 7)] }),
      { what: 'protection_changed', leadsTo: 'look' },
    ],
    [
      'bypass list no longer shown',
      rulesetWith({}),
      rulesetWith({ bypass_actors: undefined }),
      { what: 'protection_hidden', confidence: 'A' },
    ],
  ])('%s: by looks B, by history A, and no grant sanctions it', (_, old, now, expected) => {
    const differences = protectionDifferences(old as never, now as never)
    const [polled, ...others] = signsOfProtection(differences, 'poll')
    expect(others).toEqual([])
    expect(polled).toMatchObject(expected)
    expect(polled?.sanctionedBy).not.toBe('gate_grant')
    if (expected.what !== 'protection_hidden') expect(polled?.confidence).toBe('B')
    expect(signsOfProtection(differences, 'history')[0]?.confidence).toBe('A')
  })

  const environment = (fields: Partial<EnvironmentProtection> = {}): EnvironmentProtection => ({
    state: 'found',
    apps: ['7'],
    reviewers: 1,
    preventSelfReview: true,
    adminsBypass: false,
    ...fields,
  })
  const { apps: _, ...appsUnread } = environment()
  const { adminsBypass: __, ...adminsUnsaid } = environment()
  it.each<[string, EnvironmentProtection, string[]]>([
    ['as before', environment(), []],
    [
      'our rule switched off',
      environment({ apps: [] }),
      ['B protection_weakened production: the rule of app 7 is off'],
    ],
    [
      'people no longer asked',
      environment({ reviewers: 0 }),
      ['B protection_weakened production: nobody has to approve any more'],
    ],
    [
      'approving one’s own',
      environment({ preventSelfReview: false }),
      ["B protection_weakened production: approving one's own: let through"],
    ],
    [
      'admins let through',
      environment({ adminsBypass: true }),
      ['B protection_weakened production: admins may bypass it'],
    ],
    ['gone', { state: 'none', reviewers: 0, preventSelfReview: false }, ['B protection_weakened production is gone']],
    ['more of it', environment({ apps: ['7', '8'] }), []],
    ['unreadable', environment({ state: 'unreadable' }), ['A protection_hidden production could be read only before']],
    ['its rules unreadable', appsUnread, ['A protection_hidden production: its rules could be read only before']],
    [
      'not said of admins',
      adminsUnsaid,
      ['A protection_hidden production: whether admins may bypass it is not said by both looks'],
    ],
  ])('of an environment, that only looks can see: %s', (_, now, expected) => {
    const signs = signsOfProtection(environmentDifferences('production', environment(), now), 'poll')
    expect(signs.map(({ confidence, what, words }) => `${confidence} ${what} ${words}`)).toEqual(expected)
  })

  it('that tightens is no sign', () => {
    expect(signsOfProtection(protectionDifferences(classicWith(gone), classicWith(classic)), 'webhook')).toEqual([])
  })

  it.each([
    ['protected_branch.destroy', 'protection_weakened', 'interval'],
    ['protected_branch.update_admin_enforced', 'protection_changed', 'look'],
    ['repository_ruleset.update', 'protection_changed', 'look'],
    ['environment.update_protection_rule', 'protection_changed', 'look'],
  ])('is said for certain by %s in the audit log', (action, what, leadsTo) => {
    const entry = readAuditEntry({ action, data: { branch: 'main', actor_id: '9' }, '@timestamp': at })!
    expect(signOfAudit(entry)).toMatchObject({
      what,
      leadsTo,
      confidence: 'A',
      sanctionedBy: 'program_change',
      at,
      by: '9',
      words: `${action} on main`,
    })
  })
})

describe('a forged check', () => {
  const run = { id: 5, name: 'gate/build', head_sha: head, status: 'completed', conclusion: 'success', app: { id: 8 } }
  it.each([
    ['by another app', told('check_run', { action: 'completed', check_run: run })],
    ['by an app that is not told', told('check_run', { action: 'completed', check_run: { ...run, app: null } })],
    ['by a person, as a status', told('status', { sha: head, context: 'gate/build', state: 'success' })],
  ])('%s is a finding; where it is pinned it opened nothing', (_, forged) => {
    const sign = {
      what: 'check_forged',
      confidence: 'A',
      leadsTo: 'finding',
      sanctionedBy: 'nothing',
      gate: 'build',
      by: '9',
    }
    expect(signOfCheck(forged, 'enforced')).toMatchObject({ ...sign, words: expect.stringContaining('opened nothing') })
    expect(signOfCheck(forged, 'unpinned')).toMatchObject({
      ...sign,
      words: expect.stringContaining('may have opened the gate'),
    })
    expect(signOfCheck(forged, 'unknown')?.words).toContain('may have opened the gate')
  })

  it('that is red holds the gate shut, and one that is not done is not told yet', () => {
    const failing = told('check_run', { action: 'completed', check_run: { ...run, conclusion: 'failure' } })
    expect(signOfCheck(failing, 'unpinned')?.words).toContain('can only hold the gate shut')
    const going = told('check_run', {
      action: 'created',
      check_run: { ...run, status: 'in_progress', conclusion: null },
    })
    expect(signOfCheck(going, 'unpinned')).toBeUndefined()
    expect(
      signOfCheck(told('status', { sha: head, context: 'gate/build', state: 'pending' }), 'unpinned'),
    ).toBeUndefined()
  })

  it('is none where it is ours, or of another name', () => {
    expect(
      signOfCheck(told('check_run', { action: 'completed', check_run: { ...run, app: { id: 7 } } }), 'unpinned'),
    ).toBeUndefined()
    expect(signOfCheck(told('status', { sha: head, context: 'lint', state: 'success' }), 'unpinned')).toBeUndefined()
  })
})

describe('a workflow', () => {
  const paths = ['.github/workflows/ci.yml', 'README.md']
  const passed = { is: 'passed', ms: 600_000 } as const
  it.each<[string, Parameters<typeof signOfWorkflow>[0], boolean]>([
    ['edited, and the check is skipped now', { gate: 'build', paths, before: passed, after: { is: 'skipped' } }, true],
    ['edited, and the check is absent now', { gate: 'build', paths, before: passed, after: { is: 'absent' } }, true],
    [
      'edited, and the check is much faster now',
      { gate: 'build', paths, before: passed, after: { is: 'passed', ms: 9000 } },
      true,
    ],
    [
      'edited, and the check is as before',
      { gate: 'build', paths, before: passed, after: { is: 'passed', ms: 500_000 } },
      false,
    ],
    ['edited, and the check fails now', { gate: 'build', paths, before: passed, after: { is: 'failed' } }, false],
    [
      'edited, where the check was skipped before',
      { gate: 'build', paths, before: { is: 'skipped' }, after: { is: 'skipped' } },
      false,
    ],
    ['not edited', { gate: 'build', paths: ['src/ci.yml'], before: passed, after: { is: 'skipped' } }, false],
  ])('%s', (_, given, isSign) => {
    const sign = signOfWorkflow(given)
    expect(sign !== undefined).toBe(isSign)
    if (sign)
      expect(sign).toMatchObject({ what: 'workflow_edited', confidence: 'C', leadsTo: 'look', sanctionedBy: 'nothing' })
  })

  it('that is switched off is to be looked at', () => {
    expect(signOfAudit(readAuditEntry({ action: 'workflows.disable_workflow' })!)).toMatchObject({
      what: 'workflow_disabled',
      confidence: 'B',
    })
  })

  it('that runs until it is green is a metric, and no bypass', () => {
    const run = { id: 1, head_sha: head, path: '.github/workflows/ci.yml', conclusion: 'success' }
    const sign = signOfEvent(told('workflow_run', { action: 'completed', workflow_run: { ...run, run_attempt: 3 } }))
    expect(sign).toMatchObject({ what: 'rerun_until_green', confidence: 'C', leadsTo: 'metric' })
    expect(
      signOfEvent(told('workflow_run', { action: 'completed', workflow_run: { ...run, run_attempt: 1 } })),
    ).toBeUndefined()
    expect(signOfAudit(readAuditEntry({ action: 'workflows.rerun_workflow_run' })!)).toMatchObject({
      leadsTo: 'metric',
    })
  })
})

describe('a deployment around its environment', () => {
  const deployed: Landing = { ...landing, ref: 'deployment:71', before: '', after: head, commits: [] }
  const way = { how: 'deployment', rests: 'deployment 71 to production started' } as const
  const deploy = (native: GateFacts['native'], fields: Partial<GateFacts> = {}) =>
    verdictOf(facts({ landing: deployed, way }), gate({ gate: 'production', native, ...fields }))
  const bypass = [
    readAuditEntry({ action: 'workflows.bypass_protection_rules', workflow_run_id: 88, '@timestamp': at })!,
  ]

  it('is said by the audit log, of this very run', () => {
    expect(deploy(nativeOfDeployment('88', bypass))).toMatchObject(bypassed('A'))
    expect(nativeOfDeployment('89', bypass).bypass).toBe('none')
    expect(signOfAudit(bypass[0]!)).toMatchObject({
      what: 'environment_bypassed',
      leadsTo: 'finding',
      sanctionedBy: 'gate_grant',
    })
  })

  it('else rests on our answer: it started, and we had not approved', () => {
    expect(deploy(nativeOfDeployment('88', 'unread'), { runs: [] })).toMatchObject(bypassed('B'))
    expect(
      deploy(nativeOfDeployment('88', 'unread'), { runs: [{ commit: head, state: 'passed', from: at - 1 }] }),
    ).toMatchObject({ outcome: 'passed' })
    // Our answer may have been taken though its reply was lost.
    expect(deploy(nativeOfDeployment('88', 'unread'), { runs: 'unknown' })).toMatchObject({ outcome: 'unknown' })
  })

  it('is sanctioned by a grant for its commit', () => {
    const grants = [
      {
        id: 'g_1',
        gate: 'production',
        head,
        activatedAt: at - 1000,
        expiresAt: at + 1000,
        uses: 1,
        usedBy: [],
        by: 'ana',
      },
    ]
    const runs = [{ commit: head, state: 'opened' as const, by: 'g_1', from: at - 500 }]
    const native = nativeOfDeployment('88', 'unread')
    expect(
      verdictOf(facts({ landing: deployed, way, grants }), gate({ gate: 'production', native, runs })),
    ).toMatchObject({ outcome: 'opened_by_grant', grant: 'g_1' })
  })
})

describe('what is around the gates', () => {
  it.each<[string, string, object, Partial<Sign>]>([
    [
      'another default branch',
      'repository',
      {
        action: 'edited',
        repository: { ...repository, default_branch: 'next' },
        changes: { default_branch: { from: 'main' } },
      },
      { what: 'scope_changed', confidence: 'C', words: 'default branch from main to next' },
    ],
    [
      'a property that rulesets go by',
      'custom_property_values',
      { action: 'updated' },
      { what: 'scope_changed', confidence: 'C' },
    ],
    [
      'a key that writes',
      'deploy_key',
      { action: 'created', key: { read_only: false } },
      { what: 'scope_changed', words: 'key created' },
    ],
    [
      'our suspension',
      'installation',
      { action: 'suspend', installation: { id: 1 } },
      { what: 'observer_blind', confidence: 'A', leadsTo: 'interval', words: 'installation.suspend: everything' },
    ],
    [
      'repositories taken from us',
      'installation_repositories',
      { action: 'removed', installation: { id: 1 }, repositories_removed: [repository] },
      { what: 'observer_blind', words: 'installation_repositories.removed: acme/payments' },
    ],
    ['the hook deleted', 'meta', { action: 'deleted' }, { what: 'observer_blind', leadsTo: 'interval' }],
    [
      'other rights',
      'installation',
      { action: 'new_permissions_accepted', installation: { id: 1 } },
      { what: 'observer_blind', leadsTo: 'record' },
    ],
    [
      'a bypass that GitHub’s own procedure sanctioned',
      'exemption_request_push_ruleset',
      { action: 'completed', exemption_request: { id: 1, status: 'approved' } },
      { what: 'sanctioned_elsewhere', confidence: 'A', leadsTo: 'record', sanctionedBy: 'elsewhere' },
    ],
  ])('%s', (_, event, body, expected) => {
    expect(signOfEvent(told(event, body))).toMatchObject(expected)
  })

  it.each<[string, string, object]>([
    ['that we see again', 'installation', { action: 'unsuspend', installation: { id: 1 } }],
    // What changed is known when the rules are read again; the delivery alone says nothing.
    ['a trigger', 'branch_protection_rule', { action: 'deleted', rule: { id: 1 } }],
    ['a push', 'push', { ref: 'refs/heads/main', before, after }],
  ])('%s is no sign', (_, event, body) => {
    expect(signOfEvent(told(event, body))).toBeUndefined()
  })
})

describe('answers of the forge', () => {
  it('are read whatever they are, and what is not one is unread', () => {
    fc.assert(
      fc.property(fc.constantFrom(200, 404, 500), fc.jsonValue(), (status, body) => {
        const [suites, activity] = [readSuites({ status, body }), readActivity({ status, body })]
        if (status !== 200) expect([suites, activity]).toEqual(['unread', 'unread'])
        const native = nativeOf(landing, build, { suites, audit: 'unread' })
        expect(native.bypass).toBe(suites === 'unread' ? 'unread' : 'none')
        // An answer that is not a list of suites says nothing.
        if (!Array.isArray(body) || body.length > 0) expect(suites).toBe('unread')
        readAuditEntry(body)
      }),
    )
  })

  it('accuse nobody with a field that was changed', () => {
    const keys = Object.keys(suite())
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
        const suites = readSuites(ok([{ ...suite(), [key]: value }]))
        if (suites === 'unread') return
        for (const { after, result } of suites) {
          expect(after).toMatch(/^[0-9a-f]+$/)
          expect(['pass', 'fail', 'bypass', 'unknown']).toContain(result)
        }
      }),
    )
  })
})
