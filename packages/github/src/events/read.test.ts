import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDelivery } from './read.ts'
import type { Reading } from './told.ts'

/* Synthetic bodies, of the shape of GitHub's own: only what a case is about stands in its row. */

const a = 'a'.repeat(40)
const b = 'b'.repeat(40)
const none = '0'.repeat(40)
const reader = { apiBase: 'https://api.github.com', app: '7' }
const repo = { id: 42, full_name: 'acme/payments' }
const kofi = { id: 9, login: 'kofi', type: 'User' }
const base = { repository: repo, sender: kofi }
const at = '2026-11-20T22:10:05Z'
const atMs = Date.parse(at)

const read = (event: string, body: object): Reading => readDelivery(event, body, reader)

function checkTold(event: string, body: object, expected: readonly object[]) {
  const reading = read(event, body)
  expect(reading).toMatchObject({ is: 'told', told: expected })
}

const push = { ...base, ref: 'refs/heads/main', before: a, after: b, forced: false, created: false, deleted: false }
const pull = {
  number: 12,
  state: 'open',
  merged: false,
  updated_at: at,
  user: { id: 3, login: 'ana' },
  head: { ref: 'fix', sha: a, repo: { id: 42 } },
  base: { ref: 'main', sha: b, repo: { id: 42 } },
}
const merged = { ...pull, state: 'closed', merged: true, merged_at: at, merge_commit_sha: b, merged_by: kofi }
const run = { id: 5, name: 'gate/build', head_sha: a, status: 'completed', conclusion: 'success', app: { id: 7 } }
const group = {
  head_sha: a,
  head_ref: `refs/heads/gh-readonly-queue/main/pr-12-${b}`,
  base_ref: 'refs/heads/main',
  base_sha: b,
  head_commit: { id: b },
}
const gate = {
  ...base,
  environment: 'production',
  event: 'push',
  deployment_callback_url: 'https://api.github.com/repos/acme/payments/actions/runs/88/deployment_protection_rule',
  deployment: { id: 71, sha: a, ref: 'main', creator: kofi, created_at: at },
}
const deploymentStatus = {
  ...base,
  deployment_status: { id: 2, state: 'in_progress', created_at: at },
  deployment: { id: 71, sha: a, ref: 'main', environment: 'production', creator: kofi },
}
const app = { installation: { id: 6, suspended_at: at }, sender: kofi }

