import { BreakglassError } from '@breakglass/core/errors'
import { logWaitSecondsMax } from '@breakglass/core/grant'
import type { Edge } from '../edge/edge.ts'

/** Waits until these statements are proven, after the transaction that made them. Throws `ledger_unavailable` with `words`. */
export async function waitForLedger(edge: Edge, sids: readonly string[], words: string): Promise<void> {
  if (sids.length === 0) return
  if (await edge.outbox.waitFor(sids, edge.nowMs() + logWaitSecondsMax * 1000)) return
  throw new BreakglassError('ledger_unavailable', words)
}
