import { commitOf } from '../git.ts'
import { judge } from '../rules.ts'
import type { Pull, QueueGroup, Repository } from '../state.ts'
import { mergedCommit, tellPull } from './pulls.ts'
import { closeMerged, type Forge, moveRef, Refused, requestSuites } from './refs.ts'

export type Left = 'CI_FAILURE' | 'CI_TIMEOUT' | 'MANUAL' | 'QUEUE_CLEARED' | 'BRANCH_PROTECTIONS' | 'MERGE_CONFLICT'

/** Puts a pull request at the end of the queue: a group of its own, on top of the one before. */
export function enqueue(forge: Forge, repository: Repository, pull: Pull, as: string): QueueGroup {
  if (!pull.isOpen || pull.isQueued) throw new Refused(['Pull request is not mergeable'], 405)
  forge.world.change()
  pull.isQueued = true
  tellPull(forge, repository, pull, 'enqueued', as)
  return newGroup(forge, repository, pull)
}

function newGroup(forge: Forge, repository: Repository, pull: Pull): QueueGroup {
  const open = openGroups(repository, pull.base.ref)
  const baseSha = open.at(-1)?.headSha ?? repository.refs.get(`refs/heads/${pull.base.ref}`) ?? pull.base.sha
  const headSha = mergedCommit(forge, repository, pull, { base: baseSha, method: 'merge', as: pull.author })
  const headRef = `refs/heads/gh-readonly-queue/${pull.base.ref}/pr-${pull.number}-${baseSha}`
  const group: QueueGroup = { pull: pull.number, base: pull.base.ref, baseSha, headRef, headSha, isOpen: true }
  repository.groups.push(group)
  repository.refs.set(headRef, headSha)
  tellGroup(forge, repository, group, 'checks_requested')
  requestSuites(forge, repository, { headSha, headBranch: headRef.replace('refs/heads/', ''), before: baseSha })
  return group
}

const openGroups = ({ groups }: Repository, base: string) => groups.filter(one => one.isOpen && one.base === base)

function tellGroup(
  forge: Forge,
  repository: Repository,
  { headSha, headRef, baseSha, base }: QueueGroup,
  action: 'checks_requested' | 'destroyed',
  reason?: string,
): void {
  const head = commitOf(repository.objects, headSha)
  const commit = {
    id: headSha,
    tree_id: head.tree,
    message: head.message,
    timestamp: head.date,
    author: { ...head.author },
    committer: { ...head.author },
  }
  const merge_group = {
    head_sha: headSha,
    head_ref: headRef,
    base_sha: baseSha,
    base_ref: `refs/heads/${base}`,
    head_commit: commit,
  }
  forge.deliveries.tell(repository, {
    event: 'merge_group',
    action,
    sender: repository.owner,
    payload: { merge_group, ...(reason === undefined ? {} : { reason }) },
  })
}

/** Takes a pull request out; the groups that were built on it are made anew, with other commits. */
export function dequeue(
  forge: Forge,
  repository: Repository,
  pull: Pull,
  { as, reason = 'MANUAL' }: { as: string; reason?: Left },
): void {
  forge.world.change()
  const open = openGroups(repository, pull.base.ref)
  const at = open.findIndex(one => one.pull === pull.number)
  if (at === -1) throw new Refused(['Pull request is not in the queue'])
  pull.isQueued = false
  tellPull(forge, repository, pull, 'dequeued', as, { reason })
  const [out, ...after] = open.slice(at)
  for (const group of open.slice(at)) shut(forge, repository, group, group === out ? 'dequeued' : 'invalidated')
  for (const group of after) rebuild(forge, repository, group.pull)
}

function rebuild(forge: Forge, repository: Repository, number: number): void {
  const pull = repository.pulls.get(number)
  if (pull?.isQueued) newGroup(forge, repository, pull)
}

function shut(
  forge: Forge,
  repository: Repository,
  group: QueueGroup,
  reason: 'merged' | 'invalidated' | 'dequeued',
): void {
  group.isOpen = false
  repository.refs.delete(group.headRef)
  tellGroup(forge, repository, group, 'destroyed', reason)
}

/** The first group lands as soon as its own commit meets the rules. */
export function settleGroups(forge: Forge, repository: Repository): void {
  for (const base of new Set(repository.groups.filter(({ isOpen }) => isOpen).map(one => one.base))) {
    for (
      let group = openGroups(repository, base)[0];
      group && isReady(forge, repository, group);
      group = openGroups(repository, base)[0]
    )
      land(forge, repository, group)
  }
}

function isReady({ world }: Forge, repository: Repository, group: QueueGroup): boolean {
  const pull = repository.pulls.get(group.pull)
  if (!pull || !pull.isOpen) return false
  const ref = `refs/heads/${group.base}`
  const move = {
    ref,
    before: group.baseSha,
    after: group.headSha,
    actor: pull.author,
    via: 'queue',
    pull,
    isForced: false,
    isDeletion: false,
    isCreation: false,
  } as const
  return repository.refs.get(ref) === group.baseSha && judge(world.state, repository, move).result === 'pass'
}

function land(forge: Forge, repository: Repository, group: QueueGroup): void {
  const pull = repository.pulls.get(group.pull)
  if (!pull) return
  moveRef(forge, repository, {
    ref: `refs/heads/${group.base}`,
    after: group.headSha,
    actor: pull.author,
    via: 'queue',
    pull,
    activity: 'merge_queue_merge',
    sender: undefined,
  })
  shut(forge, repository, group, 'merged')
  closeMerged(forge, repository, pull, { sha: group.headSha, actor: pull.author })
}
