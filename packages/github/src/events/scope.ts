import { z } from 'zod'
import { actionOf, actor, ignored, instant, opt, readAs, repository, text, unknownAction } from './fields.ts'
import type { Reading, ScopeTold } from './told.ts'

const from = opt(z.object({ from: opt(text) }))

const changed = z.object({
  repository: opt(repository.and(z.object({ default_branch: opt(text), updated_at: opt(instant) }))),
  organization: opt(z.object({ login: text })),
  sender: opt(actor),
  changes: opt(
    z.object({
      default_branch: from,
      repository: opt(z.object({ name: from })),
      owner: opt(
        z.object({ from: opt(z.object({ user: opt(actor), organization: opt(z.object({ login: opt(text) })) })) }),
      ),
    }),
  ),
})
type Fields = z.output<typeof changed>

/** What became of a repository, as far as it decides what our rules cover. */
export function readRepository(body: unknown): Reading {
  const action = actionOf(body)
  return readAs(changed, body, fields => {
    if (fields.repository === undefined) return { is: 'unknown', what: 'without repository' }
    switch (action) {
      case 'edited':
        return edited(fields)
      case 'renamed':
        return scopeOf('renamed', fields, fields.changes?.repository?.name?.from, fields.repository.name)
      case 'transferred':
        return scopeOf('transferred', fields, ownerBefore(fields), fields.repository.name)
      case 'privatized':
      case 'publicized':
        return scopeOf('visibility', fields, undefined, action)
      case 'archived':
      case 'unarchived':
        return scopeOf('archived', fields, undefined, action)
      case 'created':
      case 'deleted':
        return scopeOf(action, fields)
      default:
        return unknownAction('repository', action)
    }
  })
}

function edited(fields: Fields): Reading | ScopeTold {
  const before = fields.changes?.default_branch
  if (before === undefined) return ignored('an edit of words')
  return scopeOf('default_branch', fields, before.from, fields.repository?.default_branch)
}

const ownerBefore = ({ changes }: Fields): string | undefined =>
  changes?.owner?.from?.user?.login ?? changes?.owner?.from?.organization?.login

/** Events about who may write, and about what rules go by. */
export const peopleEvents: ReadonlyMap<string, ScopeTold['what']> = new Map([
  ['custom_property_values', 'property'],
  ['member', 'member'],
  ['membership', 'team'],
  ['organization', 'member'],
  ['public', 'visibility'],
  ['team', 'team'],
  ['team_add', 'team'],
] as const)

export function readPeople(event: string, what: ScopeTold['what'], body: unknown): Reading {
  const action = actionOf(body)
  return readAs(changed, body, fields => {
    if (fields.repository === undefined && fields.organization === undefined)
      return { is: 'unknown', what: 'without repository or organization' }
    return scopeOf(what, fields, undefined, action || event)
  })
}

const deployKey = z.object({ key: z.object({ read_only: opt(z.boolean()) }), repository, sender: opt(actor) })

/** A key that may write can push like a person; one that does not say that it only reads is taken for one. */
export function readDeployKey(body: unknown): Reading {
  const action = actionOf(body)
  if (action !== 'created' && action !== 'deleted') return unknownAction('deploy_key', action)
  return readAs(deployKey, body, ({ key, repository, sender }) =>
    key.read_only === true
      ? ignored('a key that only reads')
      : { kind: 'scope', what: 'key', repository, to: action, by: sender },
  )
}

function scopeOf(what: ScopeTold['what'], fields: Fields, from?: string, to?: string): ScopeTold {
  const { repository, organization, sender } = fields
  return {
    kind: 'scope',
    what,
    repository: repository && { id: repository.id, name: repository.name },
    organization: organization?.login,
    from,
    to,
    at: repository?.updated_at,
    by: sender,
  }
}
