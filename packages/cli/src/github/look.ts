import type { CheckRun, GithubRepository, Pull, Review, Status } from '@breakglass/github/api'
import type { MirroredRun, OpenPull, RunAsIs } from '@breakglass/github/checks'
import type { Commit } from '@breakglass/verify'
import { commitOf } from '../point/object-id.ts'
import { gatesInForce, type ResolvedGate, type ResolvedProgram } from '../point/program.ts'

/** One open pull request at a branch that gates stand before. */
export interface PullSeen {
  number: number
  ref: string
  head: Commit
  /** As the forge spells it. */
  sha: string
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

/** Every open pull request with gates, and what each of its heads shows. What is unchanged is asked for without cost. */
export async function lookAtPulls(forge: GithubRepository, place: Place): Promise<PullSeen[]> {
  const pulls = await forge.openPulls()
  const guarded = pulls.flatMap((pull): Bare[] => {
    const ref = `refs/heads/${pull.base.ref}`
    const gates = gatesAt(place, ref)
    const head = commitOf(pull.head.sha)
    return gates.length === 0 || head === undefined ? [] : [{ pull, ref, gates, head }]
  })
  const seen: PullSeen[] = []
  for (let from = 0; from < guarded.length; from += atOnce) {
    seen.push(...(await Promise.all(guarded.slice(from, from + atOnce).map(bare => lookAtHead(forge, bare)))))
  }
  return seen
}

type Bare = Pick<PullSeen, 'pull' | 'ref' | 'gates' | 'head'>

async function lookAtHead(forge: GithubRepository, bare: Bare): Promise<PullSeen> {
  const { number, head } = bare.pull
  const asksReviews = bare.gates.some(({ passes }) => passes.kind === 'reviews')
  const [runs, statuses, reviews] = await Promise.all([
    forge.runs(head.sha),
    forge.statuses(head.sha),
    asksReviews ? forge.reviews(number) : [],
  ])
  return { ...bare, number, sha: head.sha, runs, statuses, reviews }
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
