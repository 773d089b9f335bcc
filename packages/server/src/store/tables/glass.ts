import type { GrantState } from '@breakglass/core/grant'
import type { Generated } from 'kysely'
import type { Flag, Json, Ms } from './columns.ts'

export interface IncidentTable {
  id: string
  title_commit: string | null
  severity: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4' | 'SEV5'
  state: 'open' | 'resolved'
  commander: string | null
  opened_by: string
  opened_at: Ms
  resolved_at: Ms | null
}

export interface IncidentCauseTable {
  incident_id: string
  repository_key: string
  commit_id: string
  named_by: string
  at: Ms
}

/** A grant, from the request on. At most one of `requested waiting granted live` per gate, repository, change and point. */
export interface GlassTable {
  id: string
  request_id: string
  state: GrantState
  gate: string
  boundary: 'merge' | 'deploy' | 'operate'
  class: 'control' | 'quality' | 'advisory'
  repository_key: string
  ref: string | null
  /** One text for one change, for equality only. */
  change_key: string
  change: Json
  at_point: string
  mode: 'online' | 'offline'
  actor: string
  second_person: 'not_needed' | 'approved' | 'went_solo' | 'awaited'
  approvers: Json
  may_approve: Json
  waiting_since_at: Ms | null
  waits_until_at: Ms | null
  justification_commit: string
  incident_id: string | null
  incident: Json | null
  ttl_seconds: number
  uses: number
  used: Generated<number>
  program_digest: string
  keeps: Json
  authors: Json
  reasons_digest: string
  roster_digest: string | null
  requested_at: Ms
  granted_at: Ms | null
  expires_at: Ms | null
  granted_sid: string | null
  live_at: Ms | null
  revoked_at: Ms | null
  shut_at: Ms | null
  shut_confirmed_by: string | null
  refusal_code: string | null
  refusal_remedy: string | null
  told: Json
}

export interface GlassUseTable {
  grant_id: string
  use_key: string
  at: Ms
  ref: string | null
  old: string | null
  new: string | null
  run: string | null
  late: Generated<Flag>
  sid: string
}

/** `hour` is whole hours since 1970 UTC. */
export interface RefusalWindowTable {
  person_id: string
  hour: number
  count: number
  codes: Generated<Json>
}
