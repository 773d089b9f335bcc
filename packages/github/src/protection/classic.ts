import { z } from 'zod'
import { id, listOf, opt, text } from '../events/fields.ts'
import type { Answer, Bypass, Exempt, RequiredCheck, Rule } from './rules.ts'

// What is there and cannot be understood makes the whole answer unreadable: left out, it would look like no rule.
const enabled = z.object({ enabled: z.boolean() }).nullish()
const holders = z.object({
  users: listOf(z.object({ id, login: opt(text) })),
  teams: listOf(z.object({ id, slug: opt(text) })),
  apps: listOf(z.object({ id, slug: opt(text) })),
})

const protection = z.object({
  required_status_checks: z
    .object({
      contexts: z.array(text).nullish(),
      checks: z.array(z.object({ context: text, app_id: z.int().nullish() })).nullish(),
    })
    .nullish(),
  required_pull_request_reviews: z
    .object({
      required_approving_review_count: z.int().nonnegative().nullish(),
      require_code_owner_reviews: opt(z.boolean()),
      dismiss_stale_reviews: opt(z.boolean()),
      require_last_push_approval: opt(z.boolean()),
      bypass_pull_request_allowances: holders.nullish(),
    })
    .nullish(),
  enforce_admins: enabled,
  allow_force_pushes: enabled,
  allow_deletions: enabled,
})
type Fields = z.output<typeof protection>

/** The one 404 that says something: there is no classic rule. Any other may only mean that we may not look. */
const says404 = z.object({ message: z.literal('Branch not protected') })

/**
 * Classic protection, from `GET /repos/{o}/{r}/branches/{b}/protection`. `none` is no classic rule, which is not
 * "unprotected": rulesets may hold the branch.
 */
export function readClassic({ status, body }: Answer): Rule | 'none' | 'unreadable' {
  if (status === 404) return says404.safeParse(body).success ? 'none' : 'unreadable'
  const parsed = protection.safeParse(body)
  if (status !== 200 || !parsed.success) return 'unreadable'
  const fields = parsed.data
  const reviews = reviewsOf(fields)
  return {
    source: 'classic',
    name: 'classic protection',
    state: 'active',
    exempt: exemptOf(fields),
    checks: checksOf(fields),
    ...(reviews === undefined ? {} : { reviews }),
    holdsForcePush: fields.allow_force_pushes?.enabled !== true,
    holdsDeletion: fields.allow_deletions?.enabled !== true,
    queue: false,
  }
}

function exemptOf({ enforce_admins: admins }: Fields): Exempt {
  if (!admins) return { who: 'unknown' }
  return { who: 'known', bypass: admins.enabled ? [] : [{ type: 'Admins', mode: 'always' }] }
}

/** Older servers list names only: then anybody may set them. -1 is GitHub's "any app". */
function checksOf({ required_status_checks: required }: Fields): RequiredCheck[] {
  const checks = required?.checks ?? []
  const unlisted = (required?.contexts ?? []).filter(context => !checks.some(check => check.context === context))
  return checks
    .map(({ context, app_id: app }) => ({
      context,
      ...(app === undefined || app === null || app < 0 ? {} : { app: String(app) }),
    }))
    .concat(unlisted.map(context => ({ context })))
}

function reviewsOf({ required_pull_request_reviews: reviews }: Fields): Rule['reviews'] {
  if (!reviews) return undefined
  const allowed = reviews.bypass_pull_request_allowances
  return {
    count: reviews.required_approving_review_count ?? 0,
    codeOwners: reviews.require_code_owner_reviews ?? false,
    dismissStale: reviews.dismiss_stale_reviews ?? false,
    lastPush: reviews.require_last_push_approval ?? false,
    // Classic rules leave the key out where the list is empty, to whoever may read them at all.
    exempt: { who: 'known', bypass: allowed ? bypassOf(allowed) : [] },
  }
}

const bypassOf = ({ users, teams, apps }: z.output<typeof holders>): Bypass[] =>
  users
    .map(({ id, login }) => holder('User', id, login))
    .concat(
      teams.map(({ id, slug }) => holder('Team', id, slug)),
      apps.map(({ id, slug }) => holder('Integration', id, slug)),
    )

const holder = (type: string, id: string, name: string | undefined): Bypass => ({
  type,
  id,
  ...(name === undefined ? {} : { name }),
  mode: 'always',
})
