import {
  createCheckRun,
  postStatus,
  pressButton,
  rerequest,
  updateCheckRun,
  type CheckFields,
} from './actions/checks.ts'
import {
  addEnvironment,
  changeEnvironment,
  deploy,
  finishWorkflow,
  forceDeployment,
  type NewRun,
  report,
  rerunWorkflow,
  startWorkflow,
} from './actions/deployments.ts'
import {
  addRuleset,
  editRuleset,
  protect,
  type ProtectionFields,
  removeProtection,
  removeRuleset,
  type RulesetFields,
} from './actions/protection.ts'
import type { NewPull } from './actions/pulls.ts'
import { commitFiles, type Forge, moveRef, viewOf } from './actions/refs.ts'
import { addKey, changeDefaultBranch, privatize, renameRepository, setCollaborator } from './actions/scope.ts'
import { commitOf, zeroSha } from './git.ts'
import { FakePull } from './pull.ts'
import { repository as rendered } from './render.ts'
import type {
  CheckRun,
  Conclusion,
  Deployment,
  Environment,
  Repository,
  Role,
  RuleSuite,
  Ruleset,
  Status,
  WorkflowRun,
} from './state.ts'

export interface Push {
  as: string
  branch?: string
  /** What the new commit writes; the rest stays. */
  files?: Record<string, string>
  message?: string
  /** Where the new commit sits, for a push that throws commits away; the tip of the branch where not said. */
  onto?: string
  /** Instead of a new commit: one that is there already. */
  to?: string
  /** `git push --force`. */
  isForced?: boolean
}

/** A repository, as a scenario speaks of it. */
export class FakeRepository {
  readonly id: number
  readonly name: string
  private readonly forge: Forge
  private readonly repository: Repository

  constructor(forge: Forge, repository: Repository) {
    this.forge = forge
    this.repository = repository
    this.id = repository.id
    this.name = `${repository.owner}/${repository.name}`
  }

  get state(): Readonly<Repository> {
    return this.repository
  }

  /** The tip of a branch. */
  tip(branch = this.repository.defaultBranch): string {
    const sha = this.repository.refs.get(`refs/heads/${branch}`)
    if (sha === undefined)
      throw new Error(`expected a branch ${branch}, found ${[...this.repository.refs.keys()].join(', ')}`)
    return sha
  }

  branch(name: string, { as, from = this.tip() }: { as: string; from?: string }): void {
    moveRef(this.forge, this.repository, {
      ref: `refs/heads/${name}`,
      after: from,
      actor: as,
      via: 'push',
      activity: 'push',
    })
  }

  /** The new tip; throws what git says where the rules refuse. */
  push({
    as,
    branch = this.repository.defaultBranch,
    files,
    message = 'Change',
    onto,
    to,
    isForced = false,
  }: Push): string {
    const ref = `refs/heads/${branch}`
    const base = onto ?? this.repository.refs.get(ref) ?? this.tip()
    const written = {
      ...commitOf(this.repository.objects, base).files,
      ...(files ?? { [`change-${this.forge.world.id()}.txt`]: message }),
    }
    const after = to ?? commitFiles(this.forge, this.repository, { parents: [base], files: written, message, as }).sha
    moveRef(this.forge, this.repository, { ref, after, actor: as, via: 'push', activity: 'push', isForced })
    return after
  }

  deleteBranch(name: string, { as }: { as: string }): void {
    moveRef(this.forge, this.repository, {
      ref: `refs/heads/${name}`,
      after: zeroSha,
      actor: as,
      via: 'push',
      activity: 'push',
    })
  }

  /** A branch with one commit, offered. `branch` names it; an own name is made where it is not there. */
  openPullRequest(given: {
    as: string
    title?: string
    head?: string
    base?: string
    body?: string
    from?: FakeRepository
    isDraft?: boolean
  }): FakePull {
    const {
      as,
      from,
      head = `change-${this.repository.pulls.size + 1}`,
      title = `Change ${this.repository.pulls.size + 1}`,
      base = this.repository.defaultBranch,
      ...rest
    } = given
    const source = from ?? this
    if (!source.repository.refs.has(`refs/heads/${head}`)) source.push({ as, branch: head, message: title })
    const wanted: NewPull = { as, title, head, base, ...rest, ...(from ? { from: from.repository } : {}) }
    return new FakePull(this.forge, this.repository, wanted)
  }

