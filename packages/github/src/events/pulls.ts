import { z } from 'zod'
import {
  actionOf,
  actor,
  ignored,
  instant,
  listOf,
  opt,
  readAs,
  repository,
  sha,
  text,
  unknownAction,
} from './fields.ts'
import type { Change, Reading } from './told.ts'

const side = z.object({ ref: text, sha, repo: opt(z.object({ id: z.int() })) })

const pull = z.object({
  number: z.int().positive(),
  state: opt(text),
  merged: opt(z.boolean()),
  merged_at: opt(instant),
  merged_by: opt(actor),
  merge_commit_sha: opt(sha),
  user: opt(actor),
  updated_at: opt(instant),
  head: side,
  base: side,
  auto_merge: opt(z.object({ enabled_by: opt(actor) })),
  labels: listOf(z.object({ name: text })),
})

const pullRequest = z.object({
  pull_request: pull,
  repository,
  sender: opt(actor),
  before: opt(sha),
  reason: opt(text),
})
type Fields = z.output<typeof pullRequest>

const changes = new Map<string, Change['what']>([
  ['opened', 'opened'],
  ['reopened', 'opened'],
  ['ready_for_review', 'refreshed'],
  ['converted_to_draft', 'refreshed'],
  ['synchronize', 'pushed'],
  ['edited', 'refreshed'],
  ['enqueued', 'queued'],
  ['dequeued', 'dequeued'],
  ['auto_merge_enabled', 'auto_merge_on'],
  ['auto_merge_disabled', 'auto_merge_off'],
  ['labeled', 'refreshed'],
  ['unlabeled', 'refreshed'],
])

const nothingToUs = new Set([
  'assigned',
  'unassigned',
  'review_requested',
  'review_request_removed',
  'locked',
  'unlocked',
  'milestoned',
  'demilestoned',
])

/** docs/github.md "What was told". A merge is told by `merged`; that it went through a gate is not said there. */
export function readPullRequest(body: unknown): Reading {
  const action = actionOf(body)
  if (nothingToUs.has(action)) return ignored(`pull_request.${action}`)
  if (action === 'closed') return readAs(pullRequest, body, closed)
  const what = action === 'edited' && baseChanged(body) ? 'rebased' : changes.get(action)
  if (what === undefined) return unknownAction('pull_request', action)
  return readAs(pullRequest, body, fields => changeOf(what, fields))
}

const baseChanged = (body: unknown): boolean =>
  z.object({ changes: z.object({ base: z.object({}) }) }).safeParse(body).success

/** Of an unmerged one `merge_commit_sha` is only the test merge. */
function closed(fields: Fields): Reading {
  const { pull_request: pull, repository, sender } = fields
  if (pull.merged !== true) return { is: 'told', told: [changeOf('closed', fields)] }
  const at = pull.merged_at
  if (at === undefined) return { is: 'unknown', what: 'without pull_request.merged_at' }
  return {
    is: 'told',
    told: [
      {
        kind: 'merge',
        repository,
        number: pull.number,
        head: pull.head.sha,
        base: fullRefOf(pull.base.ref),
        mergeCommit: pull.merge_commit_sha,
        at,
        by: pull.merged_by ?? sender,
        author: pull.user,
        autoMergeBy: pull.auto_merge?.enabled_by,
        labels: pull.labels.map(({ name }) => name),
        isFork: isFork(fields),
      },
    ],
  }
}

const changeOf = (what: Change['what'], fields: Fields): Change => {
  const { pull_request: pull } = fields
  return {
    kind: 'change',
    what,
    repository: fields.repository,
    number: pull.number,
    head: pull.head.sha,
    ...(what === 'pushed' ? { headBefore: fields.before } : {}),
    base: fullRefOf(pull.base.ref),
    isFork: isFork(fields),
    isOpen: what !== 'closed' && pull.state !== 'closed',
    ...(what === 'dequeued' ? { why: fields.reason } : {}),
    autoMergeBy: pull.auto_merge?.enabled_by,
    by: fields.sender,
    author: pull.user,
    at: pull.updated_at,
  }
}

const fullRefOf = (branch: string): string => `refs/heads/${branch}`

/** A fork that is gone has no repository any more: what cannot be told to be ours is a fork. */
const isFork = ({ pull_request: { head }, repository }: Fields): boolean => String(head.repo?.id) !== repository.id

const review = z.object({
  review: z.object({ state: text, commit_id: opt(sha), user: opt(actor), submitted_at: opt(instant) }),
  pull_request: z.object({ number: z.int().positive() }),
  repository,
})

export function readReview(body: unknown): Reading {
  const action = actionOf(body)
  if (!['submitted', 'edited', 'dismissed'].includes(action)) return unknownAction('pull_request_review', action)
  return readAs(review, body, ({ review, pull_request: { number }, repository }) => ({
    kind: 'review',
    action,
    repository,
    number,
    state: review.state.toLowerCase(),
    commit: review.commit_id,
    by: review.user,
    at: review.submitted_at,
  }))
}

const comment = z.object({
  comment: z.object({
    id: z.int(),
    body: z.string().max(1_000_000),
    user: actor,
    created_at: opt(instant),
  }),
  issue: z.object({ number: z.int().positive(), pull_request: opt(z.object({})) }),
  repository,
})

const lineLettersMax = 1000

/** A request is a line `/breakglass …` of a new comment. An edited comment asks for nothing: others may edit it. */
export function readComment(body: unknown): Reading {
  const action = actionOf(body)
  if (['edited', 'deleted', 'pinned', 'unpinned'].includes(action)) return ignored(`issue_comment.${action}`)
  if (action !== 'created') return unknownAction('issue_comment', action)
  return readAs(comment, body, ({ comment, issue, repository }) => {
    const line = comment.body.split('\n').find(each => /^\/breakglass(?:\s|$)/.test(each))
    if (line === undefined) return ignored('a comment that asks for nothing')
    if (issue.pull_request === undefined) return ignored('a request outside of a pull request')
    if (line.length > lineLettersMax) return { is: 'unknown', what: 'a request of more than 1000 letters' }
    return {
      kind: 'request',
      repository,
      by: comment.user,
      at: comment.created_at,
      asked: { through: 'comment', number: issue.number, comment: String(comment.id), line: line.trim() },
    }
  })
}
