import type { JsonObject } from '../description.ts'
import { commitOf } from '../git.ts'
import { checkRun } from '../render.ts'
import type { CheckRun, Conclusion, Repository, Status } from '../state.ts'
import { settleAutoMerges } from './pulls.ts'
import { type Forge, viewOf } from './refs.ts'
import { settleSuite, suiteOf, suiteRendered } from './suites.ts'
import { settleGroups } from './queue.ts'

export interface CheckFields {
  name?: string
  status?: string
  conclusion?: Conclusion
  external_id?: string
  details_url?: string
  started_at?: string
  completed_at?: string
  output?: { title?: string; summary: string; text?: string }
  actions?: JsonObject[]
}

const runsPerNameMax = 1000

export function createCheckRun(
  forge: Forge,
  repository: Repository,
  app: string,
  headSha: string,
  fields: CheckFields & { name: string },
): CheckRun {
  const { world, deliveries } = forge
  world.change()
  const suite = suiteOf(forge, repository, app, headSha)
  const run: CheckRun = {
    id: world.id(),
    suite: suite.id,
    app,
    name: fields.name,
    headSha,
    status: 'queued',
    conclusion: null,
    externalId: '',
    detailsUrl: null,
    startedAt: world.now(),
    completedAt: null,
    output: {
      title: null,
      summary: null,
      text: null,
    },
    actions: [],
  }
  write(world.now(), run, fields)
  repository.checkRuns.push(run)
  const same = repository.checkRuns.filter(one => one.suite === suite.id && one.name === run.name)
  if (same.length > runsPerNameMax) repository.checkRuns.splice(repository.checkRuns.indexOf(same[0] ?? run), 1)
  deliveries.tell(repository, {
    event: 'check_run',
    action: 'created',
    sender: `${app}[bot]`,
    payload: { check_run: checkRun(viewOf(forge), repository, run) },
  })
  settle(forge, repository, run)
  return run
}

export function updateCheckRun(forge: Forge, repository: Repository, run: CheckRun, fields: CheckFields): void {
  forge.world.change()
  write(forge.world.now(), run, fields)
  settle(forge, repository, run)
}

/** A conclusion completes a run; whatever else it is set to takes the conclusion away. */
function write(now: string, run: CheckRun, fields: CheckFields): void {
  if (fields.name !== undefined) run.name = fields.name
  if (fields.external_id !== undefined) run.externalId = fields.external_id
  if (fields.details_url !== undefined) run.detailsUrl = fields.details_url
  if (fields.started_at !== undefined) run.startedAt = fields.started_at
  if (fields.actions !== undefined) run.actions = fields.actions
  if (fields.output !== undefined) run.output = { ...run.output, ...fields.output }
  if (fields.status !== undefined) run.status = fields.status
  if (fields.conclusion !== undefined) {
    run.status = 'completed'
    run.conclusion = fields.conclusion
  } else if (run.status !== 'completed') run.conclusion = null
  run.completedAt = run.status === 'completed' ? (fields.completed_at ?? now) : null
}

function settle(forge: Forge, repository: Repository, run: CheckRun): void {
  const { world, deliveries } = forge
  const sender = `${run.app}[bot]`
  if (run.status === 'completed')
    deliveries.tell(repository, {
      event: 'check_run',
      action: 'completed',
      sender,
      payload: { check_run: checkRun(viewOf(forge), repository, run) },
    })
  const suite = suiteOf(forge, repository, run.app, run.headSha)
  const runs = repository.checkRuns.filter(one => one.suite === suite.id)
  if (settleSuite(world.now(), suite, runs))
    deliveries.tell(repository, {
      event: 'check_suite',
      action: 'completed',
      sender,
      payload: { check_suite: suiteRendered(forge, repository, suite) },
    })
  settleAutoMerges(forge, repository)
  settleGroups(forge, repository)
}

/** "Re-run" of one check: only its app is asked; the suite is queued again and the run stays as it is. */
export function rerequest(forge: Forge, repository: Repository, run: CheckRun, sender: string): void {
  forge.world.change()
  const suite = suiteOf(forge, repository, run.app, run.headSha)
  Object.assign(suite, { status: 'queued', conclusion: null, updatedAt: forge.world.now() })
  forge.deliveries.tell(repository, {
    event: 'check_run',
    action: 'rerequested',
    app: run.app,
    sender,
    payload: { check_run: checkRun(viewOf(forge), repository, run) },
  })
}

/** A button of a check run, pressed by a person. */
export function pressButton(
  forge: Forge,
  repository: Repository,
  run: CheckRun,
  identifier: string,
  sender: string,
): void {
  if (!run.actions.some(one => one['identifier'] === identifier))
    throw new Error(
      `expected a button ${identifier} on ${run.name}, found ${run.actions.map(one => String(one['identifier'])).join(', ') || 'none'}`,
    )
  forge.deliveries.tell(repository, {
    event: 'check_run',
    action: 'requested_action',
    app: run.app,
    sender,
    payload: { check_run: checkRun(viewOf(forge), repository, run), requested_action: { identifier } },
  })
}

export function postStatus(
  forge: Forge,
  repository: Repository,
  given: Pick<Status, 'sha' | 'context' | 'state' | 'creator'> & Partial<Status>,
): Status {
  const { world, deliveries } = forge
  world.change()
  const status: Status = { description: null, targetUrl: null, ...given, id: world.id(), createdAt: world.now() }
  repository.statuses.push(status)
  const commit = commitOf(repository.objects, status.sha)
  const branches = [...repository.refs].flatMap(([ref, sha]) =>
    sha === status.sha
      ? [{ name: ref.replace('refs/heads/', ''), commit: { sha, url: world.origin }, protected: false }]
      : [],
  )
  const { id, sha, context, state, description, targetUrl, createdAt } = status
  deliveries.tell(repository, {
    event: 'status',
    sender: status.creator,
    payload: {
      id,
      sha,
      context,
      state,
      description,
      target_url: targetUrl,
      created_at: createdAt,
      updated_at: createdAt,
      branches,
      name: `${repository.owner}/${repository.name}`,
      commit: {
        sha,
        commit: {
          message: commit.message,
          author: {
            ...commit.author,
            date: commit.date,
          },
          committer: {
            ...commit.author,
            date: commit.date,
          },
        },
      },
    },
  })
  settleAutoMerges(forge, repository)
  settleGroups(forge, repository)
  return status
}
