import { z } from 'zod'
import { runOfCallback } from './callback.ts'
import { actionOf, actor, id, instant, listOf, opt, readAs, repository, sha, text, unknownAction } from './fields.ts'
import type { DeploymentTold, Reader, Reading, Told } from './told.ts'

const protectionRule = z.object({
  environment: text.min(1),
  event: opt(text),
  deployment_callback_url: text,
  sha: opt(sha),
  ref: opt(text),
  deployment: opt(z.object({ id, sha: opt(sha), ref: opt(text), creator: opt(actor), created_at: opt(instant) })),
  pull_requests: listOf(z.object({ number: z.int().positive() })),
  repository,
  sender: opt(actor),
})

/** docs/github.md "What was told": answered at our own base, for the run that the callback URL names. */
export function readDeploymentGate(body: unknown, { apiBase }: Reader): Reading {
  const action = actionOf(body)
  if (action !== 'requested') return unknownAction('deployment_protection_rule', action)
  return readAs(protectionRule, body, ({ deployment, deployment_callback_url: callback, repository, ...fields }) => {
    const run = runOfCallback(callback, apiBase)
    if (run === undefined) return { is: 'unknown', what: 'a callback URL that is not at the configured API base' }
    return {
      kind: 'deployment_gate',
      repository,
      run,
      environment: fields.environment,
      event: fields.event,
      deployment: deployment?.id,
      commit: fields.sha ?? deployment?.sha,
      ref: fields.ref ?? deployment?.ref,
      by: deployment?.creator ?? fields.sender,
      pulls: fields.pull_requests.map(({ number }) => number),
      at: deployment?.created_at,
    }
  })
}

const deploymentStatus = z.object({
  deployment_status: z.object({ id, state: text, created_at: opt(instant) }),
  deployment: z.object({ id, sha, ref: text, environment: text, creator: opt(actor) }),
  workflow_run: opt(z.object({ id })),
  repository,
})

const starts = new Set(['in_progress', 'success', 'failure', 'error'])
const others = new Set(['waiting', 'queued', 'pending', 'inactive'])

export function readDeploymentStatus(body: unknown): Reading {
  return readAs(deploymentStatus, body, ({ deployment_status: status, deployment, workflow_run, repository }) => {
    if (!starts.has(status.state) && !others.has(status.state)) return unknownAction('deployment_status', status.state)
    return {
      kind: 'deployment',
      repository,
      deployment: deployment.id,
      status: status.id,
      state: status.state,
      isStart: starts.has(status.state),
      commit: deployment.sha,
      ref: deployment.ref,
      environment: deployment.environment,
      run: workflow_run?.id,
      by: deployment.creator,
      at: status.created_at,
    }
  })
}

/** Of each deployment, the one report that is its landing: the first that says it has started, in whatever order they came. */
export function landingsOfDeployments(told: readonly Told[]): DeploymentTold[] {
  const started = told.filter(one => one.kind === 'deployment').filter(({ isStart }) => isStart)
  const byDeployment = Map.groupBy(started, ({ repository, deployment }) => `${repository.id}/${deployment}`)
  return [...byDeployment.values()].flatMap(same => same.toSorted(byTime).slice(0, 1))
}

/** Without a time, by the order in which the forge numbered them. */
const byTime = (a: DeploymentTold, b: DeploymentTold): number =>
  (a.at ?? Number.POSITIVE_INFINITY) - (b.at ?? Number.POSITIVE_INFINITY) || Number(a.status) - Number(b.status)
