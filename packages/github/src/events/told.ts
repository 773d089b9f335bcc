/** Somebody or something on the forge, by the id that never changes; the login is only for people to read. */
export interface Actor {
  id: string
  login?: string | undefined
  isBot: boolean
}

export interface RepositoryRef {
  id: string
  /** `owner/name`, which may change. */
  name: string
}

/** Commits are spelled as the forge spells them; empty where there was or is nothing. Instants are ms of the forge's clock. */
export type Told =
  | Advance
  | Merge
  | Change
  | QueueGroup
  | CheckRunTold
  | CheckSuiteTold
  | StatusTold
  | WorkflowRunTold
  | ReviewTold
  | Request
  | DeploymentGate
  | DeploymentTold
  | ProtectionTrigger
  | Elsewhere
  | ObserverTold
  | ScopeTold

/** A branch moved. */
export interface Advance {
  kind: 'advance'
  repository: RepositoryRef
  ref: string
  before: string
  after: string
  forced: boolean
  created: boolean
  /** No landing: there is nothing that could have passed a gate. */
  deleted: boolean
  at?: number | undefined
  /** GitHub leaves it out for its own pushes. */
  by?: Actor | undefined
  pusher?: string | undefined
  /** At most as many as GitHub lists (2,048). */
  commits: string[]
  /** Files that the listed commits name, for what edits workflows; absent where the delivery lists none. */
  paths?: string[] | undefined
}

/** A pull request was closed as merged. Whether through its gate is another question. */
export interface Merge {
  kind: 'merge'
  repository: RepositoryRef
  number: number
  head: string
  base: string
  mergeCommit?: string | undefined
  at: number
  by?: Actor | undefined
  author?: Actor | undefined
  autoMergeBy?: Actor | undefined
  labels: string[]
  isFork: boolean
}

export interface Change {
  kind: 'change'
  what:
    | 'opened'
    | 'pushed'
    | 'rebased'
    | 'closed'
    | 'queued'
    | 'dequeued'
    | 'auto_merge_on'
    | 'auto_merge_off'
    | 'refreshed'
  repository: RepositoryRef
  number: number
  head: string
  /** Of `pushed`: the head that was left, whose granted runs have to be shut. */
  headBefore?: string | undefined
  base: string
  isFork: boolean
  isOpen: boolean
  /** Of `dequeued`, in the forge's word. */
  why?: string | undefined
  autoMergeBy?: Actor | undefined
  by?: Actor | undefined
  author?: Actor | undefined
  at?: number | undefined
}

export interface QueueGroup {
  kind: 'queue_group'
  what: 'requested' | 'merged' | 'invalidated' | 'dequeued'
  repository: RepositoryRef
  /** The commit that results belong on. */
  head: string
  headRef: string
  /** The pull request that the group ends with. */
  number: number
  base: string
  baseCommit?: string | undefined
}

export interface CheckRunTold {
  kind: 'check_run'
  action: string
  repository: RepositoryRef
  id: string
  name: string
  head: string
  status: string
  conclusion?: string | undefined
  /** Absent: not told, and so nobody's. */
  app?: string | undefined
  isOurs: boolean
  suite?: string | undefined
  externalId?: string | undefined
  startedAt?: number | undefined
  completedAt?: number | undefined
  /** Empty for forks, whatever the commit heads. */
  pulls: number[]
  by?: Actor | undefined
}

export interface CheckSuiteTold {
  kind: 'check_suite'
  action: string
  repository: RepositoryRef
  id: string
  head: string
  branch?: string | undefined
  app?: string | undefined
  isOurs: boolean
  status?: string | undefined
  conclusion?: string | undefined
  at?: number | undefined
  pulls: number[]
}

/** Anybody with write access may set one, so it is evidence and never a gate. */
export interface StatusTold {
  kind: 'status'
  repository: RepositoryRef
  head: string
  context: string
  state: string
  at?: number | undefined
  by?: Actor | undefined
}

export interface WorkflowRunTold {
  kind: 'workflow_run'
  action: string
  repository: RepositoryRef
  id: string
  path?: string | undefined
  head: string
  attempt: number
  conclusion?: string | undefined
  startedAt?: number | undefined
  at?: number | undefined
}

export interface ReviewTold {
  kind: 'review'
  action: string
  repository: RepositoryRef
  number: number
  state: string
  commit?: string | undefined
  by?: Actor | undefined
  at?: number | undefined
}

/** Somebody asks us for something: a button of our run, or a line in a pull request. Asking opens nothing. */
export interface Request {
  kind: 'request'
  repository: RepositoryRef
  by: Actor
  at?: number | undefined
  asked:
    | { through: 'button'; identifier: string; run: string; head: string }
    | { through: 'comment'; number: number; comment: string; line: string }
    | { through: 'rerun'; run?: string | undefined; head: string }
}

export interface DeploymentGate {
  kind: 'deployment_gate'
  repository: RepositoryRef
  /** From the callback URL, whose origin is that of the configured API. The URL itself is not kept. */
  run: string
  environment: string
  event?: string | undefined
  deployment?: string | undefined
  commit?: string | undefined
  ref?: string | undefined
  by?: Actor | undefined
  pulls: number[]
  at?: number | undefined
}

export interface DeploymentTold {
  kind: 'deployment'
  repository: RepositoryRef
  deployment: string
  status: string
  state: string
  /** It has started: the first of these of a deployment is its landing. */
  isStart: boolean
  commit: string
  ref: string
  environment: string
  run?: string | undefined
  by?: Actor | undefined
  at?: number | undefined
}

/** The rules may have changed. What they are now has to be read. */
export interface ProtectionTrigger {
  kind: 'protection_trigger'
  source: 'classic' | 'classic_switch' | 'ruleset'
  action: string
  /** Absent: of the whole organisation. */
  repository?: RepositoryRef | undefined
  organization?: string | undefined
  rule?: string | undefined
  at?: number | undefined
  by?: Actor | undefined
}

/** A bypass that another procedure of the forge decided on. */
export interface Elsewhere {
  kind: 'elsewhere'
  action: string
  repository: RepositoryRef
  request?: string | undefined
  status?: string | undefined
  by?: Actor | undefined
  expiresAt?: number | undefined
  at?: number | undefined
}

export interface ObserverTold {
  kind: 'observer'
  what: 'blind' | 'sees' | 'rights_changed'
  why: string
  /** Empty: everything that this installation sees. */
  repositories: RepositoryRef[]
  installation?: string | undefined
  at?: number | undefined
  by?: Actor | undefined
}

/** Something that decides what our rules cover, or who can write, changed. Usually it is ordinary work. */
export interface ScopeTold {
  kind: 'scope'
  what:
    | 'default_branch'
    | 'created'
    | 'renamed'
    | 'transferred'
    | 'visibility'
    | 'archived'
    | 'deleted'
    | 'property'
    | 'member'
    | 'team'
    | 'key'
  repository?: RepositoryRef | undefined
  organization?: string | undefined
  from?: string | undefined
  to?: string | undefined
  at?: number | undefined
  by?: Actor | undefined
}

export type Reading =
  | { is: 'told'; told: Told[] }
  /** Understood, and nothing to us: why, in a word. */
  | { is: 'ignored'; why: string }
  /** Kept and counted: which event or action, or which field it lacked. */
  | { is: 'unknown'; what: string }

/** What deliveries are read against. */
export interface Reader {
  /** `https://api.github.com`, or `https://HOST/api/v3`. */
  apiBase: string
  /** Of our app; runs by others with our names are forged. */
  app: string
}
