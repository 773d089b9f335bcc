import type { CheckRun, GithubRepository, Pull, Ref, Review, Status } from '@breakglass/github/api'
import type { MirroredRun, OpenPull, RunAsIs } from '@breakglass/github/checks'
import { pullOfQueueRef } from '@breakglass/github/events'
import type { Commit } from '@breakglass/verify'
import { commitOf } from '../point/object-id.ts'
import { gatesInForce, type ResolvedGate, type ResolvedProgram } from '../point/program.ts'

/** One open pull request at a branch that gates stand before, or what the merge queue has made of it. */
export interface PullSeen {
  number: number
  ref: string
  /** Of the pull request: what a grant is for. */
  head: Commit
  sha: string
  /** Where our run belongs: the head, or the commit of the queue's group. As the forge spells it, too. */
  at: Commit
  atSha: string
  on: 'pull_request' | 'queue_group'
  gates: ResolvedGate[]
  pull: Pull
  runs: CheckRun[]
  statuses: Status[]
  reviews: Review[]
}

export interface Place {
  repository: { forge: string; host: string; id: string }
  program: ResolvedProgram
}

/** The gates that a pull request has to pass here: by a check or by reviews. An approval stands before a deployment. */
export function gatesAt({ repository, program }: Place, ref: string): ResolvedGate[] {
  return gatesInForce(program, { repository, ref, boundary: 'merge' }).filter(
    ({ passes }) => passes.kind !== 'approval',
  )
}

/** Asked at once: an emergency does not wait for two hundred pull requests one after the other, and GitHub bears more. */
const atOnce = 10

/** Every open pull request with gates and every group of the merge queue. What is unchanged is asked for without cost. */
export async function lookAtPulls(forge: GithubRepository, place: Place): Promise<PullSeen[]> {
  const pulls = (await forge.openPulls()).flatMap(pull => guarded(pull, place))
  const groups = (await forge.queueRefs()).flatMap(ref => groupOf(ref, pulls))
  const all = [...pulls, ...groups]
  const seen: PullSeen[] = []
  for (let from = 0; from < all.length; from += atOnce) {
    seen.push(...(await Promise.all(all.slice(from, from + atOnce).map(bare => lookAtHead(forge, bare)))))
  }
  return seen
}

type Bare = Omit<PullSeen, 'runs' | 'statuses' | 'reviews'>

function guarded(pull: Pull, place: Place): Bare[] {
  const ref = `refs/heads/${pull.base.ref}`
  const gates = gatesAt(place, ref)
  const { sha } = pull.head
  const head = commitOf(sha)
  if (gates.length === 0 || head === undefined) return []
  return [{ pull, ref, gates, number: pull.number, head, sha, at: head, atSha: sha, on: 'pull_request' }]
}

/** A group is judged by its own results; a grant is carried to it for the pull request that it is named after, and no other. */
function groupOf({ ref, object }: Ref, pulls: readonly Bare[]): Bare[] {
  const pull = pulls.find(one => pullOfQueueRef(ref, one.ref) === one.number)
  const at = commitOf(object.sha)
  return pull === undefined || at === undefined ? [] : [{ ...pull, at, atSha: object.sha, on: 'queue_group' }]
}

async function lookAtHead(forge: GithubRepository, bare: Bare): Promise<PullSeen> {
  const asksReviews = bare.gates.some(({ passes }) => passes.kind === 'reviews')
  const [runs, statuses, reviews] = await Promise.all([
    forge.runs(bare.atSha),
    forge.statuses(bare.atSha),
    asksReviews ? forge.reviews(bare.number) : [],
  ])
  return { ...bare, runs, statuses, reviews }
}

export const openPullOf = ({ number, sha, pull }: PullSeen): OpenPull => ({
  number,
  base: pull.base.ref,
  head: sha,
  isFork: pull.head.repo?.id !== pull.base.repo.id,
  ...(pull.auto_merge?.enabled_by && { autoMergeBy: pull.auto_merge.enabled_by.login }),
})

/** Runs and statuses as the rules read them. */
export function mirroredOf({ runs, statuses }: Pick<PullSeen, 'runs' | 'statuses'>): MirroredRun[] {
  return [
    ...runs.map(
      ({ id, name, app, status, conclusion, completed_at }): MirroredRun => ({
        id,
        name,
        by: app?.id,
        kind: 'check',
        status,
        conclusion,
        at: completed_at,
      }),
    ),
    ...statuses.map(
      ({ id, context, state, creator, created_at }): MirroredRun => ({
        id,
        name: context,
        by: creator?.id,
        kind: 'status',
        status: state,
        at: created_at,
      }),
    ),
  ]
}

export const runAsIs = ({ id, name, head_sha, app, status, conclusion, external_id, output }: CheckRun): RunAsIs => ({
  id,
  name,
  commit: head_sha,
  app: app?.id,
  status,
  conclusion,
  title: output.title,
  summary: output.summary,
  externalId: external_id,
})
