import type { Json, JsonObject } from './description.ts'
import { user, repositoryUrl, type View } from './render.ts'
import type * as S from './state.ts'
import { accountOf, appOf } from './world.ts'

/** Without the right to write the ruleset, the bypass list is not there at all. */
export function ruleset({ state, origin }: View, one: S.Ruleset, { withBypass }: { withBypass: boolean }): JsonObject {
  void state
  const path = one.sourceType === 'Organization' ? `orgs/${one.source}` : `repos/${one.source}`
  return {
    id: one.id,
    node_id: `RRS_${one.id}`,
    name: one.name,
    target: one.target,
    source_type: one.sourceType,
    source: one.source,
    enforcement: one.enforcement,
    conditions: plain(one.conditions),
    rules: plain(one.rules),
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    ...(withBypass ? { bypass_actors: plain(one.bypassActors) } : {}),
    _links: { self: { href: `${origin}/${path}/rulesets/${one.id}` } },
  }
}

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

export function protection(view: View, repo: S.Repository, branch: string, one: S.Protection): JsonObject {
  const url = `${repositoryUrl(view, repo)}/branches/${branch}/protection`
  const { checks, reviews } = one
  const bypass = (slugs: string[]) => ({
    users: slugs.filter(name => view.state.accounts.has(name)).map(name => user(view, name)),
    teams: [],
    apps: slugs
      .filter(name => view.state.apps.has(name))
      .map(name => appOf(view.state, name))
      .map(({ id, slug, name }) => ({ id, slug, name })),
  })
  return {
    url,
    enforce_admins: {
      url: `${url}/enforce_admins`,
      enabled: one.enforceAdmins,
    },
    ...(checks === null
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: one.strict,
            contexts: checks.map(({ context }) => context),
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: checks.map(({ context, appId }) => ({
              context,
              app_id: appId,
            })),
          },
        }),
    ...(reviews === null
      ? {}
      : {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: reviews.dismissStale,
            require_code_owner_reviews: false,
            required_approving_review_count: reviews.count,
            require_last_push_approval: reviews.lastPushApproval,
            bypass_pull_request_allowances: bypass(reviews.bypass),
          },
        }),
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: one.allowForcePushes },
    allow_deletions: { enabled: one.allowDeletions },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    required_signatures: {
      url: `${url}/required_signatures`,
      enabled: false,
    },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  }
}

export const ruleSuite = (
  { state }: View,
  repo: S.Repository,
  one: S.RuleSuite,
  { isWhole }: { isWhole: boolean },
): JsonObject => ({
  id: one.id,
  actor_id: accountOf(state, one.actor).id,
  actor_name: one.actor,
  before_sha: one.before,
  after_sha: one.after,
  ref: one.ref,
  repository_id: repo.id,
  repository_name: repo.name,
  pushed_at: one.pushedAt,
  result: one.result,
  ...(one.evaluationResult === null
    ? isWhole
      ? { evaluation_result: null }
      : {}
    : { evaluation_result: one.evaluationResult }),
  ...(isWhole ? { rule_evaluations: plain(one.evaluations) } : {}),
})

export const activity = (view: View, one: S.Activity): JsonObject => ({
  id: one.id,
  node_id: `PSH_${one.id}`,
  before: one.before,
  after: one.after,
  ref: one.ref,
  timestamp: one.at,
  activity_type: one.type,
  actor: user(view, one.actor),
})

export function environment(view: View, repo: S.Repository, one: S.Environment): JsonObject {
  const reviewers = one.reviewers.map(login => ({ type: 'User', reviewer: user(view, login) }))
  const url = `${repositoryUrl(view, repo)}/environments/${one.name}`
  return {
    id: one.id,
    node_id: `EN_${one.id}`,
    name: one.name,
    url,
    html_url: url,
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    can_admins_bypass: one.canAdminsBypass,
    protection_rules:
      reviewers.length > 0
        ? [
            {
              id: one.id + 1,
              node_id: '',
              type: 'required_reviewers',
              prevent_self_review: false,
              reviewers,
            },
          ]
        : [],
    deployment_branch_policy: null,
  }
}

export const environmentRule = ({ state, origin }: View, one: S.Environment['rules'][number]): JsonObject => ({
  id: one.id,
  node_id: `GA_${one.id}`,
  enabled: one.isEnabled,
  app: {
    id: appOf(state, one.app).id,
    slug: one.app,
    integration_url: `${origin}/apps/${one.app}`,
    node_id: `A_${one.id}`,
  },
})

export function deployment(view: View, repo: S.Repository, one: S.Deployment): JsonObject {
  const url = `${repositoryUrl(view, repo)}/deployments/${one.id}`
  return {
    id: one.id,
    node_id: `DE_${one.id}`,
    sha: one.sha,
    ref: one.ref,
    task: 'deploy',
    environment: one.environment,
    original_environment: one.environment,
    creator: user(view, one.creator),
    payload: {},
    description: null,
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    url,
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(view, repo),
    production_environment: one.environment === 'production',
    transient_environment: false,
  }
}

export function deploymentStatus(
  view: View,
  repo: S.Repository,
  of: S.Deployment,
  one: S.Deployment['statuses'][number],
): JsonObject {
  const url = `${repositoryUrl(view, repo)}/deployments/${of.id}`
  return {
    id: one.id,
    node_id: `DES_${one.id}`,
    state: one.state,
    creator: user(view, one.creator),
    description: '',
    environment: of.environment,
    created_at: one.createdAt,
    updated_at: one.createdAt,
    target_url: '',
    log_url: '',
    environment_url: '',
    url: `${url}/statuses/${one.id}`,
    deployment_url: url,
    repository_url: repositoryUrl(view, repo),
  }
}

export function workflowRun(view: View, repo: S.Repository, one: S.WorkflowRun, head: JsonObject): JsonObject {
  const url = `${repositoryUrl(view, repo)}/actions/runs/${one.id}`
  return {
    id: one.id,
    node_id: `WFR_${one.id}`,
    name: one.name,
    path: one.path,
    display_title: one.name,
    event: one.event,
    status: one.status,
    conclusion: one.conclusion,
    head_sha: one.headSha,
    head_branch: one.headBranch,
    run_number: 1,
    run_attempt: one.attempt,
    workflow_id: 1,
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    run_started_at: one.createdAt,
    actor: user(view, one.actor),
    triggering_actor: user(view, one.actor),
    url,
    html_url: `https://github.com/${repo.owner}/${repo.name}/actions/runs/${one.id}`,
    pull_requests: [],
    referenced_workflows: [],
    ...head,
  }
}
