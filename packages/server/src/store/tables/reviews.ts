import type { ReviewSubject } from '@breakglass/core/review'
import type { Generated } from 'kysely'
import type { Flag, Json, Ms } from './columns.ts'

export interface ReviewTable {
  id: string
  of: ReviewSubject
  subject: string
  grant_id: string | null
  gate: string
  state: 'awaiting_shut' | 'due' | 'answered' | 'signed' | 'closed_by_system'
  form: 'full' | 'short'
  actor: string | null
  opened_at: Ms
  due_at: Ms | null
  due_zone: string | null
  calendar_digest: string | null
  provisional: Flag
  sign_offs_needed: number
  signed_at: Ms | null
  late: Generated<Flag>
  overdue_logged: Generated<Flag>
}

/** Corrections are appended, each under its own statement. */
export interface ReviewAnswerTable {
  sid: string
  review_id: string
  by: string
  at: Ms
  body: Json
}

export interface ReviewSignOffTable {
  sid: string
  review_id: string
  by: string
  at: Ms
  body: Json
}

/** `due_on` is a date, `YYYY-MM-DD`. */
export interface FollowUpTable {
  id: string
  review_id: string
  owner: string
  due_on: string
  text_commit: string
  link: string | null
  done_at: Ms | null
}

export interface FindingTable {
  id: string
  kind: 'landed_without_hook' | 'unreported_use' | 'late_use'
  confidence: 'certain' | 'likely'
  repository_key: string
  ref: string
  old: string | null
  new: string | null
  gates: Json
  while_off: Flag
  delivery: string | null
  detected_at: Ms
  state: 'open' | 'resolved'
  resolution_commit: string | null
  resolved_at: Ms | null
  happened_at: Ms | null
  grant_id: string | null
  program_digest: string | null
}