describe('what a delivery tells', () => {
  it.each<[string, string, object, object]>([
    [
      'a push',
      'push',
      push,
      { kind: 'advance', ref: 'refs/heads/main', before: a, after: b, forced: false, by: { id: '9' } },
    ],
    [
      'a push by a bot',
      'push',
      { ...push, sender: { id: 5, login: 'release', type: 'Bot' } },
      { by: { id: '5', isBot: true } },
    ],
    [
      'a push by a bot of an older server',
      'push',
      { ...push, sender: { id: 5, login: 'release[bot]' } },
      { by: { isBot: true } },
    ],
    ['a forced push', 'push', { ...push, forced: true }, { kind: 'advance', forced: true }],
    ['a new branch', 'push', { ...push, before: none, created: true }, { before: '', created: true }],
    ['a deleted branch', 'push', { ...push, after: none, deleted: true }, { after: '', deleted: true }],
    [
      'an older push without flags',
      'push',
      { ...base, ref: 'refs/heads/main', before: a, after: none },
      { deleted: true, forced: false },
    ],
    [
      'a push by GitHub itself, without a sender',
      'push',
      { ...push, sender: undefined, pusher: { name: 'none' } },
      { by: undefined, pusher: 'none' },
    ],
    [
      'the time of a push, in seconds',
      'push',
      { ...push, repository: { ...repo, pushed_at: 1_795_000_000 } },
      { at: 1_795_000_000_000 },
    ],
    // The committer can write any time he likes.
    ['no time of the committer', 'push', { ...push, head_commit: { id: b, timestamp: at } }, { at: undefined }],
    [
      'files of a push',
      'push',
      { ...push, commits: [{ id: b, added: ['x'], removed: ['y'], modified: ['x'] }] },
      { commits: [b], paths: ['x', 'y'] },
    ],
    [
      'a merge',
      'pull_request',
      { ...base, action: 'closed', pull_request: merged },
      {
        kind: 'merge',
        number: 12,
        head: a,
        base: 'refs/heads/main',
        mergeCommit: b,
        at: atMs,
        by: { id: '9' },
        isFork: false,
      },
    ],
    [
      'who let it merge by itself',
      'pull_request',
      { ...base, action: 'closed', pull_request: { ...merged, auto_merge: { enabled_by: kofi } } },
      { autoMergeBy: { id: '9' } },
    ],
    [
      'a merge from a fork',
      'pull_request',
      { ...base, action: 'closed', pull_request: { ...merged, head: { ...merged.head, repo: { id: 43 } } } },
      { isFork: true },
    ],
    [
      'a merge from a fork that is gone',
      'pull_request',
      { ...base, action: 'closed', pull_request: { ...merged, head: { ref: 'fix', sha: a, repo: null } } },
      { isFork: true },
    ],
    [
      'a close without a merge',
      'pull_request',
      { ...base, action: 'closed', pull_request: { ...pull, state: 'closed', merge_commit_sha: b } },
      { kind: 'change', what: 'closed', isOpen: false },
    ],
    [
      'a new push to a pull request, with the head it left',
      'pull_request',
      { ...base, action: 'synchronize', before: b, after: a, pull_request: pull },
      { kind: 'change', what: 'pushed', head: a, headBefore: b },
    ],
    [
      'another base',
      'pull_request',
      { ...base, action: 'edited', changes: { base: { ref: { from: 'dev' } } }, pull_request: pull },
      { what: 'rebased' },
    ],
    [
      'another title',
      'pull_request',
      { ...base, action: 'edited', changes: { title: { from: 'x' } }, pull_request: pull },
      { what: 'refreshed' },
    ],
    [
      'the end in a queue, with its reason',
      'pull_request',
      { ...base, action: 'dequeued', reason: 'CI_FAILURE', pull_request: pull },
      { what: 'dequeued', why: 'CI_FAILURE' },
    ],
    [
      'a queue group',
      'merge_group',
      { ...base, action: 'checks_requested', merge_group: group },
      { kind: 'queue_group', what: 'requested', number: 12, head: a },
    ],
    [
      'an invalidated group',
      'merge_group',
      { ...base, action: 'destroyed', reason: 'invalidated', merge_group: group },
      { what: 'invalidated' },
    ],
    [
      'our own run',
      'check_run',
      { ...base, action: 'completed', check_run: run },
      { kind: 'check_run', isOurs: true, app: '7' },
    ],
    [
      'a run with our name by another app',
      'check_run',
      { ...base, action: 'completed', check_run: { ...run, app: { id: 15368 } } },
      { isOurs: false, app: '15368' },
    ],
    [
      'a run whose app is not told',
      'check_run',
      { ...base, action: 'completed', check_run: { ...run, app: null } },
      { isOurs: false, app: undefined },
    ],
    [
      'a run of a fork, which lists no pull request',
      'check_run',
      { ...base, action: 'created', check_run: { ...run, pull_requests: [] } },
      { pulls: [] },
    ],
    [
      'a suite',
      'check_suite',
      { ...base, action: 'requested', check_suite: { id: 1, head_sha: a, head_branch: null, app: { id: 7 } } },
      { kind: 'check_suite', isOurs: true, branch: undefined },
    ],
    [
      'a status with its sender',
      'status',
      { ...base, sha: a, context: 'gate/build', state: 'success', updated_at: at },
      { kind: 'status', by: { id: '9' }, state: 'success', at: atMs },
    ],
    [
      'a run of a workflow',
      'workflow_run',
      {
        ...base,
        action: 'completed',
        workflow_run: { id: 1, path: '.github/workflows/ci.yml', head_sha: a, run_attempt: 3, conclusion: 'success' },
      },
      { kind: 'workflow_run', attempt: 3 },
    ],
    [
      'a review with its commit',
      'pull_request_review',
      { ...base, action: 'submitted', review: { state: 'APPROVED', commit_id: a, user: kofi }, pull_request: pull },
      { kind: 'review', state: 'approved', commit: a },
    ],
    [
      'a request in a comment',
      'issue_comment',
      {
        ...base,
        action: 'created',
        comment: { id: 1, body: 'Prod is down.\n/breakglass build because INC-1\n', user: kofi },
        issue: { number: 12, pull_request: {} },
      },
      { kind: 'request', by: { id: '9' }, asked: { through: 'comment', line: '/breakglass build because INC-1' } },
    ],
    [
      'a deployment that waits for us',
      'deployment_protection_rule',
      { ...gate, action: 'requested' },
      { kind: 'deployment_gate', run: '88', commit: a, deployment: '71' },
    ],
    // A trimmed real delivery has these at the top, where the schema has none.
    [
      'its commit at the top',
      'deployment_protection_rule',
      { ...gate, action: 'requested', sha: b, ref: 'v1', deployment: undefined },
      { commit: b, ref: 'v1' },
    ],
    [
      'a deployment that started',
      'deployment_status',
      deploymentStatus,
      { kind: 'deployment', isStart: true, deployment: '71', at: atMs },
    ],
    [
      'a deployment that waits',
      'deployment_status',
      { ...deploymentStatus, deployment_status: { id: 1, state: 'waiting' } },
      { isStart: false },
    ],
    [
      'a classic rule deleted',
      'branch_protection_rule',
      { ...base, action: 'deleted', rule: { id: 1, updated_at: at } },
      { kind: 'protection_trigger', source: 'classic', action: 'deleted', rule: '1' },
    ],
    [
      'classic rules switched off',
      'branch_protection_configuration',
      { ...base, action: 'disabled' },
      { source: 'classic_switch', action: 'disabled' },
    ],
    [
      'a ruleset of the organisation',
      'repository_ruleset',
      { organization: { login: 'acme' }, action: 'edited', repository_ruleset: { id: 4, updated_at: at } },
      { source: 'ruleset', repository: undefined, organization: 'acme', at: atMs },
    ],
    [
      'an action on rules that is new to us',
      'repository_ruleset',
      { ...base, action: 'snoozed' },
      { kind: 'protection_trigger', action: 'snoozed' },
    ],
    [
      'a bypass that another procedure decides',
      'exemption_request_push_ruleset',
      {
        ...base,
        action: 'completed',
        exemption_request: { id: 3, status: 'approved', requester_id: 5, requester_login: 'eve', expires_at: at },
      },
      { kind: 'elsewhere', by: { id: '5' }, expiresAt: atMs },
    ],
    [
      'our suspension',
      'installation',
      { ...app, action: 'suspend' },
      { kind: 'observer', what: 'blind', at: atMs, repositories: [] },
    ],
    ['our removal', 'installation', { ...app, action: 'deleted' }, { what: 'blind' }],
    [
      'repositories taken from us',
      'installation_repositories',
      { ...app, action: 'removed', repositories_removed: [repo] },
      { what: 'blind', repositories: [{ id: '42' }] },
    ],
    [
      'the hook deleted',
      'meta',
      { ...base, action: 'deleted', hook_id: 1 },
      { kind: 'observer', what: 'blind', why: 'meta.deleted' },
    ],
    [
      'another default branch',
      'repository',
      {
        repository: { ...repo, default_branch: 'next' },
        sender: kofi,
        action: 'edited',
        changes: { default_branch: { from: 'main' } },
      },
      { kind: 'scope', what: 'default_branch', from: 'main', to: 'next' },
    ],
    [
      'a transfer',
      'repository',
      { ...base, action: 'transferred', changes: { owner: { from: { user: kofi } } } },
      { what: 'transferred', from: 'kofi' },
    ],
    [
      'a property that rulesets go by',
      'custom_property_values',
      { ...base, action: 'updated' },
      { kind: 'scope', what: 'property' },
    ],
    [
      'a key that can write',
      'deploy_key',
      { ...base, action: 'created', key: { read_only: false } },
      { kind: 'scope', what: 'key' },
    ],
    ['a key that does not say', 'deploy_key', { ...base, action: 'created', key: {} }, { kind: 'scope', what: 'key' }],
  ])('%s', (_, event, body, expected) => {
    checkTold(event, body, [expected])
  })

  it('tells of a pressed button as a run and a request by whoever pressed it', () => {
    const body = {
      ...base,
      action: 'requested_action',
      requested_action: { identifier: 'break-glass' },
      check_run: run,
    }
    checkTold('check_run', body, [
      { kind: 'check_run' },
      { kind: 'request', by: { id: '9' }, asked: { through: 'button', identifier: 'break-glass' } },
    ])
  })

  it.each([
    ['of another app', { ...run, app: { id: 8 } }],
    ['whose app is not told', { ...run, app: undefined }],
  ])('takes no request from a button %s', (_, check_run) => {
    const body = { ...base, action: 'requested_action', requested_action: { identifier: 'break-glass' }, check_run }
    checkTold('check_run', body, [{ kind: 'check_run' }])
  })

  it.each(['check_run', 'check_suite'])('tells of a %s that is asked for again, of our own only', event => {
    const suite = { id: 1, head_sha: a, app: { id: 7 } }
    const body = { ...base, action: 'rerequested', check_run: run, check_suite: suite }
    checkTold(event, body, [{ kind: event }, { kind: 'request', asked: { through: 'rerun', head: a } }])
    const foreign = { ...body, check_run: { ...run, app: { id: 8 } }, check_suite: { ...suite, app: { id: 8 } } }
    expect(read(event, foreign)).toMatchObject({ told: [{ kind: event }] })
    expect(read(event, foreign)).not.toMatchObject({ told: [{}, {}] })
  })
})

