import { type FollowUp, followUp } from '@breakglass/core/review'
import { usageError } from '../framework/usage-error.ts'

/** `ana@acme.dev 2026-12-01 Make the check deterministic` → owner, date, text. Throws `usage`. */
export function parseFollowUp(text: string): FollowUp {
  const [, owner, dueOn, words] = /^(\S+)\s+(\d{4}-\d\d-\d\d)\s+(\S[\s\S]*)$/.exec(text.trim()) ?? []
  const parsed = followUp.safeParse({ owner, dueOn, text: words })
  if (parsed.success) return parsed.data
  throw usageError(
    `A follow-up is an owner, a date and words; found “${text}”.`,
    'for example: --follow-up "ana@acme.dev 2026-12-01 Make the check deterministic"',
  )
}
