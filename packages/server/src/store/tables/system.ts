import type { Generated } from 'kysely'
import type { Json, Ms } from './columns.ts'

export interface MetaTable {
  key: string
  value: string
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
