import { createHash } from 'node:crypto'
import type { Account, App, Installation, Repository, Role, State } from './state.ts'

/** Milliseconds since 1970, as the test wants them. */
export interface Clock {
  now(): number
}

/** The state, its time, and what a late API still shows of it. */
export class World {
  readonly state: State = {
    lastId: 1000,
    accounts: new Map(),
    apps: new Map(),
    installations: new Map(),
    repositories: new Map(),
    tokens: new Map(),
    deliveries: [],
  }
  readonly clock: Clock
  /** Where the API answers, without a slash at the end. */
  origin = ''
  private lagMs = 0
  private past: { until: number; state: State }[] = []

  constructor(clock: Clock) {
    this.clock = clock
  }

  now(): string {
    return instant(this.clock.now())
  }

  id(): number {
    this.state.lastId += 1
    return this.state.lastId
  }

  lag(ms: number): void {
    this.lagMs = ms
    this.past = []
  }

  /** To be called before anything changes: what was is kept for as long as a late API may show it. */
  change(): void {
    if (this.lagMs === 0) return
    const now = this.clock.now()
    this.past = this.past.filter(({ until }) => until > now - this.lagMs)
    this.past.push({ until: now, state: structuredClone(this.state) })
  }

  /** What a reader sees now: all of it, or with a lag the world as it was so long ago. */
  seen(): State {
    const at = this.clock.now() - this.lagMs
    return (this.lagMs === 0 ? undefined : this.past.find(({ until }) => until > at))?.state ?? this.state
  }
}

/** GitHub has whole seconds. */
export const instant = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')

export function newAccount(world: World, login: string, type: Account['type']): Account {
  if (world.state.accounts.has(login)) throw new Error(`there is an account ${login} already`)
  const account: Account = { id: world.id(), login, type, members: new Map(), teams: new Map(), rulesets: [] }
  world.state.accounts.set(login, account)
  return account
}

export const accountOf = (state: State, login: string): Account =>
  found(state.accounts.get(login), `an account ${login}`, state.accounts.keys())

export const appOf = (state: State, slug: string): App =>
  found(state.apps.get(slug), `an app ${slug}`, state.apps.keys())

export const repositoryOf = (state: State, id: number): Repository =>
  found(state.repositories.get(id), `a repository ${id}`, state.repositories.keys())

export function installationOf(state: State, repository: Repository, slug: string): Installation | undefined {
  return [...state.installations.values()].find(({ app, ...one }) => app === slug && covers(one, repository))
}

export const covers = (
  installation: Pick<Installation, 'account' | 'repositories'>,
  { owner, id }: Repository,
): boolean => installation.account === owner && (installation.repositories?.includes(id) ?? true)

function found<T>(value: T | undefined, wanted: string, known: Iterable<unknown>): T {
  if (value === undefined) throw new Error(`expected ${wanted}, found ${[...known].join(', ') || 'none'}`)
  return value
}

/** The slug of the app that acts as this account, if it is one. */
export const slugOf = (login: string): string | undefined => /^(.+)\[bot\]$/.exec(login)?.[1]

const roles: readonly Role[] = ['read', 'triage', 'write', 'maintain', 'admin']

/** GitHub's own ids of the roles that a ruleset can name. */
export const roleIds: Record<number, Role> = { 1: 'read', 2: 'maintain', 4: 'write', 5: 'admin' }

export function roleOf(state: State, repository: Repository, login: string): Role | undefined {
  if (accountOf(state, repository.owner).members.get(login) === 'admin') return 'admin'
  const slug = slugOf(login)
  if (slug !== undefined) return installationOf(state, repository, slug) ? roleOfApp(appOf(state, slug)) : undefined
  return repository.collaborators.get(login) ?? (repository.isPrivate ? undefined : 'read')
}

const roleOfApp = ({ permissions }: App): Role => (permissions['contents'] === 'write' ? 'write' : 'read')

export const hasRole = (state: State, repository: Repository, login: string, least: Role): boolean => {
  const role = roleOf(state, repository, login)
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(least)
}

/** The same words give the same number: fixed in a run, and in the next. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
