import type { Context } from '../context.ts'
import { met, type Ruling, refused } from '../ruling.ts'

export const clockSkewMsMax = 5000

/** Expiry is only as true as the clock: a server that disagrees with its database grants nothing. */
export function clock({ facts }: Context): Ruling {
  const look = {
    rule: 'clock',
    lookedAt: "this server's clock and the database's",
    wanted: `a difference of at most ${clockSkewMsMax / 1000} s`,
    found: `${facts.clockSkewMs} ms`,
  }
  // Written so that a difference that is not a number refuses too.
  if (Math.abs(facts.clockSkewMs) <= clockSkewMsMax && Number.isFinite(facts.nowMs)) return met(look)
  return refused('clock_wrong', { ...look, remedy: "set the server's clock (chrony, ntpd, timesyncd), then ask again" })
}
