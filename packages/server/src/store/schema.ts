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
  LandingUndoneTable,
  MoveDirtyTable,
  ObservationTable,
  PassageTable,
  ReviewWaitTable,
  WatchStretchTable,
} from './tables/landings.ts'
import type { RepairTable, WaiverPlaceTable, WaiverTable } from './tables/registers.ts'
import type {
  AccountTable,
  AlarmTable,
  InvitationTable,
  NoticeTable,
  PersonRoleTable,
  PersonTable,
  TokenTable,
} from './tables/people.ts'
import type {
  DeliverySeenTable,
  DriftTable,
  PointResultTable,
  PointTable,
  RepositoryTable,
  ResultTable,
  UnavailablePassTable,
  UnavailableWindowTable,
} from './tables/points.ts'
import type { DocumentTable, SealedTextTable, StatementTable } from './tables/statements.ts'
import type { ProgramVersionTable } from './tables/program.ts'
import type {
  GlassTable,
  GlassUseTable,
  IncidentCauseTable,
  IncidentTable,
  RefusalWindowTable,
} from './tables/glass.ts'
import type {
  FindingTable,
  FollowUpTable,
  ReviewAnswerTable,
  ReviewSignOffTable,
  ReviewTable,
} from './tables/reviews.ts'
import type { JobTable, MetaTable, MigrationTable } from './tables/system.ts'

/**
 * The tables as queries see them; the columns themselves are in `migrations/{sqlite,postgres}`, and a test holds the two and
 * this file together. Conventions: ids are text made by us, `…_at` and `…_until` are whole milliseconds since 1970 UTC,
 * flags are 0 or 1, `Json` is text that only code looks into.
 */

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
  incident_cause: IncidentCauseTable
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
  review_wait: ReviewWaitTable
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
  landing_undone: LandingUndoneTable
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
