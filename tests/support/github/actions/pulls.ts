import { addCommit, between, mergedFiles, zeroSha } from '../git.ts'
import { comment as commentRendered, pull as pullRendered, review as reviewRendered } from '../render.ts'
import { judge, rulesetsOf } from '../rules.ts'
import type { Comment, MergeMethod, Pull, Repository, Review } from '../state.ts'
import { closeMerged, type Forge, moveRef, personOf, Refused, requestSuites, viewOf } from './refs.ts'

export interface NewPull {
  head: string
  base: string
  as: string
  title: string
  body?: string
  /** A fork, for a head that lies there. */
  from?: Repository
  isDraft?: boolean
}

export function openPull(
  forge: Forge,
  repository: Repository,
  { head, base, as, title, body, from = repository, isDraft = false }: NewPull,
): Pull {
  const { world } = forge
  world.change()
  const sha = from.refs.get(`refs/heads/${head}`)
  const baseSha = repository.refs.get(`refs/heads/${base}`)
  if (sha === undefined || baseSha === undefined)
    throw new Refused([`Validation Failed: head ${head} or base ${base} does not exist`])
  for (const [id, commit] of from.objects) repository.objects.set(id, commit)
  const number = repository.pulls.size + 1
  const now = world.now()
  const pull: Pull = {
    id: world.id(),
    number,
    title,
    body: body ?? null,
    author: as,
    isOpen: true,
    isDraft,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    head: {
      ref: head,
      sha,
      repository: from.id,
    },
    base: {
      ref: base,
      sha: baseSha,
    },
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    autoMerge: null,
    isQueued: false,
    reviews: [],
    lastPusher: as,
  }
  repository.pulls.set(number, pull)
  tellPull(forge, repository, pull, 'opened', as)
  // What a fork pushed was asked of nobody here: its suites are made when it is offered.
  if (from !== repository) requestSuites(forge, repository, { headSha: sha, headBranch: null, before: zeroSha }, as)
  return pull
}

export function tellPull(
  forge: Forge,
  repository: Repository,
  pull: Pull,
  action: string,
  sender: string,
  more: { [key: string]: string } = {},
): void {
  forge.deliveries.tell(repository, {
    event: 'pull_request',
    action,
    sender,
    payload: { number: pull.number, pull_request: pullRendered(viewOf(forge), repository, pull), ...more },
  })
}

export function closePull(forge: Forge, repository: Repository, pull: Pull, as: string): void {
  forge.world.change()
  const now = forge.world.now()
  Object.assign(pull, { isOpen: false, closedAt: now, updatedAt: now })
  tellPull(forge, repository, pull, 'closed', as)
}

export function reopenPull(forge: Forge, repository: Repository, pull: Pull, as: string): void {
  forge.world.change()
  Object.assign(pull, { isOpen: true, closedAt: null, updatedAt: forge.world.now() })
  tellPull(forge, repository, pull, 'reopened', as)
}

/** Another base: the same head is judged by other rules from now on. */
export function retarget(forge: Forge, repository: Repository, pull: Pull, base: string, as: string): void {
  forge.world.change()
  const from = pull.base
  pull.base = { ref: base, sha: repository.refs.get(`refs/heads/${base}`) ?? from.sha }
  pull.updatedAt = forge.world.now()
  const changes = { base: { ref: { from: from.ref }, sha: { from: from.sha } } }
  forge.deliveries.tell(repository, {
    event: 'pull_request',
    action: 'edited',
    sender: as,
    payload: { number: pull.number, changes, pull_request: pullRendered(viewOf(forge), repository, pull) },
  })
}

export interface Merge {
  as: string
  method?: MergeMethod
  /** The head that whoever merges has seen. */
  sha?: string
}

/** The merge button, and the API behind it: admins and those on bypass lists go through, everybody else is judged. */
export function mergePull(
  forge: Forge,
  repository: Repository,
  pull: Pull,
  { as, method = 'merge', sha }: Merge,
): string {
  if (!pull.isOpen || pull.isDraft) throw new Refused(['Pull Request is not mergeable'], 405)
  if (sha !== undefined && sha !== pull.head.sha)
    throw new Refused(['Head branch was modified. Review and try the merge again.'], 409)
  const ref = `refs/heads/${pull.base.ref}`
  const before = repository.refs.get(ref) ?? pull.base.sha
  const after = mergedCommit(forge, repository, pull, { base: before, method, as })
  moveRef(forge, repository, { ref, after, actor: as, via: 'merge', pull, activity: 'pr_merge' })
  closeMerged(forge, repository, pull, { sha: after, actor: as })
  return after
}

/** What the base becomes: a merge, one squashed commit, or every commit written anew. */
export function mergedCommit(
  { world }: Forge,
  { objects }: Repository,
  pull: Pull,
  { base, method, as }: { base: string; method: MergeMethod; as: string },
): string {
  const at = world.clock.now()
  const files = mergedFiles(objects, base, pull.head.sha)
  const title = `${pull.title} (#${pull.number})`
  if (method === 'squash')
    return addCommit(objects, { parents: [base], files, message: title, author: personOf(pull.author), at }).sha
  if (method === 'merge') {
    const message = `Merge pull request #${pull.number} from ${pull.head.ref}\n\n${pull.title}`
    return addCommit(objects, { parents: [base, pull.head.sha], files, message, author: personOf(as), at }).sha
  }
  const commits = between(objects, base, pull.head.sha)
  return commits.reduce(
    (parent, { message, author, sha }) =>
      addCommit(objects, { parents: [parent], files: mergedFiles(objects, parent, sha), message, author, at }).sha,
    base,
  )
}

