/** What is stored of a waiver; that its time is over is no state but a fact of time. */
export const waiverStates = ['requested', 'granting', 'live', 'declined', 'withdrawn', 'void', 'ended'] as const
export type WaiverState = (typeof waiverStates)[number]

export type WaiverStanding = WaiverState | 'expired'

export interface WaiverTimes {
  state: WaiverState
  /** Milliseconds since 1970; absent before it is granted. */
  expiresAtMs?: number
}

/**
 * How a waiver stands at an instant: the one answer that every reader gives. A gate is waived while it is `live`, and up to
 * the same instant that enforcement points read in the signed statement (docs/formats/grant.md "Waiver").
 */
export function waiverStanding({ state, expiresAtMs }: WaiverTimes, nowMs: number): WaiverStanding {
  const isOver = expiresAtMs !== undefined && nowMs >= expiresAtMs
  return isOver && (state === 'live' || state === 'granting') ? 'expired' : state
}
