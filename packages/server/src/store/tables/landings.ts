import type { Outcome } from '@breakglass/core/metrics'
import type { Flag, Json, Ms } from './columns.ts'

/** docs/landings.md. `before` and `after` are empty where there was or is nothing. */

export interface ObservationTable {
  id: string
  source: 'hook' | 'watcher' | 'ci'
  point_id: string
  repository_key: string
  ref: string
  before: string
  after: string
  body: Json
  at: Ms
  received_at: Ms
  /** A pseudonym (`pusherOf`); only a hook that knows it tells it. */
  pusher: string | null
}

/** The move from `before` to `after` was taken back by `undone_by`. */
export interface LandingUndoneTable {
  repository_key: string
  ref: string
  before: string
  after: string
  undone_by: string
  at: Ms
}

/** One pull request at a gate that passes by reviews; `ended_at`: closed without having got them. */
export interface ReviewWaitTable {
  repository_key: string
  gate: string
  number: number
  asked_at: Ms
  given_at: Ms | null
  ended_at: Ms | null
}

export interface MoveDirtyTable {
  repository_key: string
  ref: string
  before: string
  after: string
}

export interface LandingTable {
  id: string
  repository_key: string
  ref: string
  before: string
  after: string
  ordinal: number
  seen: 'hook' | 'watcher' | 'both' | 'ci' | 'inferred'
  program_digest: string
  at: Ms
  received_at: Ms
}

export interface PassageTable {
  landing_id: string
  gate: string
  outcome: Outcome
  at: Ms
  zone: string
  day: string
  weekday: number
  hour: number
  actor: string | null
  incident_id: string | null
  grant_id: string | null
}

/** `none`: the passage was not known before, or is not one any more. */
export interface CorrectionTable {
  landing_id: string
  gate: string
  day: string
  was: Outcome | 'none'
  is: Outcome | 'none'
  at: Ms
}

export interface CellDirtyTable {
  gate: string
  day: string
}

export interface GateDayTable {
  gate: string
  day: string
  zone: string
  passed: number
  opened_by_grant: number
  waived: number
  failed_open: number
  preapproved: number
  late_use: number
  grant_mismatch: number
  bypassed_while_grant_open: number
  bypassed_unsanctioned: number
  disclosed: number
  landed_while_off: number
  unknown: number
  during_incident: number
}

/** `packDays` writes `days`. */
export interface GateMonthTable {
  gate: string
  month: string
  days: Json
}

export interface GateHourTable {
  gate: string
  month: string
  weekday: number
  hour: number
  passages: number
  bypassed: number
}

export interface GateActorMonthTable {
  gate: string
  month: string
  actor: string
  passages: number
  outside: number
}

export interface EpisodeTable {
  id: string
  gate: string
  at: Ms
  day: string
  actor: string | null
  incident_id: string | null
  sanctioned: Flag
  in_person_signals: Flag
  uses: number
}

export interface LabelRunTable {
  gate: string
  month: string
  found: string
  shown: string
  fired: Json
  x: number
  n: number
  reason: string
  ran_at: Ms
}

export interface WatchStretchTable {
  point_id: string
  from_at: Ms
  until_at: Ms
}

export interface ImportBatchTable {
  digest: string
  name: string
  derived_from: string
  imported_by: string
  at: Ms
}

export interface DerivedDayTable {
  digest: string
  gate: string
  day: string
  passages: number
  bypassed: number
  rollbacks: number
}
