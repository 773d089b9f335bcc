import type { JsonObject } from './description.ts'
import type { Objects } from './git.ts'

/*
 * All that the fake keeps, as plain data: a copy of it is the world at an instant, which is how late answers are given.
 */
export interface State {
  lastId: number
  accounts: Map<string, Account>
  apps: Map<string, App>
  installations: Map<number, Installation>
  repositories: Map<number, Repository>
  tokens: Map<string, Token>
  deliveries: Delivery[]
}

export interface Account {
  id: number
  login: string
  type: 'User' | 'Bot' | 'Organization'
  /** Of an organisation: its members, teams and rulesets. */
  members: Map<string, 'admin' | 'member'>
  teams: Map<string, Team>
  rulesets: Ruleset[]
}

export interface Team {
  id: number
  slug: string
  members: string[]
}

export interface App {
  id: number
  slug: string
  name: string
  owner: string
  publicKey: string
  permissions: Record<string, string>
  events: string[]
  webhook: { url: string; secret: string } | undefined
  createdAt: string
}

export interface Installation {
  id: number
  app: string
  account: string
  /** Absent: every repository of the account. */
  repositories?: number[]
  suspendedAt: string | null
  createdAt: string
}

export interface Token {
  installation?: number
  /** A person's own token has no installation. */
  login: string
  expiresAt: number
  permissions?: Record<string, string>
  repositories?: number[]
}

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin'

export interface Repository {
  id: number
  owner: string
  name: string
  isPrivate: boolean
  defaultBranch: string
  createdAt: string
  pushedAt: string
  allowAutoMerge: boolean
  objects: Objects
  /** By full name, such as `refs/heads/main`. */
  refs: Map<string, string>
  collaborators: Map<string, Role>
  protections: Map<string, Protection>
  rulesets: Ruleset[]
  pulls: Map<number, Pull>
  checkRuns: CheckRun[]
  checkSuites: CheckSuite[]
  statuses: Status[]
  comments: Comment[]
  groups: QueueGroup[]
  environments: Map<string, Environment>
  deployments: Deployment[]
  workflowRuns: WorkflowRun[]
  ruleSuites: RuleSuite[]
  activity: Activity[]
  keys: DeployKey[]
}

/** Classic protection of one branch, or of a pattern with `*`. */
export interface Protection {
  id: number
  pattern: string
  checks: { context: string; appId: number | null }[] | null
  strict: boolean
  enforceAdmins: boolean
  reviews: {
    count: number
    dismissStale: boolean
    lastPushApproval: boolean
    /** May push without a pull request; the merge button does not honour it. */
    bypass: string[]
  } | null
  allowForcePushes: boolean
  allowDeletions: boolean
  createdAt: string
  updatedAt: string
}

export interface Ruleset {
  id: number
  name: string
  sourceType: 'Repository' | 'Organization'
  source: string
  target: 'branch'
  enforcement: 'active' | 'evaluate' | 'disabled'
  bypassActors: BypassActor[]
  conditions: {
    ref_name: { include: string[]; exclude: string[] }
    repository_name?: { include: string[]; exclude: string[] }
  }
  rules: Rule[]
  createdAt: string
  updatedAt: string
  versions: { id: number; actor: string; updatedAt: string; state: JsonObject }[]
}

export interface Rule {
  type: string
  parameters?: JsonObject
}

export interface BypassActor {
  actor_id: number | null
  actor_type: 'OrganizationAdmin' | 'RepositoryRole' | 'Team' | 'Integration' | 'DeployKey' | 'User'
  bypass_mode: 'always' | 'pull_request' | 'exempt'
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export interface Pull {
  id: number
  number: number
  title: string
  body: string | null
  author: string
  isOpen: boolean
  isDraft: boolean
  head: { ref: string; sha: string; repository: number }
  base: { ref: string; sha: string }
  createdAt: string
  updatedAt: string
  closedAt: string | null
  mergedAt: string | null
  mergedBy: string | null
  mergeCommitSha: string | null
  autoMerge: { enabledBy: string; method: MergeMethod } | null
  isQueued: boolean
  reviews: Review[]
  /** Who pushed the head last. */
  lastPusher: string
}

export interface Review {
  id: number
  user: string
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'
  commit: string
  body: string
  submittedAt: string
}

export type Conclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'
  | 'stale'

export interface CheckRun {
  id: number
  suite: number
  app: string
  name: string
  headSha: string
  status: string
  conclusion: Conclusion | null
  externalId: string
  detailsUrl: string | null
  startedAt: string
  completedAt: string | null
  output: { title: string | null; summary: string | null; text: string | null }
  actions: JsonObject[]
}

export interface CheckSuite {
  id: number
  app: string
  headSha: string
  headBranch: string | null
  before: string
  status: string
  conclusion: Conclusion | null
  createdAt: string
  updatedAt: string
}

export interface Status {
  id: number
  sha: string
  context: string
  state: 'error' | 'failure' | 'pending' | 'success'
  description: string | null
  targetUrl: string | null
  creator: string
  createdAt: string
}

export interface Comment {
  id: number
  pull: number
  user: string
  body: string
  createdAt: string
  updatedAt: string
}

export interface QueueGroup {
  pull: number
  base: string
  baseSha: string
  headRef: string
  headSha: string
  isOpen: boolean
}

export interface Environment {
  id: number
  name: string
  createdAt: string
  updatedAt: string
  canAdminsBypass: boolean
  reviewers: string[]
  rules: { id: number; app: string; isEnabled: boolean }[]
}

export interface Deployment {
  id: number
  sha: string
  ref: string
  environment: string
  creator: string
  run: number | null
  createdAt: string
  updatedAt: string
  statuses: { id: number; state: string; creator: string; createdAt: string }[]
  /** What each protection rule said, by the slug of its app. */
  answers: Map<string, { state: 'approved' | 'rejected'; comment: string; at: string }>
  notes: { app: string; comment: string }[]
}

export interface WorkflowRun {
  id: number
  name: string
  path: string
  event: string
  headSha: string
  headBranch: string
  status: string
  conclusion: Conclusion | null
  actor: string
  attempt: number
  createdAt: string
  updatedAt: string
}

export interface RuleSuite {
  id: number
  actor: string
  before: string
  after: string
  ref: string
  pushedAt: string
  result: 'pass' | 'fail' | 'bypass'
  evaluationResult: 'pass' | 'fail' | 'bypass' | null
  evaluations: RuleEvaluation[]
}

export interface RuleEvaluation {
  rule_source: { type: string; id: number | null; name: string | null }
  enforcement: 'active' | 'evaluate'
  result: 'pass' | 'fail'
  rule_type: string
  details: string | null
}

export interface Activity {
  id: number
  before: string
  after: string
  ref: string
  at: string
  type: 'push' | 'force_push' | 'branch_deletion' | 'branch_creation' | 'pr_merge' | 'merge_queue_merge'
  actor: string
}

export interface DeployKey {
  id: number
  title: string
  key: string
  isReadOnly: boolean
  addedBy: string
  createdAt: string
}

export interface Delivery {
  id: number
  guid: string
  app: string
  at: string
  event: string
  action: string | null
  installation: number | null
  repository: number | null
  isRedelivery: boolean
  headers: Record<string, string>
  /** The very bytes that were signed. */
  body: string
  status: string
  statusCode: number
  durationSeconds: number
}
