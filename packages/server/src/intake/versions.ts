import { z } from 'zod'
import { id, instant, opt } from '@breakglass/github/events'

/** One thing of the forge as a delivery shows it: deliveries come in any order, and an older picture must not undo a newer. */
export interface EntityVersion {
  /** `pull_request:123`, with the forge's own id. */
  entity: string
  /** The forge's clock, ms. */
  at: number
}

const dated = z.object({ id, updated_at: opt(instant), completed_at: opt(instant), started_at: opt(instant) })

/** What has a state that the next delivery replaces. A push and a merge happened, whatever is told after. */
const entities: Readonly<Record<string, string>> = {
  pull_request: 'pull_request',
  check_run: 'check_run',
  check_suite: 'check_suite',
  workflow_run: 'workflow_run',
  deployment_status: 'deployment_status',
  repository: 'repository',
  repository_ruleset: 'repository_ruleset',
  branch_protection_rule: 'rule',
}

/** A forge's instant further ahead than this would silence everything true that follows. */
const aheadMsMax = 300_000

/** Which version of which thing a delivery shows; nothing for an event that has none or says none. */
export function versionOf(event: string, body: unknown, receivedAt: number): EntityVersion | undefined {
  const key = Object.hasOwn(entities, event) ? entities[event] : undefined
  if (key === undefined || typeof body !== 'object' || body === null || !Object.hasOwn(body, key)) return undefined
  const found = dated.safeParse((body as Record<string, unknown>)[key]) // an object that has the key
  if (!found.success) return undefined
  const { id, updated_at, completed_at, started_at } = found.data
  const at = updated_at ?? completed_at ?? started_at
  if (at === undefined || at > receivedAt + aheadMsMax) return undefined
  return { entity: `${event}:${id}`, at }
}