describe('the files of a push', () => {
  it('are never cut where the checks are made, however many and long they are', () => {
    const added = Array.from({ length: 20_000 }, (_, i) => `src/${i}`).concat(
      `.github/workflows/${'x'.repeat(5000)}.yml`,
    )
    const reading = read('push', { ...push, commits: [{ id: b, added }] })
    const [told] = reading.is === 'told' ? reading.told : []
    const paths = told?.kind === 'advance' ? (told.paths ?? []) : []
    expect([paths.length, paths[0]?.startsWith('.github/')]).toEqual([10_000, true])
  })
})

describe('what is nothing to us', () => {
  it.each<[string, string, object]>([
    ['a tag', 'push', { ...push, ref: 'refs/tags/v1' }],
    ['a branch of the merge queue', 'push', { ...push, ref: 'refs/heads/gh-readonly-queue/main/pr-1-a' }],
    [
      'a comment that asks nothing',
      'issue_comment',
      {
        ...base,
        action: 'created',
        comment: { id: 1, body: 'see `/breakglass`', user: kofi },
        issue: { number: 12, pull_request: {} },
      },
    ],
    [
      'a request on an issue',
      'issue_comment',
      { ...base, action: 'created', comment: { id: 1, body: '/breakglass x', user: kofi }, issue: { number: 12 } },
    ],
    [
      'an edited comment',
      'issue_comment',
      {
        ...base,
        action: 'edited',
        comment: { id: 1, body: '/breakglass x', user: kofi },
        issue: { number: 12, pull_request: {} },
      },
    ],
    ['a key that only reads', 'deploy_key', { ...base, action: 'created', key: { read_only: true } }],
    ['a new description', 'repository', { ...base, action: 'edited', changes: { description: { from: 'x' } } }],
    ['a star', 'star', { ...base, action: 'created' }],
  ])('%s', (_, event, body) => {
    expect(read(event, body).is).toBe('ignored')
  })
})

