/**
 * Local time on `Intl.DateTimeFormat` alone. Temporal would say the same in fewer lines, but Node 24 has none and `core`
 * takes no polyfill; where Temporal exists the tests compare every answer with it.
 */
export interface LocalDate {
  year: number
  month: number
  day: number
}

const dayMs = 86_400_000

/** Whether this runtime knows the IANA zone. A bare offset such as `+01:00` is none: it forgets summer time. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    formatterOf(zone)
    return true
  } catch (error) {
    // The one thing that `Intl` throws for a zone it does not know.
    if (error instanceof RangeError) return false
    throw error
  }
}

/** The date on the wall in a zone at an instant. Throws RangeError on an unknown zone or an instant no date can show. */
export function localDateOf(ms: number, zone: string): LocalDate {
  const wall = new Date(wallMsOf(ms, zone))
  return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() }
}

/** The hour on the wall, 0 to 23; where clocks show it twice, both times. */
export const localHourOf = (ms: number, zone: string): number => new Date(wallMsOf(ms, zone)).getUTCHours()

/**
 * The instant at which the wall shows this date and hour. Where clocks skip it, the instant as late after midnight as the
 * hour says (Temporal's `compatible`: 02:30 becomes 03:30); where they show it twice, the first.
 */
export function instantOf(date: LocalDate, hour: number, zone: string): number {
  const wanted = Date.UTC(date.year, date.month - 1, date.day, hour)
  const before = offsetMsAt(wanted - dayMs, zone)
  const after = offsetMsAt(wanted + dayMs, zone)
  const candidates = [wanted - before, wanted - after].filter(ms => wallMsOf(ms, zone) === wanted)
  return candidates.length > 0 ? Math.min(...candidates) : wanted - before
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return localDateOf(Date.UTC(date.year, date.month - 1, date.day) + days * dayMs, 'UTC')
}

/** ISO 8601: Monday is 1, Sunday 7. */
export function isoWeekday(date: LocalDate): number {
  return new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay() || 7
}

export function formatLocalDate({ year, month, day }: LocalDate): string {
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`
}

const digits = (value: number, width: number) => String(value).padStart(width, '0')

const offsetMsAt = (ms: number, zone: string): number => wallMsOf(ms, zone) - ms

/** What the wall shows, read as if it were UTC. Whole seconds in, whole seconds out; milliseconds are kept. */
function wallMsOf(ms: number, zone: string): number {
  const read: Record<string, number> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(ms)) read[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = read
  const wholeSeconds = Date.UTC(year, month - 1, day, hour, minute, second)
  return wholeSeconds + (((ms % 1000) + 1000) % 1000)
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Making one costs more than using it a hundred times; there are few zones in a program. */
function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known) return known
  const numeric = 'numeric' as const
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  })
  formatters.set(zone, made)
  return made
}
