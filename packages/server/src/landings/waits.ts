import { isoWeekday, localDateOf, localHourOf } from '@breakglass/core/calendar'
import type { ReviewWait } from '@breakglass/core/metrics'
import type { Rx } from '../store/store.ts'

/** Waits for a review that began since then, by gate, placed in the zone of each gate. One that was closed without counts no more. */
export async function waitsSince(
  rx: Rx,
  fromMs: number,
  zoneOf: (gate: string) => string | undefined,
): Promise<Map<string, ReviewWait[]>> {
  const rows = await rx.db
    .selectFrom('review_wait')
    .select(['gate', 'asked_at', 'given_at'])
    .where('asked_at', '>=', fromMs)
    .where(eb => eb.or([eb('given_at', 'is not', null), eb('ended_at', 'is', null)]))
    .orderBy('asked_at')
    .execute()
  const waits = rows.flatMap(({ gate, asked_at: askedAt, given_at }): ReviewWait[] => {
    const zone = zoneOf(gate)
    if (zone === undefined) return []
    const weekday = isoWeekday(localDateOf(askedAt, zone)) % 7
    return [
      { gate, askedAt, weekday, hour: localHourOf(askedAt, zone), ...(given_at !== null && { givenAt: given_at }) },
    ]
  })
  return Map.groupBy(waits, ({ gate }) => gate)
}
