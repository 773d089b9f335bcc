import { z } from 'zod'
import { actor, endOfPush, ignored, instant, listOf, opt, readAs, repository, sha, text } from './fields.ts'
import type { Reading } from './told.ts'

const pathsMax = 10_000

// As long as they are: one that was left out could be the one that matters.
const paths = opt(z.array(z.string()))
const commit = z.object({ id: sha, added: paths, modified: paths, removed: paths })

const push = z.object({
  ref: text,
  before: endOfPush,
  after: endOfPush,
  forced: opt(z.boolean()),
  created: opt(z.boolean()),
  deleted: opt(z.boolean()),
  repository: repository.and(z.object({ pushed_at: opt(instant) })),
  pusher: opt(z.object({ name: text })),
  sender: opt(actor),
  commits: listOf(commit),
})

/** docs/github.md "What was told". `head_commit.timestamp` is the committer's word and is not read. */
export function readPush(body: unknown): Reading {
  return readAs(push, body, ({ ref, before, after, repository, commits, pusher, sender, ...flags }) => {
    if (!ref.startsWith('refs/heads/')) return ignored('no branch')
    if (ref.startsWith('refs/heads/gh-readonly-queue/')) return ignored('a branch of the merge queue')
    const touched = commits.flatMap(({ added = [], modified = [], removed = [] }) => added.concat(modified, removed))
    return {
      kind: 'advance',
      repository: { id: repository.id, name: repository.name },
      ref,
      before,
      after,
      forced: flags.forced ?? false,
      created: flags.created ?? before === '',
      deleted: flags.deleted ?? after === '',
      at: repository.pushed_at,
      by: sender,
      pusher: pusher?.name,
      commits: commits.map(({ id }) => id),
      ...(commits.some(({ modified, added, removed }) => modified ?? added ?? removed)
        ? { paths: [...new Set(touched)].toSorted(workflowsFirst).slice(0, pathsMax) }
        : {}),
    }
  })
}

/** What is cut off must not be what the checks are made of. */
const workflowsFirst = (a: string, b: string): number =>
  Number(b.startsWith('.github/')) - Number(a.startsWith('.github/'))
