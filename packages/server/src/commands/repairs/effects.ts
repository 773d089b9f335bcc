import { localDateOf } from '@breakglass/core/calendar'
import { type RepairEffect, ratesOf, repairEffect } from '@breakglass/core/metrics'
import { msToInstant } from '@breakglass/verify'
import type { Selectable } from 'kysely'
import { historiesOf, spanBefore } from '../../landings/histories.ts'
import type { Rx } from '../../store/store.ts'
import type { RepairTable } from '../../store/tables/registers.ts'

export interface MeasuredEffect {
  verdict: RepairEffect['verdict']
  before: Counted
  after: Counted
}

const dayMs = 86_400_000
const comparedDays = 90
const dayOf = (ms: number): string => msToInstant(ms).slice(0, 10)

/**
 * What those that are done have changed: episodes in passages of up to 90 days before each was opened, and after it was done. The day
 * on which it ended is of neither side.
 */
export async function repairEffects(
  rx: Rx,
  all: readonly Selectable<RepairTable>[],
  { zone, nowMs }: { zone: string; nowMs: number },
): Promise<Map<string, MeasuredEffect>> {
  const done = all.filter(({ state }) => state === 'done')
  if (done.length === 0) return new Map()
  const first = Math.min(...done.map(({ opened_at }) => opened_at)) - comparedDays * dayMs
  const span = spanBefore(localDateOf(nowMs + dayMs, zone), Math.ceil((nowMs - first) / dayMs) + 1)
  const gates = [...new Set(done.map(({ gate }) => gate))]
  const histories = new Map((await historiesOf(rx, gates, span)).map(history => [history.gate, history]))
  return new Map(
    done.flatMap(row => {
      const history = histories.get(row.gate)
      if (history === undefined || row.ended_at === null) return []
      const [opened, ended] = [dayOf(row.opened_at), dayOf(row.ended_at)]
      const bypass = (from: string, to: string) => {
        const isIn = ({ day }: { day: string }) => day >= from && day < to
        return ratesOf(history.days.filter(isIn), history.episodes.filter(isIn)).bypass
      }
      const before = bypass(dayOf(row.opened_at - comparedDays * dayMs), opened)
      const after = bypass(dayOf(row.ended_at + dayMs), dayOf(row.ended_at + (comparedDays + 1) * dayMs))
      return ended < opened ? [] : [[row.id, effectOf(before, after)] as const]
    }),
  )
}

interface Counted {
  x: number
  n: number
  interval: { low: number; high: number }
}

function effectOf(before: Counted, after: Counted): MeasuredEffect {
  const rate = ({ x, n, interval }: Counted) => ({ x: Math.min(x, n), n, interval })
  const [was, is] = [rate(before), rate(after)]
  return { verdict: repairEffect(was, is).verdict, before: was, after: is }
}
