import { z } from 'zod'
import { actionOf, actor, id, instant, opt, readAs, repository, unknownAction } from './fields.ts'
import type { ObserverTold, Reading } from './told.ts'

const where = z.object({
  installation: z.object({ id, suspended_at: opt(instant) }),
  sender: opt(actor),
})

const whole = new Map<string, ObserverTold['what']>([
  ['created', 'sees'],
  ['unsuspend', 'sees'],
  ['suspend', 'blind'],
  ['deleted', 'blind'],
  ['new_permissions_accepted', 'rights_changed'],
])

/** Where we stop seeing, or see again (docs/github.md "What was told"). An empty list of repositories is all of them. */
export function readInstallation(body: unknown): Reading {
  const action = actionOf(body)
  const what = whole.get(action)
  if (what === undefined) return unknownAction('installation', action)
  return readAs(where, body, ({ installation, sender }) => ({
    kind: 'observer',
    what,
    why: `installation.${action}`,
    repositories: [],
    installation: installation.id,
    at: action === 'suspend' ? installation.suspended_at : undefined,
    by: sender,
  }))
}

// Read strictly: one that is left out would be taken for one that we still see, and none at all for every one.
const some = z.array(repository).min(1)
const added = where.extend({ repositories_added: some })
const removed = where.extend({ repositories_removed: some })

export function readInstallationRepositories(body: unknown): Reading {
  const action = actionOf(body)
  const told = ({ installation, sender }: z.output<typeof where>) =>
    ({
      kind: 'observer',
      why: `installation_repositories.${action}`,
      installation: installation.id,
      by: sender,
    }) as const
  if (action === 'added')
    return readAs(added, body, fields => ({ ...told(fields), what: 'sees', repositories: fields.repositories_added }))
  if (action === 'removed')
    return readAs(removed, body, fields => ({
      ...told(fields),
      what: 'blind',
      repositories: fields.repositories_removed,
    }))
  return unknownAction('installation_repositories', action)
}

const meta = z.object({
  repository: opt(repository),
  sender: opt(actor),
})

/** The hook itself was removed: from here on nothing is told. */
export function readMeta(body: unknown): Reading {
  const action = actionOf(body)
  if (action !== 'deleted') return unknownAction('meta', action)
  return readAs(meta, body, ({ repository, sender }) => ({
    kind: 'observer',
    what: 'blind',
    why: 'meta.deleted',
    repositories: repository ? [repository] : [],
    by: sender,
  }))
}
