/** `YYYY-MM-DDTHH:MM:SS.sssZ`: UTC, exactly 24 characters, a day that exists. Checked where parsed. */
export type Instant = string

export function isInstant(text: string): text is Instant {
  if (text.length !== 24 || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return false
  const ms = Date.parse(text)
  // Printing again refuses 30 February, 24:00 and second 60, each of which some parser rolls over.
  return Number.isFinite(ms) && new Date(ms).toISOString() === text
}

/** Milliseconds since 1970. Throws TypeError on a text that is not an instant. */
export function instantToMs(text: Instant): number {
  if (!isInstant(text)) throw new TypeError('expected an instant YYYY-MM-DDTHH:MM:SS.sssZ')
  return Date.parse(text)
}

/** Throws TypeError outside the years 0000 to 9999, which the format cannot say. */
export function msToInstant(ms: number): Instant {
  if (!Number.isInteger(ms) || ms < instantMsMin || ms > instantMsMax) {
    throw new TypeError(`expected whole milliseconds within the years 0000 to 9999, found ${ms}`)
  }
  return new Date(ms).toISOString()
}

const instantMsMin = -62_167_219_200_000
const instantMsMax = 253_402_300_799_999
