import type { RefusedBody } from './events.ts'
import { type Journal, numberOf } from './journal.ts'
import { appendEvents, type Spooler, spoolEventsMax, spoolLength } from './spool.ts'

/** Refusals are told so many times an hour and counted beyond: who is refused must not be able to fill the spool. */
export const refusalsPerHourMax = 20

const hourMs = 3_600_000

/** Reports that something was refused, or counts it. A spool that is nearly full keeps its room for what opened. */
export function reportRefusal(
  journal: Journal,
  spooler: Spooler,
  refusal: Omit<RefusedBody, 'untold'>,
  nowMs: number,
): void {
  journal.inTransaction(() => {
    const row = journal.get('select refused_hour, refused_told, refused_untold from memory')
    const hour = Math.floor(nowMs / hourMs)
    const isSameHour = numberOf(row, 'refused_hour') === hour
    const told = isSameHour ? numberOf(row, 'refused_told') : 0
    const untold = numberOf(row, 'refused_untold')
    if (told >= refusalsPerHourMax || spoolLength(journal) > spoolEventsMax / 2) {
      journal.run('update memory set refused_hour = ?, refused_told = ?, refused_untold = ?', hour, told, untold + 1)
      return
    }
    appendEvents(journal, spooler, [{ kind: 'point.refused', body: { ...refusal, untold } }], nowMs)
    journal.run('update memory set refused_hour = ?, refused_told = ?, refused_untold = 0', hour, told + 1)
  })
}
