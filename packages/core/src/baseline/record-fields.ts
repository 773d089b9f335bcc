/** A record of a forge, of which a few fields are read and the rest is left alone: exports differ by edition and year. */
export type Fields = Readonly<Record<string, unknown>>

const textLengthMax = 300

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field as text; numbers, as ids are in some editions, too. Absent when it is neither, empty or beyond all measure. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value !== '' && value.length <= textLengthMax ? value : undefined
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Whole seconds since 1970, of milliseconds or of an RFC 3339 instant; 0 when it is neither, which is told as undated. */
export function secondsOf(value: unknown): number {
  const ms = typeof value === 'string' && instant.test(value) ? Date.parse(value) : value
  return typeof ms === 'number' && ms > 0 && ms <= msMax ? Math.floor(ms / 1000) : 0
}

/** As far as a Date reaches. */
const msMax = 8.64e15
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** A forge's word for a rule as the name of a gate: `required_status_checks` is `required-status-checks`. */
export function gateNamed(word: unknown): string | undefined {
  const name = textOf(word)
    ?.toLowerCase()
    .replaceAll(/[^a-z0-9/]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 64)
  return name === '' ? undefined : name
}

/** `main` of `refs/heads/main`; another kind of ref stays what it is. */
export const branchOf = (ref: string): string => ref.replace(/^refs\/heads\//, '')
