import { commitOf, isAncestor } from './git.ts'
import type { BypassActor, Protection, Pull, Repository, Rule, RuleEvaluation, Ruleset, State } from './state.ts'
import { accountOf, appOf, hasRole, roleIds, slugOf } from './world.ts'

/** A ref that somebody wants to move. Shas are all zeros where there is none. */
export interface Move {
  ref: string
  before: string
  after: string
  actor: string
  via: 'push' | 'merge' | 'queue'
  pull?: Pull
  isForced: boolean
  isDeletion: boolean
  isCreation: boolean
}

export interface Judgement {
  result: 'pass' | 'fail' | 'bypass'
  evaluationResult: 'pass' | 'fail' | 'bypass' | null
  evaluations: RuleEvaluation[]
  /** What stops it, in GitHub's words. */
  reasons: string[]
}

interface Source {
  rule_source: RuleEvaluation['rule_source']
  enforcement: 'active' | 'evaluate'
  rules: Rule[]
  mode: BypassActor['bypass_mode'] | 'admin' | 'never'
  /** Rules that this actor may go around in this source, where not all. */
  only?: string[]
}

/** What GitHub makes of a move: every rule of every source, and whether whoever moves may go around those that fail. */
export function judge(state: State, repository: Repository, move: Move): Judgement {
  const sources = [...classicSources(state, repository, move), ...rulesetSources(state, repository, move)]
  // Whoever is exempt leaves no trace, not even that rules were looked at.
  const judged = sources.filter(({ mode }) => mode !== 'exempt')
  const all = judged.flatMap(source =>
    source.rules.map(rule => ({ source, rule, fault: faultOf(rule, state, repository, move) })),
  )
  const evaluations = all.map(({ source: { rule_source, enforcement }, rule, fault }): RuleEvaluation => {
    return {
      rule_source,
      enforcement,
      result: fault === undefined ? 'pass' : 'fail',
      rule_type: rule.type,
      details: fault ?? null,
    }
  })
  const failed = all.filter(({ fault }) => fault !== undefined)
  const active = failed.filter(({ source }) => source.enforcement === 'active')
  return {
    result: resultOf(active, move),
    evaluationResult: judged.some(({ enforcement }) => enforcement === 'evaluate') ? resultOf(failed, move) : null,
    evaluations,
    reasons: active.flatMap(one => (mayBypass(one, move) ? [] : [one.fault ?? ''])),
  }
}

type Failed = { source: Source; rule: Rule }

function resultOf(failed: Failed[], move: Move): 'pass' | 'fail' | 'bypass' {
  if (failed.length === 0) return 'pass'
  return failed.every(one => mayBypass(one, move)) ? 'bypass' : 'fail'
}

function mayBypass({ source: { mode, only }, rule }: Failed, { via }: Move): boolean {
  if (only !== undefined && !only.includes(rule.type)) return false
  return mode === 'always' || mode === 'admin' || (mode === 'pull_request' && via !== 'push')
}

export const branchOf = (ref: string): string => ref.replace(/^refs\/heads\//, '')

export function protectionOf(repository: Repository, branch: string): Protection | undefined {
  const all = [...repository.protections.values()]
  return repository.protections.get(branch) ?? all.find(({ pattern }) => matches(pattern, branch))
}

/** `*` stops at a slash, `**` does not. */
export function matches(pattern: string, branch: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*\*\/?|\*|\?/g, one => (one.startsWith('**') ? '.*' : one === '*' ? '[^/]*' : '[^/]'))
  return new RegExp(`^${source}$`).test(branch)
}

function classicSources(state: State, repository: Repository, move: Move): Source[] {
  const found = move.ref.startsWith('refs/heads/') ? protectionOf(repository, branchOf(move.ref)) : undefined
  if (!found || move.isCreation) return []
  const source = { type: 'protected_branch', id: found.id, name: found.pattern }
  const isAdmin = hasRole(state, repository, move.actor, 'admin') && !found.enforceAdmins
  const whole: Source = {
    rule_source: source,
    enforcement: 'active',
    rules: classicRules(found),
    mode: isAdmin ? 'admin' : 'never',
  }
  // Forced pushes and deletions are not gone around by an admin: they are switched on, or refused.
  if (isAdmin) return [{ ...whole, only: ['pull_request', 'required_status_checks'] }]
  const mayPush = move.via === 'push' && found.reviews?.bypass.includes(slugOf(move.actor) ?? move.actor)
  return [mayPush ? { ...whole, mode: 'always', only: ['pull_request'] } : whole]
}

