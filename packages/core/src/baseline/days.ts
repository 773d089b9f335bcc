import { dayText } from './calendar.ts'
import { frameOf } from './frame.ts'
import type { History } from './history.ts'

/** What one gate saw on one local date: counts, and nobody. `rollbacks` are of the bypassed. */
export interface BaselineDay {
  gate: string
  day: string
  passages: number
  bypassed: number
  rollbacks: number
}

/**
 * The days of a history, gate by gate and oldest first: what `breakglass import` brings into a server. Days without a landing are
 * left out, and landings from after tomorrow with them.
 */
export function daysOf(
  history: History,
  { which, zone, nowMs }: { which: number; zone: string; nowMs: number },
): BaselineDay[] {
  const frame = frameOf(history, which, zone, nowMs)
  const last = frame.window.to
  return Object.keys(history.mappings[which]?.gates ?? {}).flatMap((gate, at) => {
    const days = new Map<number, BaselineDay>()
    for (const landing of frame.dated) {
      const day = frame.dayOf(landing)
      if (day > last) continue
      const row = days.get(day) ?? { gate, day: dayText(day), passages: 0, bypassed: 0, rollbacks: 0 }
      days.set(day, row)
      row.passages += 1
      if (!history.wentAround(landing, which, at)) continue
      row.bypassed += 1
      if (frame.isRollback[landing] === 1) row.rollbacks += 1
    }
    return [...days.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1))
  })
}