export function enableAutoMerge(
  forge: Forge,
  repository: Repository,
  pull: Pull,
  { as, method = 'merge' }: { as: string; method?: MergeMethod },
): void {
  forge.world.change()
  pull.autoMerge = { enabledBy: as, method }
  tellPull(forge, repository, pull, 'auto_merge_enabled', as)
  settleAutoMerges(forge, repository)
}

export function disableAutoMerge(forge: Forge, repository: Repository, pull: Pull, as: string): void {
  forge.world.change()
  pull.autoMerge = null
  tellPull(forge, repository, pull, 'auto_merge_disabled', as, { reason: 'disabled' })
}

/** What waited for its rules is merged as soon as they are met. A bypass is never used for it. */
export function settleAutoMerges(forge: Forge, repository: Repository): void {
  for (const pull of repository.pulls.values()) {
    const wanted = pull.autoMerge
    if (!pull.isOpen || pull.isDraft || wanted === null || usesQueue(forge, repository, pull)) continue
    const ref = `refs/heads/${pull.base.ref}`
    const before = repository.refs.get(ref) ?? zeroSha
    const after = mergedCommit(forge, repository, pull, { base: before, method: wanted.method, as: wanted.enabledBy })
    const move = {
      ref,
      before,
      after,
      actor: wanted.enabledBy,
      via: 'merge',
      pull,
      isForced: false,
      isDeletion: false,
      isCreation: false,
    } as const
    if (judge(forge.world.state, repository, move).result !== 'pass') continue
    mergePull(forge, repository, pull, { as: wanted.enabledBy, method: wanted.method })
  }
}

export const usesQueue = ({ world }: Forge, repository: Repository, { base }: Pull): boolean =>
  rulesetsOf(world.state, repository, base.ref).some(
    one => one.enforcement === 'active' && one.rules.some(({ type }) => type === 'merge_queue'),
  )

export function reviewPull(
  forge: Forge,
  repository: Repository,
  pull: Pull,
  given: { as: string; state: Review['state']; body?: string },
): Review {
  const { world, deliveries } = forge
  world.change()
  if (given.as === pull.author && given.state !== 'COMMENTED')
    throw new Refused(['Can not approve your own pull request'])
  const review: Review = {
    id: world.id(),
    user: given.as,
    state: given.state,
    commit: pull.head.sha,
    body: given.body ?? '',
    submittedAt: world.now(),
  }
  pull.reviews.push(review)
  deliveries.tell(repository, {
    event: 'pull_request_review',
    action: 'submitted',
    sender: given.as,
    payload: reviewPayload(forge, repository, pull, review),
  })
  settleAutoMerges(forge, repository)
  return review
}

export function dismissReview(forge: Forge, repository: Repository, pull: Pull, review: Review, as: string): void {
  forge.world.change()
  review.state = 'DISMISSED'
  forge.deliveries.tell(repository, {
    event: 'pull_request_review',
    action: 'dismissed',
    sender: as,
    payload: reviewPayload(forge, repository, pull, review),
  })
}

/** Webhooks say the state in small letters, the API in capitals. */
const reviewPayload = (forge: Forge, repository: Repository, pull: Pull, review: Review) => ({
  review: { ...reviewRendered(viewOf(forge), repository, pull, review), state: review.state.toLowerCase() },
  pull_request: pullRendered(viewOf(forge), repository, pull),
})

export function writeComment(
  forge: Forge,
  repository: Repository,
  pull: Pull,
  { as, body }: { as: string; body: string },
): Comment {
  const { world } = forge
  world.change()
  const now = world.now()
  const comment: Comment = { id: world.id(), pull: pull.number, user: as, body, createdAt: now, updatedAt: now }
  repository.comments.push(comment)
  tellComment(forge, repository, comment, 'created', as)
  return comment
}

export function editComment(
  forge: Forge,
  repository: Repository,
  comment: Comment,
  { as, body }: { as: string; body: string },
): void {
  forge.world.change()
  const from = comment.body
  Object.assign(comment, { body, updatedAt: forge.world.now() })
  tellComment(forge, repository, comment, 'edited', as, { changes: { body: { from } } })
}

function tellComment(
  forge: Forge,
  repository: Repository,
  comment: Comment,
  action: string,
  sender: string,
  more = {},
): void {
  const pull = repository.pulls.get(comment.pull)
  if (!pull) throw new Refused(['Not Found'], 404)
  const { id, number, title, body, state, created_at, updated_at, closed_at, html_url, user, locked } = pullRendered(
    viewOf(forge),
    repository,
    pull,
  )
  const url = `${forge.world.origin}/repos/${repository.owner}/${repository.name}`
  const issue = {
    id,
    number,
    title,
    body,
    state,
    created_at,
    updated_at,
    closed_at,
    html_url,
    user,
    locked,
    url: `${url}/issues/${pull.number}`,
    labels: [],
    comments: 1,
    author_association: 'CONTRIBUTOR',
    pull_request: {
      url: `${url}/pulls/${pull.number}`,
      html_url,
      diff_url: `${String(html_url)}.diff`,
      patch_url: `${String(html_url)}.patch`,
      merged_at: pull.mergedAt,
    },
  }
  forge.deliveries.tell(repository, {
    event: 'issue_comment',
    action,
    sender,
    payload: { issue, comment: commentRendered(viewOf(forge), repository, comment), ...more },
  })
}
