import type { Deliveries } from '../deliveries.ts'
import { addCommit, ancestors, between, type Commit, commitOf, isAncestor, zeroSha } from '../git.ts'
import { pushedCommit, pull as pullRendered } from '../render.ts'
import { branchOf, judge, type Judgement, type Move } from '../rules.ts'
import type { Activity, Pull, Repository } from '../state.ts'
import type { World } from '../world.ts'
import { suiteOf, suiteRendered } from './suites.ts'

/** What every action works on. */
export interface Forge {
  world: World
  deliveries: Deliveries
}

/** GitHub said no, as it says it to a git client or to the merge button. */
export class Refused extends Error {
  readonly reasons: string[]
  readonly status: number
  constructor(reasons: string[], status = 422) {
    super(reasons.join(' '))
    this.name = 'Refused'
    this.reasons = reasons
    this.status = status
  }
}

export const viewOf = ({ world }: Forge) => ({ state: world.state, origin: world.origin })

export const personOf = (login: string) => ({ name: login, email: `${login.replace('[bot]', '')}@users.example` })

/** A commit on top of `parents`, with some files written anew. */
export function commitFiles(
  { world }: Forge,
  repository: Repository,
  given: { parents: string[]; files: Record<string, string>; message: string; as: string },
): Commit {
  return addCommit(repository.objects, { ...given, author: personOf(given.as), at: world.clock.now() })
}

export interface Wanted {
  ref: string
  after: string
  actor: string
  via: Move['via']
  pull?: Pull
  activity: 'push' | 'pr_merge' | 'merge_queue_merge'
  isForced?: boolean
  /** The queue's pushes name nobody. */
  sender?: string | undefined
}

/** Moves a ref if the rules let it, with everything that GitHub records and tells of it. */
export function moveRef(forge: Forge, repository: Repository, wanted: Wanted): Judgement {
  const { world } = forge
  const before = repository.refs.get(wanted.ref) ?? zeroSha
  const move = moveOf(repository, wanted, before)
  if (before === wanted.after) throw new Refused(['Everything up-to-date'])
  if (move.isForced && !wanted.isForced)
    throw new Refused([
      'Updates were rejected because the tip of your current branch is behind its remote counterpart.',
    ])
  world.change()
  const judgement = judge(world.state, repository, move)
  recordSuite(world, repository, move, judgement)
  if (judgement.result === 'fail') throw new Refused(judgement.reasons, wanted.via === 'push' ? 422 : 405)
  if (move.isDeletion) repository.refs.delete(wanted.ref)
  else repository.refs.set(wanted.ref, wanted.after)
  repository.pushedAt = world.now()
  repository.activity.push({
    id: world.id(),
    before,
    after: wanted.after,
    ref: wanted.ref,
    at: world.now(),
    type: activityOf(move, wanted.activity),
    actor: wanted.actor,
  })
  tellPush(forge, repository, move, 'sender' in wanted ? wanted.sender : wanted.actor)
  return judgement
}

function moveOf({ objects }: Repository, { ref, after, actor, via, pull }: Wanted, before: string): Move {
  const [isCreation, isDeletion] = [before === zeroSha, after === zeroSha]
  const isForced = !isCreation && !isDeletion && !isAncestor(objects, before, after)
  return { ref, before, after, actor, via, isCreation, isDeletion, isForced, ...(pull ? { pull } : {}) }
}

function activityOf({ isCreation, isDeletion, isForced }: Move, usual: Wanted['activity']): Activity['type'] {
  if (isCreation) return 'branch_creation'
  if (isDeletion) return 'branch_deletion'
  return isForced ? 'force_push' : usual
}

/** No rule looked at, no suite: so it is for a branch without rules, and for whoever is exempt from all of them. */
function recordSuite(
  world: World,
  repository: Repository,
  { ref, before, after, actor }: Move,
  { result, evaluationResult, evaluations }: Judgement,
): void {
  if (evaluations.length === 0) return
  repository.ruleSuites.push({
    id: world.id(),
    actor,
    before,
    after,
    ref,
    pushedAt: world.now(),
    result,
    evaluationResult,
    evaluations,
  })
}