  protect(pattern: string, { as, ...fields }: ProtectionFields & { as: string }): void {
    protect(this.forge, this.repository, pattern, as, fields)
  }

  removeProtection(pattern: string, { as }: { as: string }): void {
    removeProtection(this.forge, this.repository, pattern, as)
  }

  addRuleset({ as, ...fields }: RulesetFields & { as: string; name: string }): Ruleset {
    return addRuleset(this.forge, this.repository, as, fields)
  }

  editRuleset(ruleset: Ruleset, { as, ...fields }: RulesetFields & { as: string }): void {
    editRuleset(this.forge, this.repository, ruleset, as, fields)
  }

  removeRuleset(ruleset: Ruleset, { as }: { as: string }): void {
    removeRuleset(this.forge, this.repository, ruleset, as)
  }

  createCheck(sha: string, { app, ...fields }: CheckFields & { app: string; name: string }): CheckRun {
    return createCheckRun(this.forge, this.repository, app, sha, fields)
  }

  updateCheck(run: CheckRun, fields: CheckFields): void {
    updateCheckRun(this.forge, this.repository, run, fields)
  }

  rerequest(run: CheckRun, { as }: { as: string }): void {
    rerequest(this.forge, this.repository, run, as)
  }

  press(run: CheckRun, identifier: string, { as }: { as: string }): void {
    pressButton(this.forge, this.repository, run, identifier, as)
  }

  postStatus(sha: string, { as, ...given }: Pick<Status, 'context' | 'state'> & { as: string }): Status {
    return postStatus(this.forge, this.repository, { ...given, sha, creator: as })
  }

  environment(
    name: string,
    fields: { rules?: string[]; reviewers?: string[]; canAdminsBypass?: boolean } = {},
  ): Environment {
    return addEnvironment(this.forge, this.repository, name, fields)
  }

  changeEnvironment(environment: Environment, change: (environment: Environment) => void): void {
    changeEnvironment(this.forge, environment, change)
  }

  startWorkflow(given: NewRun): WorkflowRun {
    return startWorkflow(this.forge, this.repository, given)
  }

  finishWorkflow(run: WorkflowRun, conclusion: Conclusion): void {
    finishWorkflow(this.forge, this.repository, run, conclusion)
  }

  rerunWorkflow(run: WorkflowRun, { as }: { as: string }): void {
    rerunWorkflow(this.forge, this.repository, run, as)
  }

  deploy(given: { environment: string; sha: string; ref: string; as: string; run?: WorkflowRun }): Deployment {
    return deploy(this.forge, this.repository, given)
  }

  report(deployment: Deployment, state: string, { as }: { as: string }): void {
    report(this.forge, this.repository, deployment, state, as)
  }

  forceDeployment(deployment: Deployment, { as }: { as: string }): void {
    forceDeployment(this.forge, this.repository, deployment, as)
  }

  /** How somebody may act here; told as a membership that was added or changed. */
  collaborator(login: string, role: Role, { as }: { as: string }): void {
    setCollaborator(this.forge, this.repository, { login, role, as })
  }

  addKey(given: { as: string; title: string; isReadOnly: boolean }): void {
    addKey(this.forge, this.repository, given)
  }

  changeDefaultBranch(branch: string, { as }: { as: string }): void {
    changeDefaultBranch(this.forge, this.repository, branch, as)
  }

  rename(name: string, { as }: { as: string }): void {
    renameRepository(this.forge, this.repository, name, as)
  }

  makePrivate({ as }: { as: string }): void {
    privatize(this.forge, this.repository, as)
  }

  ruleSuites(): readonly RuleSuite[] {
    return this.repository.ruleSuites
  }

  /** As the API would show it. */
  rendered() {
    return rendered(viewOf(this.forge), this.repository)
  }
}
