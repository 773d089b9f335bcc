import type { RepairCause, RepairState } from '@breakglass/core/repair'
import type { WaiverState } from '@breakglass/core/waiver'
import type { Json, Ms } from './columns.ts'

/** `since_at` and `renewals`: of the row of waivers it stands in, as it was when this one was granted or, before, asked for. */
export interface WaiverTable {
  id: string
  gate: string
  class: 'control' | 'quality' | 'advisory'
  state: WaiverState
  requester: string
  owner: string
  reason_commit: string
  seconds: number
  requested_at: Ms
  granted_at: Ms | null
  expires_at: Ms | null
  ended_at: Ms | null
  since_at: Ms
  renewals: number
  approvals_needed: number
  approvers: Json
  may_approve: Json
  program_digest: string
}

/** `sid`: the statement that waives the gate here, once it is granted. */
export interface WaiverPlaceTable {
  waiver_id: string
  repository_key: string
  ref: string
  sid: string | null
}

/** `due_on` is a date, `YYYY-MM-DD`. */
export interface RepairTable {
  id: string
  gate: string
  cause: RepairCause
  state: RepairState
  owner: string
  sponsor: string
  opened_by: string
  plan_commit: string
  paused_commit: string
  due_on: string
  opened_at: Ms
  ended_at: Ms | null
  note_commit: string | null
}