function tellPush(forge: Forge, repository: Repository, move: Move, sender: string | undefined): void {
  const { deliveries } = forge
  const { ref, before, after, isCreation, isDeletion, isForced } = move
  const commits = isDeletion ? [] : isCreation ? [] : between(repository.objects, before, after)
  const rendered = commits.map(one =>
    pushedCommit(one, one.parents[0] === undefined ? undefined : commitOf(repository.objects, one.parents[0])),
  )
  const head = isDeletion ? null : commitOf(repository.objects, after)
  const branch = branchOf(ref)
  const kind = { ref: branch, ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch', pusher_type: 'user' }
  const by = sender === undefined ? {} : { sender }
  if (isCreation && sender !== undefined)
    deliveries.tell(repository, {
      event: 'create',
      payload: { ...kind, master_branch: repository.defaultBranch, description: null },
      ...by,
    })
  if (isDeletion && sender !== undefined) deliveries.tell(repository, { event: 'delete', payload: kind, ...by })
  deliveries.tell(repository, {
    event: 'push',
    payload: {
      ref,
      before,
      after,
      created: isCreation,
      deleted: isDeletion,
      forced: isForced,
      base_ref: null,
      commits: rendered,
      compare: `https://github.com/${repository.owner}/${repository.name}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
      head_commit: head === null ? null : pushedCommit(head, undefined),
      pusher:
        sender === undefined
          ? { name: 'none' }
          : {
              name: sender,
              email: personOf(sender).email,
            },
    },
    ...by,
  })
  if (head !== null && branch !== ref)
    requestSuites(forge, repository, { headSha: after, headBranch: branch, before }, sender)
  if (!isDeletion) followPulls(forge, repository, move)
}

/** Every push asks every app that may write checks for a suite. */
export function requestSuites(
  forge: Forge,
  repository: Repository,
  of: { headSha: string; headBranch: string | null; before: string },
  sender?: string,
): void {
  const { world } = forge
  for (const { slug, permissions } of world.state.apps.values()) {
    const isInstalled = [...world.state.installations.values()].some(
      one => one.app === slug && one.account === repository.owner && one.suspendedAt === null,
    )
    if (!isInstalled || permissions['checks'] !== 'write') continue
    if (repository.checkSuites.some(one => one.app === slug && one.headSha === of.headSha)) continue
    const suite = suiteOf(forge, repository, slug, of.headSha, of.headBranch, of.before)
    forge.deliveries.tell(repository, {
      event: 'check_suite',
      action: 'requested',
      app: slug,
      payload: { check_suite: suiteRendered(forge, repository, suite) },
      sender: sender ?? repository.owner,
    })
  }
}

/** Pull requests whose head moved are synchronized; those whose commits have all landed are merged, whoever pushed them. */
function followPulls(forge: Forge, repository: Repository, move: Move): void {
  const branch = branchOf(move.ref)
  for (const at of forge.world.state.repositories.values()) {
    for (const pull of at.pulls.values()) {
      if (!pull.isOpen) continue
      if (pull.head.repository === repository.id && pull.head.ref === branch) synchronize(forge, at, pull, move)
      else if (at === repository && pull.base.ref === branch && move.via === 'push')
        closeIfContained(forge, at, pull, move)
    }
  }
}

function synchronize(forge: Forge, at: Repository, pull: Pull, { before, after, actor }: Move): void {
  const { world, deliveries } = forge
  const source = world.state.repositories.get(pull.head.repository)
  // A fork's commits are known to the repository that they are offered to.
  for (const [sha, commit] of source?.objects ?? []) at.objects.set(sha, commit)
  pull.head.sha = after
  pull.updatedAt = world.now()
  pull.lastPusher = actor
  const dismisses = [...at.protections.values()].some(one => one.reviews?.dismissStale === true)
  if (dismisses) for (const review of pull.reviews) if (review.state === 'APPROVED') review.state = 'DISMISSED'
  deliveries.tell(at, {
    event: 'pull_request',
    action: 'synchronize',
    sender: actor,
    payload: { number: pull.number, before, after, pull_request: pullRendered(viewOf(forge), at, pull) },
  })
}

function closeIfContained(forge: Forge, at: Repository, pull: Pull, { after, actor }: Move): void {
  if (!ancestors(at.objects, after).has(pull.head.sha)) return
  closeMerged(forge, at, pull, { sha: pull.head.sha, actor })
}

export function closeMerged(
  forge: Forge,
  at: Repository,
  pull: Pull,
  { sha, actor, mergedBy = actor }: { sha: string; actor: string; mergedBy?: string },
): void {
  const { world, deliveries } = forge
  const now = world.now()
  Object.assign(pull, {
    isOpen: false,
    mergedAt: now,
    closedAt: now,
    updatedAt: now,
    mergedBy,
    mergeCommitSha: sha,
    isQueued: false,
  })
  deliveries.tell(at, {
    event: 'pull_request',
    action: 'closed',
    sender: actor,
    payload: { number: pull.number, pull_request: pullRendered(viewOf(forge), at, pull) },
  })
}
