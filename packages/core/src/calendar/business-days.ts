import { invariant } from '../errors.ts'
import { addDays, formatLocalDate, instantOf, isoWeekday, isZone, type LocalDate, localDateOf } from './zoned.ts'

/** Which days are nobody's working days. `weekend`: ISO weekday numbers, Monday = 1; `holidays`: dates `YYYY-MM-DD`. */
export interface BusinessCalendar {
  weekend: readonly number[]
  holidays: readonly string[]
}

export interface ReviewDue {
  /** UTC, ms. */
  dueAtMs: number
  /** `YYYY-MM-DD` in the zone. */
  localDate: string
  zone: string
}

/** On the wall of the gate's owner, so that a day's work is left and nobody is called at midnight. */
export const dueHour = 17

/** A calendar that has no business day in so many days has none worth waiting for. */
const searchDaysMax = 370

/**
 * 17:00 in `zone` on the n-th business day after the local date of the last use. A calendar without business days counts
 * every day: a review must always fall due. The zone is one that the program's parser took (`isZone`).
 */
export function reviewDueAt(given: {
  lastUseMs: number
  zone: string
  calendar: BusinessCalendar
  businessDays: number
}): ReviewDue {
  const { lastUseMs, zone, calendar, businessDays } = given
  invariant(isZone(zone), `an unknown zone ${zone}`)
  const used = localDateOf(lastUseMs, zone)
  const date = nthBusinessDayAfter(used, businessDays, calendar) ?? addDays(used, businessDays)
  return { dueAtMs: instantOf(date, dueHour, zone), localDate: formatLocalDate(date), zone }
}

function nthBusinessDayAfter(start: LocalDate, n: number, calendar: BusinessCalendar): LocalDate | undefined {
  let left = n
  for (let days = 1; days <= searchDaysMax; days++) {
    const date = addDays(start, days)
    if (isBusinessDay(date, calendar)) left -= 1
    if (left <= 0) return date
  }
  return undefined
}

export function isBusinessDay(date: LocalDate, calendar: BusinessCalendar): boolean {
  return !calendar.weekend.includes(isoWeekday(date)) && !calendar.holidays.includes(formatLocalDate(date))
}

/**
 * The calendar as canonical text (RFC 8785 JSON): its digest is logged with every due date, so that a later edit of the
 * holidays rewrites no history. Equal calendars have equal text, in whatever order they were written.
 */
export function calendarText({ weekend, holidays }: BusinessCalendar): string {
  return JSON.stringify({
    holidays: [...new Set(holidays)].sort(),
    weekend: [...new Set(weekend)].sort((a, b) => a - b),
  })
}
