import { usageError } from '../framework/usage-error.ts'

export interface Period {
  from: string
  to: string
}

interface Asked {
  period?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/**
 * What `--period`, or `--from` and `--to`, ask for, each left out where nobody said it. A period that is not over yet has no end:
 * nothing is known of what is to come. Throws `usage`.
 */
export function askedPeriod({ period, from, to }: Asked, nowMs: number): Partial<Period> {
  if (period !== undefined && (from !== undefined || to !== undefined)) {
    throw usageError('--period and --from/--to say two things.', 'keep one')
  }
  if (from === undefined && to !== undefined) throw usageError('--to needs --from.', 'add --from 2026-10-01')
  const { to: end, ...rest } =
    period !== undefined
      ? parsePeriod(period)
      : {
          ...(from !== undefined && { from: parseInstant(from, 'from') }),
          to: to === undefined ? undefined : parseInstant(to, 'to'),
        }
  return end === undefined || Date.parse(end) >= nowMs ? rest : { ...rest, to: end }
}

/** `2026-Q4`, `2026-11`, `2026`, in UTC: from its first instant to the first of the next. Throws `usage`. */
export function parsePeriod(text: string): Period {
  const [, yearText, quarter, month] = /^(\d{4})(?:-Q([1-4])|-(0[1-9]|1[0-2]))?$/.exec(text) ?? []
  if (yearText === undefined) throw usageError(`A period is 2026-Q4, 2026-11 or 2026; found “${text}”.`)
  const year = Number(yearText)
  if (quarter !== undefined) return between(year, (Number(quarter) - 1) * 3, 3)
  return month === undefined ? between(year, 0, 12) : between(year, Number(month) - 1, 1)
}

/** A day `2026-10-01` is its first instant in UTC; a whole instant stands. Throws `usage`. */
export function parseInstant(text: string, flag: string): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text)
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
  const ms = isDay || isInstant ? Date.parse(isDay ? `${text}T00:00:00Z` : text) : Number.NaN
  // Date takes 31 February for 3 March; a day that comes back as another one does not exist.
  const exists = !Number.isNaN(ms) && (!isDay || new Date(ms).toISOString().startsWith(text))
  if (exists) return new Date(ms).toISOString()
  throw usageError(`--${flag} is a day such as 2026-10-01 or an instant with its zone; found “${text}”.`)
}

function between(year: number, month: number, months: number): Period {
  // Not the constructor: it takes the years 0 to 99 for 1900 to 1999.
  const at = (month: number) => {
    const date = new Date(0)
    date.setUTCFullYear(year, month, 1)
    return date.toISOString()
  }
  return { from: at(month), to: at(month + months) }
}
