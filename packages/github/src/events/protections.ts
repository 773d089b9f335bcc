import { z } from 'zod'
import { actionOf, actor, id, instant, opt, readAs, repository, text, unknownAction } from './fields.ts'
import type { Reading } from './told.ts'

const place = { repository: opt(repository), organization: opt(z.object({ login: text })), sender: opt(actor) }
const rule = opt(z.object({ id: opt(id), updated_at: opt(instant) }))
const trigger = z.object({ ...place, rule, repository_ruleset: rule })

const sources = {
  branch_protection_rule: 'classic',
  branch_protection_configuration: 'classic_switch',
  repository_ruleset: 'ruleset',
} as const
type ProtectionEvent = keyof typeof sources

/**
 * docs/github.md "What was told". Whatever the action, even one that is new to us, the rules have to be read again, so an
 * unknown action is told all the same. `changes` is not read: several loosening edits leave nothing in it.
 */
export function readProtection(event: ProtectionEvent, body: unknown): Reading {
  return readAs(trigger, body, ({ repository, organization, sender, rule, repository_ruleset: ruleset }) => {
    if (repository === undefined && organization === undefined)
      return { is: 'unknown', what: 'without repository or organization' }
    const changed = rule ?? ruleset
    return {
      kind: 'protection_trigger',
      source: sources[event],
      action: actionOf(body) || 'unknown',
      repository,
      organization: organization?.login,
      rule: changed?.id,
      at: changed?.updated_at,
      by: sender,
    }
  })
}

const exemption = z.object({
  exemption_request: z.object({
    id: opt(id),
    number: opt(id),
    status: opt(text),
    requester_id: opt(id),
    requester_login: opt(text),
    expires_at: opt(instant),
    created_at: opt(instant),
  }),
  repository,
  sender: opt(actor),
})

const exemptionActions = ['created', 'cancelled', 'completed', 'response_submitted', 'response_dismissed']

/** A bypass of a push ruleset that GitHub's own procedure decides on: recorded, and it opens nothing here. */
export function readExemption(body: unknown): Reading {
  const action = actionOf(body)
  if (!exemptionActions.includes(action)) return unknownAction('exemption_request_push_ruleset', action)
  return readAs(exemption, body, ({ exemption_request: request, repository, sender }) => ({
    kind: 'elsewhere',
    action,
    repository,
    request: request.id ?? request.number,
    status: request.status,
    by:
      request.requester_id === undefined
        ? sender
        : { id: request.requester_id, login: request.requester_login, isBot: false },
    expiresAt: request.expires_at,
    at: request.created_at,
  }))
}
