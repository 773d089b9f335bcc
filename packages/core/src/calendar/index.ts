export {
  type BusinessCalendar,
  calendarText,
  dueHour,
  isBusinessDay,
  type ReviewDue,
  reviewDueAt,
} from './business-days.ts'
export {
  addDays,
  formatLocalDate,
  instantOf,
  isoWeekday,
  isZone,
  type LocalDate,
  localDateOf,
  localHourOf,
} from './zoned.ts'
