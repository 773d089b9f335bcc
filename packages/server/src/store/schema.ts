import type { Role } from '@breakglass/core/decide'
import type { GrantState } from '@breakglass/core/grant'
import type { ReviewSubject } from '@breakglass/core/review'
import type { Generated } from 'kysely'
import type { DisclosureTable } from './tables/disclosures.ts'
import type { ForumDecisionTable, ForumReportTable, ForumTable } from './tables/forum.ts'
import type {
  DeliveryAliveTable,
  DeliveryCountTable,
  DeliveryGapTable,
  DeliveryRefusedTable,
  DeliveryTable,
  EntityVersionTable,
} from './tables/intake.ts'
import type {
  CellDirtyTable,
  CorrectionTable,
  DerivedDayTable,
  EpisodeTable,
  GateActorMonthTable,
  GateDayTable,
  GateHourTable,
  GateMonthTable,
  ImportBatchTable,
  LabelRunTable,
  LandingTable,
  MoveDirtyTable,
  ObservationTable,
  PassageTable,
  WatchStretchTable,
} from './tables/landings.ts'
import type { RepairTable, WaiverPlaceTable, WaiverTable } from './tables/registers.ts'

/**
 * The tables as queries see them; the columns themselves are in `migrations/{sqlite,postgres}`, and a test holds the two and
 * this file together. Conventions: ids are text made by us, `…_at` and `…_until` are whole milliseconds since 1970 UTC,
 * flags are 0 or 1, `Json` is text that only code looks into.
 */

/** JSON as text: written with `JSON.stringify`, parsed by the schema of whoever reads it, never queried inside. */
export type Json = string
export type Flag = 0 | 1
/** Milliseconds since 1970 UTC. */
export type Ms = number

export interface MetaTable {
  key: string
  value: string
}

export interface PersonTable {
  id: string
  kind: 'human' | 'bot'
  state: 'invited' | 'active' | 'ended'
  name_commit: string
  created_at: Ms
  ended_at: Ms | null
}

/** `subject` is folded to lower case by whoever writes it: case folding is done in code, the same on both engines. */
export interface AccountTable {
  issuer: string
  subject: string
  person_id: string
  linked_at: Ms
}

export interface PersonRoleTable {
  person_id: string
  role: Role
  since_at: Ms
}

/** The first administrator's link names no person yet: redeeming it makes one. */
export interface InvitationTable {
  id: string
  code_hash: string
  person_id: string | null
  purpose: 'invite' | 'first_admin'
  created_at: Ms
  expires_at: Ms
  used_at: Ms | null
  ended_at: Ms | null
}

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
  kind: 'git_hook' | 'ci'
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

/** Only the hash of a token is kept. */
export interface TokenTable {
  id: string
  hash: string
  kind: 'person' | 'reporter' | 'point'
  person_id: string | null
  point_id: string | null
  gate: string | null
  repository_key: string | null
  name: string
  created_at: Ms
  expires_at: Ms
  ended_at: Ms | null
  last_used_at: Ms | null
}

export interface DocumentTable {
  digest: string
  bytes_length: number
  text: string
  created_at: Ms
}

/** Erasing empties salt and text together and leaves the row, so that `verify` can say "erased". */
export interface SealedTextTable {
  commitment: string
  salt: string | null
  text: string | null
  created_at: Ms
  erased_at: Ms | null
}

/**
 * The outbox is where `ledger_index` and `withheld_at` are both null. `withheld_at`: the grant was void before its statement
 * reached the ledger, and it is never sent; its leaf hash still is the next statement's `prev`.
 */
export interface StatementTable {
  sid: string
  leaf: string
  subject: string
  seq: number
  prev: string | null
  kind: string
  at: Ms
  jws: string
  created_at: Ms
  ledger_index: number | null
  proof: string | null
  logged_at: Ms | null
  withheld_at: Ms | null
}

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

export interface DriftTable {
  id: string
  point_id: string
  what: 'hook_missing' | 'hook_changed' | 'watcher_silent'
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

export interface AlarmTable {
  id: string
  kind: string
  key: string
  words: string
  since_at: Ms
  last_told_at: Ms | null
  ended_at: Ms | null
}

export interface NoticeTable {
  id: string
  person_id: string
  at: Ms
  words: string
  subject: string
  seen_at: Ms | null
}

export interface JobTable {
  id: string
  kind: string
  key: string
  payload: Json
  run_at: Ms
  revision: Generated<number>
  attempt: Generated<number>
  attempt_base: Generated<number>
  attempts_max: number
  leased_until: Ms | null
  lease_owner: string | null
  last_error: string | null
  created_at: Ms
  done_at: Ms | null
  failed_at: Ms | null
}

/** Kept by the migrator itself: which numbered file landed, and the digest of its bytes. */
export interface MigrationTable {
  number: number
  name: string
  checksum: string
  landed_at: Ms
}

export interface Database {
  account: AccountTable
  alarm: AlarmTable
  delivery_seen: DeliverySeenTable
  disclosure: DisclosureTable
  document: DocumentTable
  drift: DriftTable
  finding: FindingTable
  follow_up: FollowUpTable
  glass: GlassTable
  glass_use: GlassUseTable
  incident: IncidentTable
  invitation: InvitationTable
  job: JobTable
  meta: MetaTable
  migration: MigrationTable
  notice: NoticeTable
  person: PersonTable
  person_role: PersonRoleTable
  point: PointTable
  point_result: PointResultTable
  program_version: ProgramVersionTable
  refusal_window: RefusalWindowTable
  repair: RepairTable
  repository: RepositoryTable
  result: ResultTable
  review: ReviewTable
  review_answer: ReviewAnswerTable
  review_sign_off: ReviewSignOffTable
  sealed_text: SealedTextTable
  statement: StatementTable
  token: TokenTable
  unavailable_pass: UnavailablePassTable
  unavailable_window: UnavailableWindowTable
  cell_dirty: CellDirtyTable
  correction: CorrectionTable
  derived_day: DerivedDayTable
  episode: EpisodeTable
  gate_actor_month: GateActorMonthTable
  gate_day: GateDayTable
  gate_hour: GateHourTable
  gate_month: GateMonthTable
  import_batch: ImportBatchTable
  label_run: LabelRunTable
  landing: LandingTable
  move_dirty: MoveDirtyTable
  observation: ObservationTable
  passage: PassageTable
  watch_stretch: WatchStretchTable
  forum: ForumTable
  forum_decision: ForumDecisionTable
  forum_report: ForumReportTable
  waiver: WaiverTable
  waiver_place: WaiverPlaceTable
  delivery: DeliveryTable
  delivery_alive: DeliveryAliveTable
  delivery_count: DeliveryCountTable
  delivery_gap: DeliveryGapTable
  delivery_refused: DeliveryRefusedTable
  entity_version: EntityVersionTable
}
