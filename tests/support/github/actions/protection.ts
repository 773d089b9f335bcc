import type { JsonObject } from '../description.ts'
import { ruleset as rulesetRendered } from '../render-rules.ts'
import type { Protection, Repository, Ruleset } from '../state.ts'
import { accountOf } from '../world.ts'
import { type Forge, Refused, viewOf } from './refs.ts'

export type ProtectionFields = Partial<Omit<Protection, 'id' | 'pattern' | 'createdAt' | 'updatedAt'>>

/** Classic protection, made or changed. What is not said stays, or is off in a new one. */
export function protect(
  forge: Forge,
  repository: Repository,
  pattern: string,
  as: string,
  fields: ProtectionFields,
): Protection {
  const { world, deliveries } = forge
  world.change()
  const now = world.now()
  const before = repository.protections.get(pattern)
  const off = {
    checks: null,
    strict: false,
    enforceAdmins: false,
    reviews: null,
    allowForcePushes: false,
    allowDeletions: false,
  }
  const rule: Protection = {
    ...off,
    ...before,
    ...fields,
    id: before?.id ?? world.id(),
    pattern,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  const isFirst = repository.protections.size === 0
  repository.protections.set(pattern, rule)
  const told = { event: 'branch_protection_rule', sender: as }
  if (before)
    deliveries.tell(repository, {
      ...told,
      action: 'edited',
      payload: { rule: ruleTold(repository, rule), changes: changesOf(before, rule) },
    })
  else deliveries.tell(repository, { ...told, action: 'created', payload: { rule: ruleTold(repository, rule) } })
  if (isFirst)
    deliveries.tell(repository, {
      event: 'branch_protection_configuration',
      action: 'enabled',
      sender: as,
      payload: {},
    })
  return rule
}

export function removeProtection(forge: Forge, repository: Repository, pattern: string, as: string): void {
  const rule = repository.protections.get(pattern)
  if (!rule) throw new Refused(['Branch not protected'], 404)
  forge.world.change()
  repository.protections.delete(pattern)
  forge.deliveries.tell(repository, {
    event: 'branch_protection_rule',
    action: 'deleted',
    sender: as,
    payload: { rule: ruleTold(repository, rule) },
  })
  if (repository.protections.size === 0)
    forge.deliveries.tell(repository, {
      event: 'branch_protection_configuration',
      action: 'disabled',
      sender: as,
      payload: {},
    })
}

const level = (isOn: boolean, { enforceAdmins }: Protection) =>
  isOn ? (enforceAdmins ? 'everyone' : 'non_admins') : 'off'

/** What the webhook says of a rule: names of checks without their apps, and nobody who may bypass. */
function ruleTold({ id }: Repository, rule: Protection): JsonObject {
  return {
    id: rule.id,
    repository_id: id,
    name: rule.pattern,
    created_at: rule.createdAt,
    updated_at: rule.updatedAt,
    admin_enforced: rule.enforceAdmins,
    allow_deletions_enforcement_level: rule.allowDeletions ? 'everyone' : 'off',
    allow_force_pushes_enforcement_level: rule.allowForcePushes ? 'everyone' : 'off',
    pull_request_reviews_enforcement_level: level(rule.reviews !== null, rule),
    required_approving_review_count: rule.reviews?.count ?? 0,
    dismiss_stale_reviews_on_push: rule.reviews?.dismissStale ?? false,
    require_last_push_approval: rule.reviews?.lastPushApproval ?? false,
    required_status_checks: rule.checks?.map(({ context }) => context) ?? [],
    required_status_checks_enforcement_level: level(rule.checks !== null, rule),
    strict_required_status_checks_policy: rule.strict,
    authorized_actor_names: [],
    authorized_actors_only: false,
  }
}

/** GitHub lists few of the keys that can change; a pin that was taken off is not among them. */
function changesOf(before: Protection, after: Protection): JsonObject {
  const names = ({ checks }: Protection) => checks?.map(({ context }) => context) ?? []
  return {
    ...(before.enforceAdmins === after.enforceAdmins ? {} : { admin_enforced: { from: before.enforceAdmins } }),
    ...(names(before).join() === names(after).join() ? {} : { required_status_checks: { from: names(before) } }),
    ...(level(before.checks !== null, before) === level(after.checks !== null, after)
      ? {}
      : { required_status_checks_enforcement_level: { from: level(before.checks !== null, before) } }),
    ...(level(before.reviews !== null, before) === level(after.reviews !== null, after)
      ? {}
      : { pull_request_reviews_enforcement_level: { from: level(before.reviews !== null, before) } }),
  }
}

export type RulesetFields = Partial<Pick<Ruleset, 'name' | 'enforcement' | 'bypassActors' | 'conditions' | 'rules'>>

/** A ruleset of a repository, or of its whole organisation where none is named. */
export function addRuleset(
  forge: Forge,
  owner: Repository | string,
  as: string,
  fields: RulesetFields & { name: string },
): Ruleset {
  const { world } = forge
  world.change()
  const now = world.now()
  const [sourceType, source] =
    typeof owner === 'string'
      ? (['Organization', owner] as const)
      : (['Repository', `${owner.owner}/${owner.name}`] as const)
  const ruleset: Ruleset = {
    id: world.id(),
    sourceType,
    source,
    target: 'branch',
    enforcement: 'active',
    bypassActors: [],
    rules: [],
    createdAt: now,
    updatedAt: now,
    versions: [],
    conditions: {
      ref_name: {
        include: ['~DEFAULT_BRANCH'],
        exclude: [],
      },
      ...(sourceType === 'Organization'
        ? {
            repository_name: {
              include: ['~ALL'],
              exclude: [],
            },
          }
        : {}),
    },
    ...fields,
  }
  listOf(forge, owner).push(ruleset)
  keepVersion(forge, ruleset, as)
  tellRuleset(forge, owner, ruleset, 'created', as)
  return ruleset
}

export function editRuleset(
  forge: Forge,
  owner: Repository | string,
  ruleset: Ruleset,
  as: string,
  fields: RulesetFields,
): void {
  forge.world.change()
  const before = structuredClone(ruleset)
  Object.assign(ruleset, fields, { updatedAt: forge.world.now() })
  keepVersion(forge, ruleset, as)
  tellRuleset(forge, owner, ruleset, 'edited', as, { changes: rulesetChanges(before, ruleset) })
}

export function removeRuleset(forge: Forge, owner: Repository | string, ruleset: Ruleset, as: string): void {
  forge.world.change()
  const list = listOf(forge, owner)
  list.splice(list.indexOf(ruleset), 1)
  tellRuleset(forge, owner, ruleset, 'deleted', as)
}

const listOf = ({ world }: Forge, owner: Repository | string) =>
  typeof owner === 'string' ? accountOf(world.state, owner).rulesets : owner.rulesets

function keepVersion(forge: Forge, ruleset: Ruleset, actor: string): void {
  const state = structuredClone(rulesetRendered(viewOf(forge), ruleset, { withBypass: true }))
  ruleset.versions.push({ id: forge.world.id(), actor, updatedAt: ruleset.updatedAt, state })
}

function tellRuleset(
  forge: Forge,
  owner: Repository | string,
  ruleset: Ruleset,
  action: string,
  sender: string,
  more: JsonObject = {},
): void {
  // An app that only reads is not shown the bypass list here either, as far as the description says.
  const payload = { repository_ruleset: rulesetRendered(viewOf(forge), ruleset, { withBypass: false }), ...more }
  const told = { event: 'repository_ruleset', action, sender, payload }
  if (typeof owner === 'string') forge.deliveries.tellOrganization(owner, told)
  else forge.deliveries.tell(owner, told)
}

/** What GitHub says of an edit: name, enforcement, conditions and rules. A changed bypass list leaves no trace. */
function rulesetChanges(before: Ruleset, after: Ruleset): JsonObject {
  const types = (one: Ruleset) => new Map(one.rules.map(rule => [rule.type, rule]))
  const [was, is] = [types(before), types(after)]
  const plain = (rules: unknown[]) => JSON.parse(JSON.stringify(rules)) as JsonObject[]
  const updated = [...is.values()].filter(
    rule => was.has(rule.type) && JSON.stringify(was.get(rule.type)) !== JSON.stringify(rule),
  )
  const added = [...is.values()].filter(({ type }) => !was.has(type))
  const deleted = [...was.values()].filter(({ type }) => !is.has(type))
  const hasRules = added.length + deleted.length + updated.length > 0
  const rules = {
    added: plain(added),
    deleted: plain(deleted),
    updated: updated.map(rule => ({
      rule: plain([rule])[0] ?? {},
      changes: { configuration: { from: JSON.stringify(was.get(rule.type)?.parameters ?? {}) } },
    })),
  }
  const conditions = [before, after].map(one => JSON.stringify(one.conditions))
  return {
    ...(before.name === after.name ? {} : { name: { from: before.name } }),
    ...(before.enforcement === after.enforcement ? {} : { enforcement: { from: before.enforcement } }),
    ...(conditions[0] === conditions[1]
      ? {}
      : {
          conditions: {
            added: [],
            deleted: [],
            updated: [
              {
                condition: plain([after.conditions])[0] ?? {},
                changes: { include: { from: before.conditions.ref_name.include } },
              },
            ],
          },
        }),
    ...(hasRules ? { rules } : {}),
  }
}