function classicRules({ checks, strict, reviews, allowForcePushes, allowDeletions }: Protection): Rule[] {
  const required = checks?.map(({ context, appId }) =>
    appId === null ? { context } : { context, integration_id: appId },
  )
  return [
    ...(required
      ? [
          {
            type: 'required_status_checks',
            parameters: { strict_required_status_checks_policy: strict, required_status_checks: required },
          },
        ]
      : []),
    ...(reviews
      ? [
          {
            type: 'pull_request',
            parameters: {
              required_approving_review_count: reviews.count,
              require_last_push_approval: reviews.lastPushApproval,
            },
          },
        ]
      : []),
    ...(allowForcePushes ? [] : [{ type: 'non_fast_forward' }]),
    ...(allowDeletions ? [] : [{ type: 'deletion' }]),
  ]
}

/** Every ruleset that a branch lies under, whatever its enforcement, with those of the organisation. */
export function rulesetsOf(state: State, repository: Repository, branch: string): Ruleset[] {
  const all = [...accountOf(state, repository.owner).rulesets, ...repository.rulesets]
  return all.filter(({ conditions: { ref_name: refs, repository_name: names } }) => {
    const named = (pattern: string) =>
      pattern === '~ALL' ||
      (pattern === '~DEFAULT_BRANCH' && branch === repository.defaultBranch) ||
      matches(pattern, `refs/heads/${branch}`)
    const isHere =
      !names ||
      (names.include.some(one => one === '~ALL' || matches(one, repository.name)) &&
        !names.exclude.some(one => matches(one, repository.name)))
    return isHere && refs.include.some(named) && !refs.exclude.some(named)
  })
}

function rulesetSources(state: State, repository: Repository, move: Move): Source[] {
  if (!move.ref.startsWith('refs/heads/')) return []
  return rulesetsOf(state, repository, branchOf(move.ref)).flatMap((ruleset): Source[] => {
    const { enforcement, id, name, rules } = ruleset
    if (enforcement === 'disabled') return []
    const mode = bypassMode(state, repository, ruleset, move.actor)
    return [{ rule_source: { type: 'ruleset', id, name }, enforcement, rules, mode }]
  })
}

const strongest = ['exempt', 'always', 'pull_request'] as const

function bypassMode(state: State, repository: Repository, { bypassActors }: Ruleset, actor: string): Source['mode'] {
  const modes = bypassActors.flatMap(one => (isMeant(state, repository, one, actor) ? [one.bypass_mode] : []))
  return strongest.find(mode => modes.includes(mode)) ?? 'never'
}

function isMeant(state: State, repository: Repository, { actor_type, actor_id }: BypassActor, login: string): boolean {
  const owner = accountOf(state, repository.owner)
  const slug = slugOf(login)
  if (actor_type === 'OrganizationAdmin') return owner.members.get(login) === 'admin'
  if (actor_type === 'User') return accountOf(state, login).id === actor_id
  if (actor_type === 'Integration') return slug !== undefined && appOf(state, slug).id === actor_id
  if (actor_type === 'Team')
    return [...owner.teams.values()].some(({ id, members }) => id === actor_id && members.includes(login))
  const role = roleIds[actor_id ?? 0]
  return actor_type === 'RepositoryRole' && role !== undefined && hasRole(state, repository, login, role)
}

