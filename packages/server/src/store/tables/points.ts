import type { Generated } from 'kysely'
import type { Json, Ms } from './columns.ts'

/** `key` is `<forge>/<host>/<id>`; everything that lasts refers to it, never to the name. */
export interface RepositoryTable {
  key: string
  forge: string
  host: string
  id: string
  name: string
  properties: Json
  registered_at: Ms
}

/** `event_seq` and `event_prev`: the last event taken from this point, and the leaf hash the next one must name. */
export interface PointTable {
  id: string
  name: string
  kind: 'git_hook' | 'ci' | 'github'
  enforcement: 'enforced' | 'cooperative'
  repository_key: string
  public_key: string
  kid: string
  event_seq: Generated<number>
  event_prev: string | null
  registered_at: Ms
  last_seen_at: Ms | null
  ended_at: Ms | null
}

/** `since_at`: since when the result of this gate on this change has been the same without a break. */
export interface ResultTable {
  id: string
  gate: string
  repository_key: string
  change_key: string
  result: 'pass' | 'fail' | 'could_not_run'
  since_at: Ms
  at: Ms
  reporter: string
  run: string
  /** Null: nobody said how long it ran. */
  took_ms: number | null
  receipt_jws: string
  expires_at: Ms
}

/** What a point says of a gate it ran itself: informs decisions, opens nothing. */
export interface PointResultTable {
  leaf: string
  point_id: string
  gate: string
  repository_key: string
  change_key: string
  result: 'pass' | 'fail' | 'could_not_run'
  since_at: Ms
  at: Ms
  run: string | null
  took_ms: number | null
}

export interface UnavailableWindowTable {
  id: string
  gate: string
  repository_key: string
  at_point: string
  from_at: Ms
  until_at: Ms
  sid: string
  recovered_at: Ms | null
}

/** `sid`: the statement that let it pass; it names one change, so a window may need several. */
export interface UnavailablePassTable {
  window_id: string
  use_key: string
  change: Json
  at: Ms
  sid: string | null
  ref: string | null
  why_commit: string | null
}

export interface DriftTable {
  id: string
  point_id: string
  what: 'hook_missing' | 'hook_changed' | 'watcher_silent' | 'rule_off' | 'rule_weaker'
  gates: Json | null
  owner: Json
  landings_while_off: Generated<number>
  since_at: Ms
  last_told_at: Ms | null
  until_at: Ms | null
}

export interface DeliverySeenTable {
  source: string
  delivery_id: string
  seen_at: Ms
}
