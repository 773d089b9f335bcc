import { z } from 'zod'
import { id, instant, listOf, opt, text } from '../events/fields.ts'
import type { Answer } from './rules.ts'

/** One version of a ruleset, out of its history. */
export interface RulesetVersion {
  version: string
  at: number
  /** Who made it. */
  actor?: string | undefined
}

const version = z.object({ version_id: id, updated_at: instant, actor: opt(z.object({ id: opt(id) })) })

/** `GET /repos/{o}/{r}/rulesets/{id}/history`, all pages as one list; the oldest first. */
export function readVersions({ status, body }: Answer): RulesetVersion[] | 'unread' {
  if (status !== 200 || !Array.isArray(body)) return 'unread'
  return listOf(version)
    .parse(body)
    .map(({ version_id, updated_at: at, actor }) => ({ version: version_id, at, actor: actor?.id }))
    .toSorted((a, b) => a.at - b.at || Number(a.version) - Number(b.version))
}

const state = z.object({ state: z.looseObject({ name: opt(text) }) })

/**
 * The ruleset as it was in one version, from `…/history/{version_id}`: an answer to be read like the ruleset's own of today, with `not_kept`
 * for the rules of the branch. Classic rules have no history: what is known of them is their timeline's.
 */
export function rulesetAsOf({ status, body }: Answer): Answer {
  const parsed = state.safeParse(body)
  return status === 200 && parsed.success ? { status: 200, body: parsed.data.state } : { status: 404 }
}
