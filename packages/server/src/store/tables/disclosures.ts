import type { DisclosureAbout } from '@breakglass/core/disclosure'
import type { Flag, Json, Ms } from './columns.ts'

/** docs/formats/disclosure.md. `finding_id`: a watcher saw it later. */
export interface DisclosureTable {
  id: string
  about: DisclosureAbout
  told_by: string
  repository_key: string
  ref: string
  /** What the ref was moved to. */
  commit_id: string
  gates: Json
  happened_at: Ms
  at: Ms
  shared: Flag
  story_commit: string
  program_digest: string
  review_id: string
  finding_id: string | null
}
