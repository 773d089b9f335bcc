import { readDeploymentGate, readDeploymentStatus } from './deployments.ts'
import { ignored } from './fields.ts'
import { readInstallation, readInstallationRepositories, readMeta } from './observers.ts'
import { readExemption, readProtection } from './protections.ts'
import { readComment, readPullRequest, readReview } from './pulls.ts'
import { readPush } from './pushes.ts'
import { readMergeGroup } from './queue.ts'
import { readCheckRun, readCheckSuite, readStatus, readWorkflowRun } from './runs.ts'
import { peopleEvents, readDeployKey, readPeople, readRepository } from './scope.ts'
import type { Reader, Reading } from './told.ts'

type Read = (body: unknown, reader: Reader) => Reading

const readers = new Map<string, Read>([
  ['push', readPush],
  ['pull_request', readPullRequest],
  ['pull_request_review', readReview],
  ['issue_comment', readComment],
  ['merge_group', readMergeGroup],
  ['check_run', readCheckRun],
  ['check_suite', readCheckSuite],
  ['status', readStatus],
  ['workflow_run', readWorkflowRun],
  ['deployment_protection_rule', readDeploymentGate],
  ['deployment_status', readDeploymentStatus],
  ['branch_protection_rule', body => readProtection('branch_protection_rule', body)],
  ['branch_protection_configuration', body => readProtection('branch_protection_configuration', body)],
  ['repository_ruleset', body => readProtection('repository_ruleset', body)],
  ['exemption_request_push_ruleset', readExemption],
  ['installation', readInstallation],
  ['installation_repositories', readInstallationRepositories],
  ['meta', readMeta],
  ['repository', readRepository],
  ['deploy_key', readDeployKey],
  ...[...peopleEvents].map(([event, what]): [string, Read] => [event, body => readPeople(event, what, body)]),
])

/** Told otherwise already, or about nothing that a gate knows. */
const nothingToUs = new Set([
  'commit_comment',
  'create',
  'delete',
  'deployment',
  'deployment_review',
  'discussion',
  'discussion_comment',
  'fork',
  'github_app_authorization',
  'gollum',
  'installation_target',
  'issues',
  'label',
  'milestone',
  'package',
  'page_build',
  'ping',
  'pull_request_review_comment',
  'pull_request_review_thread',
  'registry_package',
  'release',
  'star',
  'watch',
  'workflow_dispatch',
  'workflow_job',
])

/**
 * What one delivery of GitHub tells (docs/github.md "What was told"): `event` is `X-GitHub-Event`, `body` the parsed JSON,
 * whatever it is. Total: nothing that a body holds makes it throw, and what it does not understand is `unknown`.
 */
export function readDelivery(event: string, body: unknown, reader: Reader): Reading {
  if (nothingToUs.has(event)) return ignored(event)
  return readers.get(event)?.(body, reader) ?? { is: 'unknown', what: `event ${event.slice(0, 100)}` }
}
