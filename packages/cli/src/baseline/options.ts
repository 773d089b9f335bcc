import { usageError } from '../framework/usage-error.ts'

/** Half-open, whole UTC days. What has no date is inside only when nothing bounds it. */
export function periodOf(since: string | undefined, until: string | undefined): (seconds: number) => boolean {
  const from = since === undefined ? Number.NEGATIVE_INFINITY : dayOf('since', since)
  const to = until === undefined ? Number.POSITIVE_INFINITY : dayOf('until', until)
  if (from >= to) throw usageError(`expected --since before --until, found ${since} and ${until}`)
  return seconds => seconds >= from && seconds < to
}

function dayOf(flag: string, text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(ms)) throw usageError(`--${flag}: expected a day such as 2026-01-31, found ${text}`)
  return ms / 1000
}

export function zoneOf(zone: string | undefined): string {
  if (zone === undefined) return 'UTC'
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    throw usageError(`--zone: expected a zone of the tz database, such as Europe/Berlin; found ${zone}`)
  }
}

export function shareOf(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const percent = /^\d+(\.\d+)?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN
  if (!(percent > 0 && percent < 100)) {
    throw usageError(`--${flag}: expected a percentage between 0 and 100, such as 2.5; found ${text}`)
  }
  return percent / 100
}