describe('what is not understood', () => {
  it.each<[string, string, object, string]>([
    ['an event that is new', 'time_travel', base, 'event time_travel'],
    [
      'an action that is new',
      'pull_request',
      { ...base, action: 'teleported', pull_request: pull },
      'pull_request.teleported',
    ],
    ['a field that is missing', 'push', { ...push, after: undefined }, 'without after'],
    [
      'a field within',
      'pull_request',
      { ...base, action: 'opened', pull_request: { ...pull, head: {} } },
      'without pull_request.head.ref',
    ],
    [
      'a merge without its time',
      'pull_request',
      { ...base, action: 'closed', pull_request: { ...merged, merged_at: null } },
      'without pull_request.merged_at',
    ],
    [
      'a group that names no pull request',
      'merge_group',
      {
        ...base,
        action: 'checks_requested',
        merge_group: { ...group, head_ref: 'refs/heads/gh-readonly-queue/main/x' },
      },
      'a head_ref that names no pull request',
    ],
    [
      'a reason that is new',
      'merge_group',
      { ...base, action: 'destroyed', reason: 'bored', merge_group: group },
      'merge_group.destroyed.bored',
    ],
    [
      'a deployment state that is new',
      'deployment_status',
      { ...deploymentStatus, deployment_status: { id: 1, state: 'levitating' } },
      'deployment_status.levitating',
    ],
    [
      'removed repositories that are not listed',
      'installation_repositories',
      { ...app, action: 'removed' },
      'without repositories_removed',
    ],
    // Empty, it would be taken for all of them.
    [
      'no removed repository',
      'installation_repositories',
      { ...app, action: 'removed', repositories_removed: [] },
      'without repositories_removed',
    ],
    // Left out, it would be taken for one that we still see.
    [
      'a removed repository without an id',
      'installation_repositories',
      { ...app, action: 'removed', repositories_removed: [repo, { full_name: 'x' }] },
      'without repositories_removed.1.id',
    ],
    ['a word that every object knows', 'installation', { ...app, action: 'constructor' }, 'installation.constructor'],
    ['rules of nobody', 'repository_ruleset', { action: 'edited' }, 'without repository or organization'],
  ])('%s', (_, event, body, what) => {
    expect(read(event, body)).toEqual({ is: 'unknown', what })
  })
})

