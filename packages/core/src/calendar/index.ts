export {
  type BusinessCalendar,
  calendarText,
  dueHour,
  isBusinessDay,
  type ReviewDue,
  reviewDueAt,
} from './business-days.ts'
export { formatLocalDate, isZone, type LocalDate, localDateOf } from './zoned.ts'
