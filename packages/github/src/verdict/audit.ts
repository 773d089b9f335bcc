import { z } from 'zod'
import { listOf, opt, sha, text } from '../events/fields.ts'

/** An entry of the audit log, as far as gates are concerned. Sparse, and older ones lack most of it. */
export interface AuditEntry {
  action: string
  at?: number | undefined
  actor?: string | undefined
  repository?: string | undefined
  branch?: string | undefined
  before?: string | undefined
  after?: string | undefined
  run?: string | undefined
  /** Codes of the rules that were gone around. */
  codes: string[]
  messages: string[]
}

const when = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT/)
    .transform(Date.parse),
])
const number = z.union([z.int(), z.string()]).transform(String)

const entry = z.object({
  action: text,
  '@timestamp': opt(when),
  created_at: opt(when),
  actor_id: opt(number),
  actor: opt(text),
  repo: opt(text),
  branch: opt(text),
  before: opt(sha),
  after: opt(sha),
  workflow_run_id: opt(number),
  overridden_codes: opt(z.union([z.array(text), text.transform(one => [one])])),
  reasons: listOf(z.object({ code: opt(text), message: opt(text) })),
})

/** `@timestamp` is ms here, unlike elsewhere. Some exports put all but the action under `data`. */
export function readAuditEntry(value: unknown): AuditEntry | undefined {
  const nested = z.looseObject({ data: z.looseObject({}) }).safeParse(value)
  const parsed = entry.safeParse(nested.success ? { ...nested.data.data, ...nested.data } : value)
  if (!parsed.success) return undefined
  const { reasons, overridden_codes: codes = [], ...fields } = parsed.data
  return {
    action: fields.action,
    at: fields['@timestamp'] ?? fields.created_at,
    actor: fields.actor_id ?? fields.actor,
    repository: fields.repo,
    branch: fields.branch,
    before: fields.before,
    after: fields.after,
    run: fields.workflow_run_id,
    codes: [...new Set(codes.concat(reasons.flatMap(({ code }) => code ?? [])))],
    messages: reasons.flatMap(({ message }) => message ?? []),
  }
}