/** Why a rule says no to this move; undefined where it does not. */
function faultOf(
  { type, parameters = {} }: Rule,
  state: State,
  repository: Repository,
  move: Move,
): string | undefined {
  if (move.isDeletion) return type === 'deletion' ? 'Cannot delete this branch' : undefined
  if (type === 'creation') return move.isCreation ? 'Cannot create this branch' : undefined
  if (type === 'update') return 'Cannot update this protected ref.'
  if (type === 'non_fast_forward') return move.isForced ? 'Cannot force-push to this branch' : undefined
  if (type === 'required_linear_history')
    return commitOf(repository.objects, move.after).parents.length > 1
      ? 'This branch must not contain merge commits.'
      : undefined
  if (type === 'merge_queue') return move.via === 'queue' ? undefined : 'Changes must be made through the merge queue'
  if (type === 'pull_request') return reviewFault(parameters as Reviews, state, repository, move)
  if (type === 'required_status_checks') return checkFault(parameters as unknown as Checks, state, repository, move)
  return undefined
}

interface Reviews {
  required_approving_review_count?: number
  require_last_push_approval?: boolean
}

function reviewFault(
  { required_approving_review_count: count = 0, require_last_push_approval: isLast }: Reviews,
  state: State,
  repository: Repository,
  { via, pull }: Move,
): string | undefined {
  if (via === 'push' || !pull) return 'Changes must be made through a pull request.'
  const latest = new Map(pull.reviews.filter(one => one.state !== 'COMMENTED').map(one => [one.user, one]))
  const counted = [...latest.values()].filter(
    one => one.user !== pull.author && hasRole(state, repository, one.user, 'write'),
  )
  if (counted.some(one => one.state === 'CHANGES_REQUESTED')) return 'Changes were requested by a reviewer.'
  const approvals = counted.filter(one => one.state === 'APPROVED' && !(isLast && one.user === pull.lastPusher))
  if (approvals.length >= count) return undefined
  return `At least ${count} approving review${count === 1 ? ' is' : 's are'} required by reviewers with write access.`
}

interface Checks {
  required_status_checks: { context: string; integration_id?: number }[]
  strict_required_status_checks_policy: boolean
}

function checkFault(wanted: Checks, state: State, repository: Repository, move: Move): string | undefined {
  // A merge is judged by the head of its pull request, a push and a queue's group by the very commit.
  const sha = move.via === 'merge' && move.pull ? move.pull.head.sha : move.after
  if (
    wanted.strict_required_status_checks_policy &&
    move.via === 'merge' &&
    !isAncestor(repository.objects, move.before, sha)
  ) {
    return 'This branch is out-of-date with the base branch.'
  }
  const missing = wanted.required_status_checks.flatMap(
    ({ context, integration_id: pin }) => contextFault(state, repository, sha, context, pin) ?? [],
  )
  return missing.length === 0 ? undefined : missing.join(' ')
}

const passing = new Set<string | null>(['success', 'neutral', 'skipped'])

/** Where a check and a status have the required name, both must pass. */
function contextFault(
  state: State,
  repository: Repository,
  sha: string,
  context: string,
  pin: number | undefined,
): string | undefined {
  const statuses = repository.statuses.filter(one => one.sha === sha && one.context === context)
  const runs = latestRuns(repository, sha).filter(({ name }) => name === context)
  const latest = statuses.at(-1)
  if (runs.length === 0 && !latest) return `Required status check "${context}" is expected.`
  const ofApp = (slug: string | undefined) =>
    pin === undefined || pin === -1 || (slug !== undefined && appOf(state, slug).id === pin)
  const pinnedRuns = runs.filter(({ app }) => ofApp(app))
  const pinnedStatus = latest && ofApp(slugOf(latest.creator)) ? latest : undefined
  if (pinnedRuns.length === 0 && !pinnedStatus)
    return `Required status check "${context}" was not set by the expected GitHub App.`
  const isGreen =
    pinnedRuns.every(one => one.status === 'completed' && passing.has(one.conclusion)) &&
    (pinnedStatus?.state ?? 'success') === 'success'
  return isGreen ? undefined : `Required status check "${context}" is failing.`
}

/** The last run of each name in each suite. */
export function latestRuns(repository: Repository, sha: string) {
  const runs = repository.checkRuns.filter(({ headSha }) => headSha === sha)
  return [...new Map(runs.map(one => [`${one.suite} ${one.name}`, one])).values()]
}
