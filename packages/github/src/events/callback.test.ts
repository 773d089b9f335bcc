import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runOfCallback } from './callback.ts'
import { landingsOfDeployments } from './deployments.ts'
import { pullOfQueueRef } from './queue.ts'
import { commitOf, shaOf } from './sha.ts'
import type { DeploymentTold } from './told.ts'

const github = 'https://api.github.com'
const path = '/repos/acme/payments/actions/runs/88/deployment_protection_rule'

describe('the run in a callback URL', () => {
  it.each([
    ['88', `${github}${path}`, github],
    ['88', `${github}${path}`, `${github}/`],
    ['88', `https://ghes.acme.dev/api/v3${path}`, 'https://ghes.acme.dev/api/v3'],
    ['88', `https://api.acme.ghe.com${path}`, 'https://api.acme.ghe.com'],
    // Not ours: another host, scheme, port, or one that only looks alike.
    [undefined, `https://evil.example${path}`, github],
    [undefined, `http://api.github.com${path}`, github],
    [undefined, `https://api.github.com:8443${path}`, github],
    [undefined, `https://api.github.com@evil.example${path}`, github],
    [undefined, `https://user:pass@api.github.com${path}`, github],
    [undefined, `https://api.github.com.evil.example${path}`, github],
    [undefined, `https://169.254.169.254${path}`, github],
    // Our host, and not our API.
    [undefined, `https://ghes.acme.dev${path}`, 'https://ghes.acme.dev/api/v3'],
    [undefined, `https://ghes.acme.dev/api/v3evil${path}`, 'https://ghes.acme.dev/api/v3'],
    [undefined, `${github}/repos/acme/payments/actions/runs/88/../../../../../x`, github],
    [undefined, `${github}${path}?next=https://evil.example`, github],
    [undefined, `${github}${path}#x`, github],
    [undefined, `${github}/repos/acme/payments/actions/runs/0/deployment_protection_rule`, github],
    [undefined, `${github}/repos/acme/payments/actions/runs/8%2F8/deployment_protection_rule`, github],
    [undefined, 'data:text/plain,x', 'data:text/plain,x'],
    [undefined, 'not a URL', github],
  ])('is %s in %s', (run, url, base) => {
    expect(runOfCallback(url, base)).toBe(run)
  })

  it('is nothing but digits, and only from the base, whatever the URL', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), url => {
        expect(runOfCallback(url, github)).toBeUndefined()
        expect(runOfCallback(github + path + url, github) ?? '88').toMatch(/^\d+$/)
      }),
    )
  })
})

describe('the pull request of a queue group', () => {
  it.each([
    [12, `refs/heads/gh-readonly-queue/main/pr-12-${'a'.repeat(40)}`, 'refs/heads/main'],
    [12, `gh-readonly-queue/main/pr-12-${'a'.repeat(40)}`, 'main'],
    [7, `refs/heads/gh-readonly-queue/release/2.x/pr-7-${'a'.repeat(40)}`, 'refs/heads/release/2.x'],
    // A base that looks like a group.
    [7, `refs/heads/gh-readonly-queue/pr-1-abcdef0/pr-7-${'a'.repeat(40)}`, 'refs/heads/pr-1-abcdef0'],
    [undefined, `refs/heads/gh-readonly-queue/next/pr-12-${'a'.repeat(40)}`, 'refs/heads/main'],
    [undefined, 'refs/heads/gh-readonly-queue/main/pr-0-abcdef0', 'refs/heads/main'],
    [undefined, 'refs/heads/main', 'refs/heads/main'],
  ])('is %s in %s', (number, head, base) => {
    expect(pullOfQueueRef(head, base)).toBe(number)
  })
})

const status = (fields: Partial<DeploymentTold>): DeploymentTold => ({
  kind: 'deployment',
  repository: { id: '42', name: 'acme/payments' },
  deployment: '71',
  status: '1',
  state: 'in_progress',
  isStart: true,
  commit: 'a'.repeat(40),
  ref: 'main',
  environment: 'production',
  ...fields,
})

describe('the landing of a deployment', () => {
  it('is its first start, once, in whatever order the reports come', () => {
    const told = [
      status({ status: '1', state: 'waiting', isStart: false, at: 1 }),
      status({ status: '2', at: 5 }),
      status({ status: '3', state: 'success', at: 9 }),
      status({ deployment: '72', status: '4', state: 'error', at: 2 }),
    ]
    fc.assert(
      fc.property(fc.shuffledSubarray([...told, ...told], { minLength: 8 }), shuffled => {
        const landings = landingsOfDeployments(shuffled).map(({ deployment, status }) => [deployment, status])
        expect(landings.toSorted()).toEqual([
          ['71', '2'],
          ['72', '4'],
        ])
      }),
    )
  })

  it('goes by the number of the report where there is no time', () => {
    expect(landingsOfDeployments([status({ status: '12' }), status({ status: '9' })])).toMatchObject([{ status: '9' }])
  })
})

describe('the two spellings of a commit', () => {
  it.each(['a'.repeat(40), 'b'.repeat(64)])('lead back from %s', sha => {
    expect(shaOf(commitOf(sha))).toBe(sha)
  })
})
