import type { Ms } from './columns.ts'

/** A report that fell due and was delivered: one for each date it was due on. The report itself is a document. */
export interface ForumReportTable {
  id: string
  due_at: Ms
  at: Ms
  from_at: Ms
  to_at: Ms
  digest: string
  headline: string
  /** The channel that the program named when it fell due. */
  publish_to: string | null
  published_at: Ms | null
  /** Why the last try to post it failed. */
  publish_error: string | null
}

/** A forum that was held; `report_digest` is the document it read. */
export interface ForumTable {
  id: string
  held_at: Ms
  chair: string
  recorded_by: string
  recorded_at: Ms
  report_digest: string
  from_at: Ms
  to_at: Ms
}

/** One row a gate that the report asked about or the forum decided on; what was not decided has a question alone. */
export interface ForumDecisionTable {
  forum_id: string
  ordinal: number
  gate: string
  question_commit: string | null
  decision_commit: string | null
  owner: string | null
  due_on: string | null
}
