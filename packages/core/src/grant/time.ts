import { earlySecondsMax, shutConfirmSecondsMax } from './bounds.ts'
import type { GrantState } from './edges.ts'

/** The instants of a grant that time decides on, in ms. */
export interface GrantTimes {
  state: GrantState
  expiresAtMs?: number
  revokedAtMs?: number
  /** When the last allowed use was spent. */
  exhaustedAtMs?: number
}

/** Expiry is a fact of time; the job only records it. At `expiresAt` itself the grant is over. */
export function isExpiredAt(grant: { expiresAtMs: number }, nowMs: number): boolean {
  return nowMs >= grant.expiresAtMs
}

/** docs/formats/grant.md "How an enforcement point judges a grant", 7. */
export function isWithinTime(grant: { grantedAtMs: number; expiresAtMs: number }, nowMs: number): boolean {
  return grant.grantedAtMs - earlySecondsMax * 1000 <= nowMs && !isExpiredAt(grant, nowMs)
}

const everOpen: readonly GrantState[] = ['live', 'expired', 'revoked', 'exhausted']

/** Since when the gate should be shut again: the earliest end that has come. `undefined`: not yet, never open, or shut. */
export function shutDueSinceMs(grant: GrantTimes, nowMs: number): number | undefined {
  if (!everOpen.includes(grant.state)) return undefined
  const ends = [grant.expiresAtMs, grant.revokedAtMs, grant.exhaustedAtMs].filter(end => end !== undefined)
  const first = Math.min(...ends)
  return first <= nowMs ? first : undefined
}

/** Shutting is due: somebody must confirm that the gate opens no more. */
export function isShutDue(grant: GrantTimes, nowMs: number): boolean {
  return shutDueSinceMs(grant, nowMs) !== undefined
}

/** Not confirmed for five minutes: an alarm, whatever the reason. */
export function isShutOverdue(grant: GrantTimes, nowMs: number): boolean {
  const sinceMs = shutDueSinceMs(grant, nowMs)
  return sinceMs !== undefined && nowMs - sinceMs >= shutConfirmSecondsMax * 1000
}
