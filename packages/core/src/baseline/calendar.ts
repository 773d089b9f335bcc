const dayMs = 86_400_000
const hourMs = 3_600_000

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** The local date of an instant in one zone, as days since 1970. Zones shift by whole quarters of an hour, and so are remembered. */
export function localDays(zone: string): (ms: number) => number {
  if (zone === 'UTC') return ms => Math.floor(ms / dayMs)
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const known = new Map<number, number>()
  return ms => {
    const quarter = Math.floor(ms / (hourMs / 4))
    let day = known.get(quarter)
    if (day === undefined) {
      day = dayNumber(format.format(quarter * (hourMs / 4)))
      known.set(quarter, day)
    }
    return day
  }
}

export const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
const dayNumber = (text: string): number => Date.parse(`${text}T00:00:00Z`) / dayMs

/** 0 is Monday; day 0 was a Thursday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7

export const yearOf = (ms: number): number => new Date(ms).getUTCFullYear()

/** `2026-Q1`, UTC. */
export function quarterOf(ms: number): string {
  const date = new Date(ms)
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-Q${Math.floor(date.getUTCMonth() / 3) + 1}`
}
