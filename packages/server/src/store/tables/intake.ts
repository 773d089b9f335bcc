import type { Generated } from 'kysely'
import type { Flag, Ms } from './columns.ts'

/** docs/github.md "Intake". `seq`: the order in which one server took them. The last five: null until it was read. */
export interface DeliveryTable {
  seq: Generated<number>
  source: string
  delivery_id: string
  event: string
  encoding: 'plain' | 'zstd'
  body: Uint8Array
  /** Of the body as it came. */
  body_bytes: number
  received_at: Ms
  action: string | null
  reading: 'told' | 'ignored' | 'unknown' | null
  what: string | null
  superseded: Flag | null
  read_at: Ms | null
}

export interface DeliveryCountTable {
  source: string
  event: string
  reading: 'told' | 'ignored' | 'unknown'
  /** Of what was not understood; empty otherwise, and for all beyond a bound. */
  what: string
  n: number
  last_at: Ms
}

export interface DeliveryRefusedTable {
  source: string
  reason: string
  n: number
  last_at: Ms
}

export interface DeliveryGapTable {
  id: string
  source: string
  why: 'not_running' | 'busy' | 'not_stored' | 'stopping'
  from_at: Ms
  to_at: Ms
  refused: number
}

/** The last word of any server that takes deliveries. */
export interface DeliveryAliveTable {
  source: string
  at: Ms
}

export interface EntityVersionTable {
  source: string
  entity: string
  at: Ms
}
