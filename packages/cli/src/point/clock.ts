/** How far a gate's clock may be from a verified time or the server's, ms. */
export const clockSkewMsMax = 60_000

export interface ClockReadings {
  /** The machine's clock now. */
  ownMs: number
  /** The latest verified time in memory. */
  verifiedMs: number
  /** Online: what the server answered, and between which of our own readings it did. */
  server?: { nowMs: number; sentMs: number; receivedMs: number }
}

export type GateTime = { ok: true; ms: number } | { ok: false; words: string }

/**
 * A gate's time is its own clock, or the latest verified time if that is later. A clock that stands more than 60 s behind what
 * was verified, or 60 s from the server's either way, opens nothing. The server's clock is compared and never believed:
 * only what an issuer signed moves the memory.
 */
export function gateTime({ ownMs, verifiedMs, server }: ClockReadings): GateTime {
  if (!Number.isFinite(ownMs)) return { ok: false, words: 'this machine tells no time' }
  const behind = verifiedMs - ownMs
  if (behind > clockSkewMsMax) {
    return {
      ok: false,
      words: `the clock of this machine is ${seconds(behind)} behind a time that was verified here (at most 60 s is allowed)`,
    }
  }
  if (server !== undefined) {
    const away = distance(server)
    if (!(Math.abs(away) <= clockSkewMsMax)) {
      const side = away > 0 ? 'ahead of' : 'behind'
      return {
        ok: false,
        words: `the clock of this machine is ${seconds(Math.abs(away))} ${side} the server's (at most 60 s is allowed)`,
      }
    }
  }
  return { ok: true, ms: Math.max(ownMs, verifiedMs) }
}

/** Own minus server's, judged in favour of the clock by as long as the question took. */
function distance({ nowMs, sentMs, receivedMs }: NonNullable<ClockReadings['server']>): number {
  if (sentMs > nowMs) return sentMs - nowMs
  if (receivedMs < nowMs) return receivedMs - nowMs
  return Number.isFinite(nowMs) ? 0 : Number.NaN
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`
}
