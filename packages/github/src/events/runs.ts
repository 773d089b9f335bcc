import { z } from 'zod'
import {
  actionOf,
  actor,
  id,
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
import type { CheckRunTold, Reader, Reading, Told } from './told.ts'

const app = opt(z.object({ id }))
const pulls = listOf(z.object({ number: z.int().positive() })).transform(all => all.map(({ number }) => number))

const checkRun = z.object({
  check_run: z.object({
    id,
    name: text,
    head_sha: sha,
    status: text,
    conclusion: opt(text),
    app,
    external_id: opt(text),
    started_at: opt(instant),
    completed_at: opt(instant),
    check_suite: opt(z.object({ id: opt(id), app })),
    pull_requests: pulls,
  }),
  requested_action: opt(z.object({ identifier: text })),
  repository,
  sender: opt(actor),
})
type CheckRunFields = z.output<typeof checkRun>

/** docs/github.md "What was told". Whose run it is, its `app` says; a name proves nothing. */
export function readCheckRun(body: unknown, reader: Reader): Reading {
  const action = actionOf(body)
  if (!['created', 'completed', 'rerequested', 'requested_action'].includes(action))
    return unknownAction('check_run', action)
  return readAs(checkRun, body, fields => {
    const run = runOf(action, fields, reader)
    const asked = askedOf(run, fields)
    return asked === undefined ? run : [run, asked]
  })
}

function runOf(action: string, { check_run: run, repository, sender }: CheckRunFields, reader: Reader): CheckRunTold {
  const owner = run.app?.id ?? run.check_suite?.app?.id
  return {
    kind: 'check_run',
    action,
    repository,
    id: run.id,
    name: run.name,
    head: run.head_sha,
    status: run.status,
    conclusion: run.conclusion,
    app: owner,
    isOurs: owner === reader.app,
    suite: run.check_suite?.id,
    externalId: run.external_id,
    startedAt: run.started_at,
    completedAt: run.completed_at,
    pulls: run.pull_requests,
    by: sender,
  }
}

/** A button asks us only if it is one of ours; somebody must have pressed it. */
function askedOf(
  run: CheckRunTold,
  { requested_action: button, repository, sender }: CheckRunFields,
): Told | undefined {
  if (!run.isOurs || sender === undefined) return undefined
  const asked = { kind: 'request', repository, by: sender } as const
  if (run.action === 'rerequested') return { ...asked, asked: { through: 'rerun', run: run.id, head: run.head } }
  if (run.action !== 'requested_action' || button === undefined) return undefined
  return { ...asked, asked: { through: 'button', identifier: button.identifier, run: run.id, head: run.head } }
}

const checkSuite = z.object({
  check_suite: z.object({
    id,
    head_sha: sha,
    head_branch: opt(text),
    status: opt(text),
    conclusion: opt(text),
    updated_at: opt(instant),
    app,
    pull_requests: pulls,
  }),
  repository,
  sender: opt(actor),
})

export function readCheckSuite(body: unknown, reader: Reader): Reading {
  const action = actionOf(body)
  if (!['requested', 'rerequested', 'completed'].includes(action)) return unknownAction('check_suite', action)
  return readAs(checkSuite, body, ({ check_suite: suite, repository, sender }) => {
    const isOurs = suite.app?.id === reader.app
    const told: Told = {
      kind: 'check_suite',
      action,
      repository,
      id: suite.id,
      head: suite.head_sha,
      branch: suite.head_branch,
      app: suite.app?.id,
      isOurs,
      status: suite.status,
      conclusion: suite.conclusion,
      at: suite.updated_at,
      pulls: suite.pull_requests,
    }
    if (!isOurs || sender === undefined || action !== 'rerequested') return told
    return [told, { kind: 'request', repository, by: sender, asked: { through: 'rerun', head: suite.head_sha } }]
  })
}

const status = z.object({
  sha,
  context: text,
  state: text,
  updated_at: opt(instant),
  created_at: opt(instant),
  repository,
  sender: opt(actor),
})

export function readStatus(body: unknown): Reading {
  return readAs(status, body, ({ sha: head, context, state, repository, sender: by, ...times }) => ({
    kind: 'status',
    repository,
    head,
    context,
    state,
    at: times.updated_at ?? times.created_at,
    by,
  }))
}

const workflowRun = z.object({
  workflow_run: z.object({
    id,
    path: opt(text),
    head_sha: sha,
    run_attempt: opt(z.int().positive()),
    conclusion: opt(text),
    run_started_at: opt(instant),
    updated_at: opt(instant),
  }),
  repository,
})

export function readWorkflowRun(body: unknown): Reading {
  const action = actionOf(body)
  if (!['requested', 'in_progress', 'completed'].includes(action)) return unknownAction('workflow_run', action)
  if (action !== 'completed') return ignored(`workflow_run.${action}`)
  return readAs(workflowRun, body, ({ workflow_run: run, repository }) => ({
    kind: 'workflow_run',
    action,
    repository,
    id: run.id,
    path: run.path,
    head: run.head_sha,
    attempt: run.run_attempt ?? 1,
    conclusion: run.conclusion,
    startedAt: run.run_started_at,
    at: run.updated_at,
  }))
}
