import type { JsonObject } from '../description.ts'
import { commitOf } from '../git.ts'
import { pull as pullRendered, repository as repositoryRendered, repositoryUrl } from '../render.ts'
import { deployment as deploymentRendered, deploymentStatus, workflowRun } from '../render-rules.ts'
import type { Conclusion, Deployment, Environment, Repository, WorkflowRun } from '../state.ts'
import { appOf } from '../world.ts'
import { type Forge, Refused, viewOf } from './refs.ts'

export function addEnvironment(
  forge: Forge,
  repository: Repository,
  name: string,
  fields: { rules?: string[]; reviewers?: string[]; canAdminsBypass?: boolean } = {},
): Environment {
  const { world } = forge
  world.change()
  const now = world.now()
  const rules = (fields.rules ?? []).map(app => ({
    id: world.id(),
    app: appOf(world.state, app).slug,
    isEnabled: true,
  }))
  const environment: Environment = {
    id: world.id(),
    name,
    createdAt: now,
    updatedAt: now,
    canAdminsBypass: fields.canAdminsBypass ?? true,
    reviewers: fields.reviewers ?? [],
    rules,
  }
  repository.environments.set(name, environment)
  return environment
}

/** Rules of an environment change without a webhook. */
export function changeEnvironment(
  forge: Forge,
  environment: Environment,
  change: (environment: Environment) => void,
): void {
  forge.world.change()
  change(environment)
  environment.updatedAt = forge.world.now()
}

export interface NewRun {
  name: string
  path: string
  headSha: string
  headBranch: string
  as: string
  event?: string
}

export function startWorkflow(forge: Forge, repository: Repository, given: NewRun): WorkflowRun {
  const { world } = forge
  world.change()
  const now = world.now()
  const { name, path, headSha, headBranch, as, event = 'push' } = given
  const run: WorkflowRun = {
    id: world.id(),
    name,
    path,
    event,
    headSha,
    headBranch,
    status: 'queued',
    conclusion: null,
    actor: as,
    attempt: 1,
    createdAt: now,
    updatedAt: now,
  }
  repository.workflowRuns.push(run)
  tellRun(forge, repository, run, 'requested')
  return run
}

export function finishWorkflow(forge: Forge, repository: Repository, run: WorkflowRun, conclusion: Conclusion): void {
  forge.world.change()
  Object.assign(run, { status: 'completed', conclusion, updatedAt: forge.world.now() })
  tellRun(forge, repository, run, 'completed')
}

export function rerunWorkflow(forge: Forge, repository: Repository, run: WorkflowRun, as: string): void {
  forge.world.change()
  Object.assign(run, {
    status: 'queued',
    conclusion: null,
    attempt: run.attempt + 1,
    actor: as,
    updatedAt: forge.world.now(),
  })
  tellRun(forge, repository, run, 'requested')
}

export function runRendered(forge: Forge, repository: Repository, run: WorkflowRun): JsonObject {
  const head = commitOf(repository.objects, run.headSha)
  const person = { name: head.author.name, email: head.author.email }
  const head_commit = {
    id: head.sha,
    tree_id: head.tree,
    message: head.message,
    timestamp: head.date,
    author: person,
    committer: person,
  }
  const rendered = repositoryRendered(viewOf(forge), repository)
  return workflowRun(viewOf(forge), repository, run, { head_commit, repository: rendered, head_repository: rendered })
}

function tellRun(forge: Forge, repository: Repository, run: WorkflowRun, action: string): void {
  const workflow = {
    id: 1,
    name: run.name,
    path: run.path,
    state: 'active',
    created_at: run.createdAt,
    updated_at: run.createdAt,
  }
  forge.deliveries.tell(repository, {
    event: 'workflow_run',
    action,
    sender: run.actor,
    payload: { workflow_run: runRendered(forge, repository, run), workflow },
  })
}

