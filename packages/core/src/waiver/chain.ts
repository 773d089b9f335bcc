/** A waiver that was once live, at one gate of one repository. */
export interface PastWaiver {
  grantedAtMs: number
  /** When it stopped to hold: its expiry, or before. */
  endedAtMs: number
}

export interface WaiverChain {
  /** Since when the gate has been waived here, gaps of less than `gapMsMax` included. */
  sinceMs: number
  /** How many waivers came before, renewed or filed anew. */
  renewals: number
}

/** As long as a waiver can last at all: who waits out less than that has not done without. */
export const gapMsMax = 90 * 86_400_000

/**
 * The age of a waiver begun at `startMs` counts from the first one of that gate and repository that it follows upon, whatever
 * it was called then: filing it anew makes nothing young.
 */
export function chainOf(past: readonly PastWaiver[], startMs: number): WaiverChain {
  let chain: WaiverChain = { sinceMs: startMs, renewals: 0 }
  for (const each of past.toSorted((a, b) => b.endedAtMs - a.endedAtMs)) {
    if (each.grantedAtMs >= startMs || chain.sinceMs - each.endedAtMs > gapMsMax) continue
    chain = { sinceMs: Math.min(chain.sinceMs, each.grantedAtMs), renewals: chain.renewals + 1 }
  }
  return chain
}
