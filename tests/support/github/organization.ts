import { addRuleset, editRuleset, removeRuleset, type RulesetFields } from './actions/protection.ts'
import { commitFiles, type Forge } from './actions/refs.ts'
import { FakeRepository } from './repository.ts'
import type { Account, Installation, Repository, Ruleset } from './state.ts'
import { accountOf, newAccount } from './world.ts'

/** An organisation, as a scenario speaks of it. */
export class FakeOrganization {
  readonly login: string
  private readonly forge: Forge

  constructor(forge: Forge, login: string) {
    this.forge = forge
    this.login = newAccount(forge.world, login, 'Organization').login
  }

  get state(): Readonly<Account> {
    return accountOf(this.forge.world.state, this.login)
  }

  /** Admins of the organisation are admins of each of its repositories; members write where they are let. */
  member(login: string, role: 'admin' | 'member' = 'member'): string {
    this.forge.world.change()
    if (!this.forge.world.state.accounts.has(login)) newAccount(this.forge.world, login, 'User')
    accountOf(this.forge.world.state, this.login).members.set(login, role)
    return login
  }

  team(slug: string, members: string[]): number {
    this.forge.world.change()
    const id = this.forge.world.id()
    accountOf(this.forge.world.state, this.login).teams.set(slug, { id, slug, members })
    return id
  }

  /** A repository with one commit on its default branch. Members of the organisation may write to it. */
  repository(
    name: string,
    {
      isPrivate = false,
      defaultBranch = 'main',
      files = { 'README.md': name },
    }: { isPrivate?: boolean; defaultBranch?: string; files?: Record<string, string> } = {},
  ): FakeRepository {
    const { world } = this.forge
    world.change()
    const now = world.now()
    const { members } = accountOf(world.state, this.login)
    const repository: Repository = {
      id: world.id(),
      owner: this.login,
      name,
      isPrivate,
      defaultBranch,
      createdAt: now,
      pushedAt: now,
      allowAutoMerge: true,
      objects: new Map(),
      refs: new Map(),
      collaborators: new Map([...members.keys()].map(login => [login, 'write'])),
      protections: new Map(),
      rulesets: [],
      pulls: new Map(),
      checkRuns: [],
      checkSuites: [],
      statuses: [],
      comments: [],
      groups: [],
      environments: new Map(),
      deployments: [],
      workflowRuns: [],
      ruleSuites: [],
      activity: [],
      keys: [],
    }
    world.state.repositories.set(repository.id, repository)
    const first = commitFiles(this.forge, repository, { parents: [], files, message: 'First', as: this.login })
    repository.refs.set(`refs/heads/${defaultBranch}`, first.sha)
    return new FakeRepository(this.forge, repository)
  }

  addRuleset({ as, ...fields }: RulesetFields & { as: string; name: string }): Ruleset {
    return addRuleset(this.forge, this.login, as, fields)
  }

  editRuleset(ruleset: Ruleset, { as, ...fields }: RulesetFields & { as: string }): void {
    editRuleset(this.forge, this.login, ruleset, as, fields)
  }

  removeRuleset(ruleset: Ruleset, { as }: { as: string }): void {
    removeRuleset(this.forge, this.login, ruleset, as)
  }

  /** Installs an app here, on all repositories or on some. Its id is what an installation token is asked for. */
  install(app: string, { as, repositories }: { as: string; repositories?: FakeRepository[] }): Installation {
    const { world, deliveries } = this.forge
    world.change()
    const installation: Installation = {
      id: world.id(),
      app,
      account: this.login,
      suspendedAt: null,
      createdAt: world.now(),
      ...(repositories ? { repositories: repositories.map(({ id }) => id) } : {}),
    }
    world.state.installations.set(installation.id, installation)
    deliveries.tellInstallation(installation, { event: 'installation', action: 'created', sender: as, payload: {} })
    return installation
  }

  suspend(installation: Installation, { as }: { as: string }): void {
    this.forge.world.change()
    installation.suspendedAt = this.forge.world.now()
    this.forge.deliveries.tellInstallation(installation, {
      event: 'installation',
      action: 'suspend',
      sender: as,
      payload: {},
    })
  }

  unsuspend(installation: Installation, { as }: { as: string }): void {
    this.forge.world.change()
    installation.suspendedAt = null
    this.forge.deliveries.tellInstallation(installation, {
      event: 'installation',
      action: 'unsuspend',
      sender: as,
      payload: {},
    })
  }

  uninstall(installation: Installation, { as }: { as: string }): void {
    this.forge.world.change()
    this.forge.world.state.installations.delete(installation.id)
    this.forge.deliveries.tellInstallation(installation, {
      event: 'installation',
      action: 'deleted',
      sender: as,
      payload: {},
    })
  }

  /** Takes a repository out of an installation's sight. */
  removeFromInstallation(installation: Installation, repository: FakeRepository, { as }: { as: string }): void {
    const { world, deliveries } = this.forge
    world.change()
    const all = [...world.state.repositories.values()].filter(({ owner }) => owner === this.login).map(({ id }) => id)
    installation.repositories = (installation.repositories ?? all).filter(id => id !== repository.id)
    const { id, name, isPrivate } = repository.state
    const removed = { id, node_id: `R_${id}`, name, full_name: repository.name, private: isPrivate }
    deliveries.tellInstallation(installation, {
      event: 'installation_repositories',
      action: 'removed',
      sender: as,
      payload: {
        repository_selection: 'selected',
        repositories_added: [],
        repositories_removed: [removed],
        requester: null,
      },
    })
  }
}