const events = [
  'push',
  'pull_request',
  'merge_group',
  'check_run',
  'check_suite',
  'status',
  'workflow_run',
  'issue_comment',
  'pull_request_review',
  'deployment_status',
  'deployment_protection_rule',
  'installation',
  'installation_repositories',
  'meta',
  'repository',
  'deploy_key',
  'member',
  'repository_ruleset',
  'exemption_request_push_ruleset',
  'constructor',
  '__proto__',
]
const samples: object[] = [
  push,
  { ...base, action: 'closed', pull_request: merged },
  { ...base, action: 'completed', check_run: run },
  { ...gate, action: 'requested' },
  deploymentStatus,
  { ...base, action: 'checks_requested', merge_group: group },
  { ...app, action: 'removed', repositories_removed: [repo] },
]

describe('hostile bodies', () => {
  it('never throw, whatever they are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...events), fc.jsonValue(), (event, body) => {
        expect(['told', 'ignored', 'unknown']).toContain(readDelivery(event, body, reader).is)
      }),
    )
  })

  it('never throw with any field changed, and tell no commit that is none', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...events),
        fc.constantFrom(...samples),
        fc.nat(),
        fc.jsonValue(),
        (event, sample, at, value) => {
          const reading = readDelivery(event, changed(sample, at, value), reader)
          if (reading.is !== 'told') return
          for (const told of reading.told) if (told.kind === 'advance') expect(told.after).toMatch(/^([0-9a-f]{40})?$/)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('may hold fields that nobody knows, without another reading', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.constantFrom(...events), (sample, event) => {
        expect(read(event, { ...sample, new_field: { deep: [1] } })).toEqual(read(event, sample))
      }),
    )
  })
})

/** The body with the field at one of its paths replaced. */
function changed(body: object, at: number, value: unknown): unknown {
  const paths: string[][] = []
  const walk = (part: unknown, path: string[]) => {
    if (typeof part !== 'object' || part === null) return
    for (const [key, inner] of Object.entries(part)) {
      paths.push([...path, key])
      walk(inner, [...path, key])
    }
  }
  walk(body, [])
  const copy = structuredClone(body)
  const path = paths[at % paths.length] ?? []
  const parent = path
    .slice(0, -1)
    .reduce((part, key) => part[key] as Record<string, unknown>, copy as Record<string, unknown>)
  parent[path.at(-1) ?? ''] = value
  return copy
}