/** A deployment; with rules on its environment it waits, and every rule's app is asked. */
export function deploy(
  forge: Forge,
  repository: Repository,
  given: { environment: string; sha: string; ref: string; as: string; run?: WorkflowRun },
): Deployment {
  const { world, deliveries } = forge
  world.change()
  const now = world.now()
  const { environment, sha, ref, as, run } = given
  const deployment: Deployment = {
    id: world.id(),
    sha,
    ref,
    environment,
    creator: as,
    run: run?.id ?? null,
    createdAt: now,
    updatedAt: now,
    statuses: [],
    answers: new Map(),
    notes: [],
  }
  repository.deployments.push(deployment)
  const rendered = deploymentRendered(viewOf(forge), repository, deployment)
  deliveries.tell(repository, {
    event: 'deployment',
    action: 'created',
    sender: as,
    payload: { deployment: rendered, workflow: null, workflow_run: null },
  })
  const rules = rulesOf(repository, environment)
  if (rules.length === 0 || !run) return deployment
  report(forge, repository, deployment, 'waiting', as)
  const deployment_callback_url = `${repositoryUrl(viewOf(forge), repository)}/actions/runs/${run.id}/deployment_protection_rule`
  const pulls = [...repository.pulls.values()].filter(one => one.head.sha === sha)
  for (const { app } of rules) {
    // `sha` and `ref` stand in real deliveries, though not in the description.
    const payload = {
      environment,
      event: run.event,
      sha,
      ref,
      deployment_callback_url,
      deployment: rendered,
      pull_requests: pulls.map(one => pullRendered(viewOf(forge), repository, one)),
    }
    deliveries.tell(repository, { event: 'deployment_protection_rule', action: 'requested', app, sender: as, payload })
  }
  return deployment
}

const rulesOf = ({ environments }: Repository, name: string) =>
  (environments.get(name)?.rules ?? []).filter(({ isEnabled }) => isEnabled)

/** A step of a deployment. What is inactive is not told. */
export function report(forge: Forge, repository: Repository, deployment: Deployment, state: string, as: string): void {
  const { world, deliveries } = forge
  world.change()
  const status = { id: world.id(), state, creator: as, createdAt: world.now() }
  deployment.statuses.push(status)
  deployment.updatedAt = world.now()
  if (state === 'inactive') return
  const payload = {
    deployment_status: deploymentStatus(viewOf(forge), repository, deployment, status),
    deployment: deploymentRendered(viewOf(forge), repository, deployment),
  }
  deliveries.tell(repository, { event: 'deployment_status', action: 'created', sender: as, payload })
}

export interface Answer {
  app: string
  run: number
  environment: string
  state?: 'approved' | 'rejected'
  comment: string
}

const notesMax = 10

/** What an app says of a waiting deployment: once for all, or a note on the way. The last approval starts it. */
export function answerRule(
  forge: Forge,
  repository: Repository,
  { app, run, environment, state, comment }: Answer,
): void {
  const deployment = repository.deployments.find(
    one => one.run === run && one.environment === environment && !isStarted(one),
  )
  if (!deployment || !rulesOf(repository, environment).some(one => one.app === app))
    throw new Refused(['No pending deployment requests to approve or reject'], 422)
  if (deployment.answers.has(app)) throw new Refused(['This deployment was answered already'], 422)
  forge.world.change()
  if (state === undefined) {
    if (deployment.notes.filter(one => one.app === app).length >= notesMax)
      throw new Refused(['Too many comments'], 422)
    deployment.notes.push({ app, comment })
    return
  }
  deployment.answers.set(app, { state, comment, at: forge.world.now() })
  if (state === 'rejected') report(forge, repository, deployment, 'failure', `${app}[bot]`)
  else if (rulesOf(repository, environment).every(one => deployment.answers.get(one.app)?.state === 'approved'))
    report(forge, repository, deployment, 'in_progress', deployment.creator)
}

const isStarted = ({ statuses }: Deployment) =>
  statuses.some(({ state }) => ['in_progress', 'success', 'failure', 'error'].includes(state))

/** An admin starts what still waits, without its rules. */
export function forceDeployment(forge: Forge, repository: Repository, deployment: Deployment, as: string): void {
  if (repository.environments.get(deployment.environment)?.canAdminsBypass !== true)
    throw new Refused(['Admins may not bypass this environment'], 403)
  report(forge, repository, deployment, 'in_progress', as)
}
