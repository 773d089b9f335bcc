import { z } from 'zod'
import { actionOf, opt, readAs, repository, sha, text, unknownAction } from './fields.ts'
import type { QueueGroup, Reading } from './told.ts'

const group = z.object({
  merge_group: z.object({ head_sha: sha, head_ref: text, base_ref: text, base_sha: opt(sha) }),
  repository,
  reason: opt(text),
})

const destroyed = new Map<string, QueueGroup['what']>([
  ['merged', 'merged'],
  ['invalidated', 'invalidated'],
  ['dequeued', 'dequeued'],
])

/**
 * docs/github.md "What was told". The pull request stands in the name of the group's branch and nowhere else;
 * `head_commit.id` is not what results belong on.
 */
export function readMergeGroup(body: unknown): Reading {
  const action = actionOf(body)
  if (action !== 'checks_requested' && action !== 'destroyed') return unknownAction('merge_group', action)
  return readAs(group, body, ({ merge_group: group, repository, reason = '' }) => {
    const what = action === 'checks_requested' ? 'requested' : destroyed.get(reason)
    if (what === undefined) return unknownAction('merge_group.destroyed', reason)
    const number = pullOfQueueRef(group.head_ref, group.base_ref)
    if (number === undefined) return { is: 'unknown', what: 'a head_ref that names no pull request' }
    const { head_sha: head, head_ref: headRef, base_ref: base, base_sha: baseCommit } = group
    return { kind: 'queue_group', what, repository, head, headRef, number, base, baseCommit }
  })
}

/** `refs/heads/gh-readonly-queue/<base>/pr-<N>-<sha>`. The base may hold slashes, and even `pr-1-…`. */
export function pullOfQueueRef(headRef: string, baseRef: string): number | undefined {
  const prefix = `refs/heads/gh-readonly-queue/${baseRef.replace(/^refs\/heads\//, '')}/`
  const ref = headRef.startsWith('refs/') ? headRef : `refs/heads/${headRef}`
  if (!ref.startsWith(prefix)) return undefined
  const [, digits] = /^pr-([1-9]\d{0,9})-[0-9a-f]{7,64}$/.exec(ref.slice(prefix.length)) ?? []
  return digits === undefined ? undefined : Number(digits)
}
