import type { Json, Ms } from './columns.ts'

export interface ProgramVersionTable {
  id: string
  program_id: string
  version: number | null
  digest: string
  resolved_digest: string
  previous: string | null
  state: 'proposed' | 'waiting' | 'in_force' | 'superseded' | 'withdrawn'
  class: 'first' | 'narrowing' | 'widening' | 'neutral'
  changes: Json
  publisher: string
  approvers: Json
  approvals_needed: number
  source: Json | null
  proposed_at: Ms
  earliest_at: Ms
  effective_at: Ms | null
  statement_sid: string | null
  members_since: Json | null
  files_digest: string | null
}
