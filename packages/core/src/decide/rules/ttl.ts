import type { Context, Way } from '../context.ts'
import { met, type Ruling, refused, remark, skipped } from '../ruling.ts'
import { durationWords } from '../words.ts'

/** docs/formats/grant.md "Scope": shorter ones are malformed. */
export const ttlSecondsMin = 60

/** How long a grant may live: the least of what the program allows, what was asked, and what offline use allows. */
export function ttlSeconds({ program, request }: Context, way: Way): number {
  const asked = Math.min(way.ttlSeconds, request.ttlSeconds ?? way.ttlSeconds)
  return request.mode === 'offline' ? Math.min(asked, program.offlineTtlSecondsMax) : asked
}

export function ttl(context: Context): Ruling {
  const { program, request, way } = context
  const asked = request.ttlSeconds
  const look = {
    rule: 'time to live',
    lookedAt: asked === undefined ? 'no time was asked for' : `asked for ${durationWords(asked)}`,
  }
  if (!way) return skipped({ ...look, wanted: 'what the gate allows', found: 'nobody may break the gate' })
  const wanted = `${durationWords(ttlSecondsMin)} to ${durationWords(way.ttlSeconds)}`
  if (asked !== undefined && !(asked <= way.ttlSeconds)) {
    const remedy = `ask for at most ${durationWords(way.ttlSeconds)} (--ttl ${way.ttlSeconds}s), or leave it out`
    return refused('ttl_too_long', { ...look, wanted, found: 'longer than the program allows', remedy })
  }
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= ttlSecondsMin)) {
    const remedy = `ask for whole seconds, at least ${ttlSecondsMin} (--ttl ${ttlSecondsMin}s), or leave it out`
    return refused('ttl_too_short', { ...look, wanted, found: 'shorter than a grant can be', remedy })
  }
  const granted = ttlSeconds(context, way)
  const lowered = granted < (asked ?? way.ttlSeconds)
  return met({
    ...look,
    wanted,
    found: durationWords(granted),
    children: lowered ? [loweredOffline(program.offlineTtlSecondsMax)] : [],
  })
}

const loweredOffline = (max: number) =>
  remark({
    rule: 'offline time to live',
    lookedAt: 'mode offline',
    wanted: `at most ${durationWords(max)}, because an offline grant cannot be called back`,
    found: 'lowered to that',
  })
