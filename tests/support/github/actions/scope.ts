import { user } from '../render.ts'
import type { Repository, Role } from '../state.ts'
import { accountOf, digest } from '../world.ts'
import { type Forge, Refused, viewOf } from './refs.ts'

/** Who may write what where: changes that move a repository out of sight, or somebody into reach of it. */
export function setCollaborator(
  forge: Forge,
  repository: Repository,
  { login, role, as }: { login: string; role: Role; as: string },
): void {
  const { world, deliveries } = forge
  world.change()
  const before = repository.collaborators.get(accountOf(world.state, login).login)
  repository.collaborators.set(login, role)
  const member = user(viewOf(forge), login)
  if (before === undefined)
    deliveries.tell(repository, {
      event: 'member',
      action: 'added',
      sender: as,
      payload: { member, changes: { permission: { to: role } } },
    })
  else
    deliveries.tell(repository, {
      event: 'member',
      action: 'edited',
      sender: as,
      payload: { member, changes: { permission: { from: before, to: role } } },
    })
}

export function addKey(
  forge: Forge,
  repository: Repository,
  { as, title, isReadOnly }: { as: string; title: string; isReadOnly: boolean },
): void {
  const { world, deliveries } = forge
  world.change()
  const id = world.id()
  const key = { id, title, key: `ssh-ed25519 ${digest(String(id))}`, isReadOnly, addedBy: as, createdAt: world.now() }
  repository.keys.push(key)
  const url = `${world.origin}/repos/${repository.owner}/${repository.name}/keys/${id}`
  deliveries.tell(repository, {
    event: 'deploy_key',
    action: 'created',
    sender: as,
    payload: {
      key: { id, key: key.key, url, title, verified: true, created_at: key.createdAt, read_only: isReadOnly },
    },
  })
}

export function changeDefaultBranch(forge: Forge, repository: Repository, branch: string, as: string): void {
  if (!repository.refs.has(`refs/heads/${branch}`)) throw new Refused([`The branch ${branch} was not found`])
  forge.world.change()
  const from = repository.defaultBranch
  repository.defaultBranch = branch
  forge.deliveries.tell(repository, {
    event: 'repository',
    action: 'edited',
    sender: as,
    payload: { changes: { default_branch: { from } } },
  })
}

export function renameRepository(forge: Forge, repository: Repository, name: string, as: string): void {
  forge.world.change()
  const from = repository.name
  repository.name = name
  forge.deliveries.tell(repository, {
    event: 'repository',
    action: 'renamed',
    sender: as,
    payload: { changes: { repository: { name: { from } } } },
  })
}

export function privatize(forge: Forge, repository: Repository, as: string): void {
  forge.world.change()
  repository.isPrivate = true
  forge.deliveries.tell(repository, { event: 'repository', action: 'privatized', sender: as, payload: {} })
}
