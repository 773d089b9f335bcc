import { clockSkewMsMax } from '@breakglass/core/decide'
import { BreakglassError } from '@breakglass/core/errors'
import type { Edge } from '../edge/edge.ts'
import type { Host } from '../host.ts'
import type { Store } from '../store/store.ts'
import { wordsOf } from './words-of.ts'

const clockCheckMs = 30_000

export interface ClockWatch {
  /** Ours minus the database's, as measured last. */
  skewMs: () => number
  stop: () => Promise<void>
}

/** Expiry is only as true as the clock. Throws `clock_wrong` when it is more than five seconds from the database's. */
export async function watchClock(store: Store, host: Host): Promise<ClockWatch> {
  let skewMs = await skewOf(() => store.clockMs(), host)
  refuseSkew(skewMs, "the database's")
  const timer = setInterval(async () => {
    try {
      skewMs = await skewOf(() => store.clockMs(), host)
    } catch (cause) {
      host.log({ event: 'clock_unknown', ...wordsOf(cause) })
    }
  }, clockCheckMs)
  return { skewMs: () => skewMs, stop: async () => clearInterval(timer) }
}

/** A ledger that does not answer now is waited for by founding or by the outbox; a wrong clock is not waited for. */
export async function checkLedgerClock({ ledger }: Edge, host: Host): Promise<void> {
  let skewMs: number
  try {
    skewMs = await skewOf(() => ledger.clockMs(), host)
  } catch (cause) {
    host.log({ event: 'ledger_unreachable', ...wordsOf(cause) })
    return
  }
  refuseSkew(skewMs, "the ledger's")
}

/** The answer was given somewhere between asking and hearing it. */
async function skewOf(ask: () => Promise<number>, { nowMs }: Host): Promise<number> {
  const askedMs = nowMs()
  const theirs = await ask()
  return Math.round((askedMs + nowMs()) / 2 - theirs)
}

function refuseSkew(skewMs: number, whose: string): void {
  if (Math.abs(skewMs) <= clockSkewMsMax) return
  throw new BreakglassError('clock_wrong', {
    message: `This clock is ${skewMs} ms from ${whose}; at most ${clockSkewMsMax} is taken. Set it (chrony, ntpd, timesyncd) and start again.`,
    data: { skewMs },
  })
}
